"""Files written whole or not at all."""

import errno
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import REPOSITORY

from stylegrid import files
from stylegrid.errors import RecordError


def test_a_file_is_written_with_its_folders(tmp_path):
    files.write_bytes(tmp_path / "a" / "b" / "c.bin", b"\x00\xff")
    assert (tmp_path / "a" / "b" / "c.bin").read_bytes() == b"\x00\xff"


def test_text_is_written_as_utf8_with_plain_line_ends(tmp_path):
    files.write_text(tmp_path / "a.txt", "née\n猫\n")
    assert (tmp_path / "a.txt").read_bytes() == "née\n猫\n".encode()


def test_nothing_is_left_beside_a_written_file(tmp_path):
    files.write_bytes(tmp_path / "a.bin", b"old")
    files.write_bytes(tmp_path / "a.bin", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.bin", b"new")]


def test_a_file_is_readable_as_the_umask_allows(tmp_path):
    before = os.umask(0o027)
    try:
        files.write_bytes(tmp_path / "a.bin", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a.bin").stat().st_mode & 0o777 == 0o640


def test_writing_leaves_the_umask_alone_which_all_threads_share(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", None)
    files.write_bytes(tmp_path / "a.bin", b"")


def test_many_threads_may_write_one_file(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: files.write_bytes(tmp_path / "new" / "a.bin", b"whole"), range(100)))
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "new").iterdir()] == [("a.bin", b"whole")]


FULL_DISK = """
import resource, sys
from pathlib import Path
from stylegrid import errors, files
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))  # no file may grow beyond 10 bytes, as on a full disk
try:
    files.write_bytes(Path(sys.argv[1]), b"new" * 1000)
except errors.RecordError as error:
    print(error)
"""


def test_a_failed_write_keeps_the_old_file_and_leaves_no_part(tmp_path):
    files.write_bytes(tmp_path / "a.bin", b"old")
    command = [sys.executable, "-c", FULL_DISK, tmp_path / "a.bin"]
    done = subprocess.run(command, cwd=REPOSITORY / "scripts", capture_output=True, text=True, check=True)
    assert re.search(r"a\.bin: cannot be written .*; check free space", done.stdout)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.bin", b"old")]


def test_a_folder_in_the_place_of_a_file_is_a_fault_and_leaves_no_part(tmp_path):
    (tmp_path / "a.bin").mkdir()
    with pytest.raises(RecordError, match=r"a\.bin: cannot be written \(Is a directory\)"):
        files.write_bytes(tmp_path / "a.bin", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.parametrize("write", [lambda path: files.write_bytes(path, b""), files.require_writable])
def test_a_file_in_the_place_of_a_folder_is_a_fault(tmp_path, write):
    (tmp_path / "results").write_text("a file")
    with pytest.raises(RecordError, match=r"results/a\.bin: cannot be written"):
        write(tmp_path / "results" / "a.bin")


@pytest.fixture
def unmounted(tmp_path):
    """A folder that links to one on a disk that isn't mounted."""
    (tmp_path / "results").symlink_to(tmp_path / "disk" / "results")
    return tmp_path / "results"


@pytest.mark.parametrize("write", [lambda path: files.write_bytes(path, b""), files.require_writable])
def test_a_link_to_a_disk_that_is_not_mounted_is_named_with_its_target(unmounted, write):
    with pytest.raises(RecordError) as told:
        write(unmounted / "cache" / "a.bin")
    target = unmounted.parent / "disk" / "results"
    assert str(told.value).startswith(f"{unmounted} points to {target}, which isn't there; mount its disk")
    assert str(told.value) == files.absent(unmounted / "cache" / "a.bin", "some remedy")


def test_a_link_that_leads_somewhere_is_not_blamed(unmounted):
    (unmounted.parent / "disk" / "results").mkdir(parents=True)
    assert files.lost_link(unmounted / "cache") == ""
    assert files.absent(unmounted / "a.bin", "look elsewhere") == f"{unmounted / 'a.bin'}: no such file; look elsewhere"


def test_the_file_beside_a_missing_one_with_a_like_name_is_asked_after(tmp_path):
    files.write_text(tmp_path / "manifest.csv", "")
    (tmp_path / "manifests.csv").mkdir()
    told = files.absent_named(tmp_path / "Manifst.csv", "name the spreadsheet")
    assert told == f"{tmp_path / 'Manifst.csv'}: no such file; did you mean {str(tmp_path / 'manifest.csv')!r}?"


@pytest.mark.parametrize("name", ["stars.json", "gone/manifest.csv"])
def test_a_file_that_is_like_no_other_is_told_with_the_remedy(tmp_path, name):
    files.write_text(tmp_path / "manifest.csv", "")
    assert files.absent_named(tmp_path / name, "look elsewhere").endswith("no such file; look elsewhere")


def test_asking_whether_a_file_can_be_written_leaves_nothing(tmp_path):
    files.require_writable(tmp_path / "new" / "a.bin")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_cannot_be_written_as_a_file(tmp_path):
    with pytest.raises(RecordError, match="is a folder; name a file"):
        files.require_writable(tmp_path)


def test_a_missing_file_cannot_be_read(tmp_path):
    with pytest.raises(RecordError, match=r"gone: cannot be read \(No such file or directory\)"):
        files.read_bytes(tmp_path / "gone")


def test_sha256_is_the_published_one_of_abc(tmp_path):
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-4, appendix B.1
    assert files.sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_temporary_folder_is_gone_afterwards():
    with files.temporary_folder() as folder:
        (folder / "file").touch()
    assert not folder.exists()


def test_no_temporary_folder_names_tmpdir(monkeypatch):
    monkeypatch.setattr("tempfile.TemporaryDirectory", lambda **given: (_ for _ in ()).throw(OSError(2, "none")))
    with pytest.raises(RecordError, match="set TMPDIR"), files.temporary_folder():
        pass


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_temporary_folder_is_named(monkeypatch, tmp_path, code):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RecordError) as caught, files.temporary_folder():
        raise OSError(code, "full")
    assert str(tmp_path) in str(caught.value) and "set TMPDIR" in str(caught.value)


def test_other_errors_in_a_temporary_folder_stay_as_they_are():
    with pytest.raises(PermissionError), files.temporary_folder():
        raise PermissionError


def test_what_is_whole_is_not_made_again(tmp_path):
    path, made = tmp_path / "a" / "b.h5", []

    def make():
        made.append(path)
        files.write_text(path, "whole")

    for _ in range(2):
        assert files.make_once(path, pathlib.Path.is_file, make) == path
    assert made == [path]


def test_what_killed_processes_left_of_a_file_is_removed_before_it_is_made(tmp_path):
    path = tmp_path / "b.h5"
    mine, other = tmp_path / ".b.h5.0123.part", tmp_path / ".c.h5.0123.part"
    for left in (mine, other):
        left.touch()
    files.make_once(path, pathlib.Path.is_file, lambda: files.write_text(path, "whole"))
    assert not mine.exists() and other.exists() and path.read_text() == "whole"
