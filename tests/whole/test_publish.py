"""Pictures put in their places from what a chunk handed over."""

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, make_job

import publish
from stylegrid.store.layout import failure_path, film_path, record_path, snapshots_folder
from stylegrid.store.record import failed

NAME = "cat/night/sw1-beta_1=0.5"


class Place:
    """A folder with what a chunk handed over, and the place of one picture."""

    def __init__(self, folder: Path, name: str = NAME, suffix: str = ".png"):
        self.folder, self.name = folder, name
        self.chunk = folder / "chunks" / "01-1"
        self.source = self.chunk / f"{name}{suffix}"
        self.picture = folder / "pictures" / f"{name}{suffix}"

    def hand_over(self, picture: bytes = b"picture", snapshots: int = 0) -> None:
        self._write(self.source, picture)
        self._write(record_path(self.source), b"record of " + picture)
        for number in range(snapshots):
            self._write(snapshots_folder(self.source) / f"{number:06}.png", b"%d" % number)
        if snapshots:
            self._write(film_path(self.source), b"film")

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # not into the file that another name is linked to
        path.write_bytes(data)

    def fail(self, message: str) -> None:
        self._write(failure_path(self.source), failed(make_job(), message).to_json().encode())

    def publish(self) -> int:
        return publish.main(["--chunk", str(self.chunk), f"--name={self.name}", "--picture", str(self.picture)])

    def published(self) -> dict[str, bytes]:
        folder = self.folder / "pictures"
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.fixture(params=["linked", "copied"])
def way(request, monkeypatch):
    """Files can be linked, or not, as between two file systems."""
    if request.param == "copied":

        def refuse(*paths, **options):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

        monkeypatch.setattr(os, "link", refuse)
    return request.param


def test_picture_and_record_come_to_their_places(place, way):
    place.hand_over()
    assert place.publish() == 0
    assert place.published() == {f"{NAME}.png": b"picture", f"{NAME}.png.json": b"record of picture"}
    assert place.picture.samefile(place.source) == (way == "linked")


def test_what_was_published_outlives_the_chunk_and_a_new_one_replaces_it(place, way):
    for picture in (b"old", b"new"):
        place.hand_over(picture)
        assert place.publish() == 0
        place.source.unlink()
        assert place.published() == {f"{NAME}.png": picture, f"{NAME}.png.json": b"record of " + picture}


def test_publishing_twice_leaves_nothing_beside_the_picture(place, way):
    place.hand_over(snapshots=1)
    assert (place.publish(), place.publish()) == (0, 0)
    assert set(place.published()) == {f"{NAME}{end}" for end in (".png", ".png.json", ".film.png", ".steps/000000.png")}


def test_what_is_published_is_newer_than_what_it_was_made_from(place, way):
    place.hand_over()
    for path in (place.source, record_path(place.source)):
        os.utime(path, (1e9, 1e9))
    place.publish()
    assert min(place.picture.stat().st_mtime, record_path(place.picture).stat().st_mtime) > 1e9


def test_a_file_is_in_its_place_whole_or_not_at_all(place, monkeypatch, capsys):
    place.hand_over(b"old")
    place.publish()

    def half(source, target):
        target.write_bytes(source.read_bytes()[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "hardlink_to", half)  # links fail, and so does the copy
    monkeypatch.setattr("stylegrid.store.place._copy", half)
    place.hand_over(b"new")
    assert place.publish() == 1
    assert capsys.readouterr().err == (
        f"error: {place.picture}: cannot be written (No space left on device); check free space and permissions\n"
    )
    assert place.published()[f"{NAME}.png"] == b"old"
    monkeypatch.undo()
    assert place.publish() == 0
    assert place.published() == {f"{NAME}.png": b"new", f"{NAME}.png.json": b"record of new"}  # and no leftover


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".tif"])
def test_other_formats_have_records_of_their_own(tmp_path, suffix):
    place = Place(tmp_path, suffix=suffix)
    place.hand_over()
    assert place.publish() == 0
    assert set(place.published()) == {f"{NAME}{suffix}", f"{NAME}{suffix}.json"}


@pytest.mark.parametrize("name", ["a.b.c/d.e/sw0.5-lr1e-3", 'my cat/the "night" & it\'s/$HOME {x}', "kočka/夜/-é"])
def test_odd_names_are_published(tmp_path, way, name):
    place = Place(tmp_path / "my results.d", name)
    place.hand_over(snapshots=2)
    assert place.publish() == 0
    steps = {f"{name}.steps/{number:06}.png" for number in range(2)}
    assert set(place.published()) == {f"{name}.png", f"{name}.png.json", f"{name}.film.png", *steps}


def test_pictures_of_the_way_and_their_film_replace_earlier_ones(place, way):
    for snapshots in (3, 1):
        place.hand_over(snapshots=snapshots)
        assert place.publish() == 0
        assert len(list(snapshots_folder(place.picture).iterdir())) == snapshots
        assert film_path(place.picture).read_bytes() == b"film"
        shutil.rmtree(place.chunk)
    place.hand_over()
    assert place.publish() == 0
    assert set(place.published()) == {f"{NAME}.png", f"{NAME}.png.json"}
    assert not snapshots_folder(place.picture).exists()


def test_a_failure_is_told_and_stands_beside_the_place_until_there_is_a_picture(place, way, capsys):
    place.fail("cat.png: has changed")
    assert place.publish() == 1
    assert capsys.readouterr().err == f"error: {NAME}: cat.png: has changed\n"
    assert json.loads(failure_path(place.picture).read_bytes())["outcome"] == "failed"
    assert set(place.published()) == {f"{NAME}.failed.json"}
    place.hand_over()
    assert place.publish() == 0
    assert set(place.published()) == {f"{NAME}.png", f"{NAME}.png.json"}


def test_a_chunk_that_lacks_a_combination_is_told(place, capsys):
    place.hand_over()
    place.name, place.source = "dog/night/sw1", place.source.with_name("other")
    assert place.publish() == 1
    assert capsys.readouterr().err == f"error: dog/night/sw1: was not handed over; delete {place.chunk} and run again\n"
    assert not place.published()


def test_publishing_waits_for_nothing_but_the_standard_library(place):
    place.hand_over()
    flags = ["--chunk", str(place.chunk), f"--name={NAME}", "--picture", str(place.picture)]
    program = f"import sys; sys.argv[1:] = {flags}; import publish; assert publish.main(sys.argv[1:]) == 0"
    command = [sys.executable, "-c", f"{program}; print(*{{name.split('.')[0] for name in sys.modules}})"]
    folder = REPOSITORY / "scripts"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    bare = subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True)
    brought = {name.split(".")[0] for name in bare.stdout.split()}  # by the environment, before any program
    assert set(done.stdout.split()) - brought - set(sys.stdlib_module_names) == {"publish", "stylegrid"}
    assert place.picture.read_bytes() == b"picture"
