"""Finished paintings, kept whole or not at all."""

import os

import pytest
from conftest import make_job, make_record

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.store.cache import Cache, Painted

TIFF = b"the bytes of a painting"
PAINTED = Painted(TIFF, make_record(make_job(), TIFF))
KEY = "ab" * 32


@pytest.fixture
def cache(tmp_path):
    cache = Cache(tmp_path)
    cache.put(KEY, PAINTED)
    return cache


@pytest.fixture
def entry(cache, tmp_path):
    return {path.suffix: path for path in tmp_path.rglob("*.*")}


def test_what_is_put_is_got(cache):
    assert cache.get(KEY) == PAINTED


def test_an_unknown_key_gets_nothing(cache):
    assert cache.get("cd" * 32) is None


def test_an_entry_is_two_files(entry):
    assert sorted(entry) == [".json", ".tif"]
    assert entry[".tif"].read_bytes() == TIFF


def test_a_new_painting_replaces_an_old_one(cache):
    newer = Painted(b"newer", make_record(make_job(), b"newer"))
    cache.put(KEY, newer)
    assert cache.get(KEY) == newer


@pytest.mark.parametrize("position", [0, 10, len(TIFF) - 1])
def test_a_painting_with_a_flipped_bit_is_not_returned(cache, entry, position):
    damaged = bytearray(TIFF)
    damaged[position] ^= 1
    entry[".tif"].write_bytes(damaged)
    assert cache.get(KEY) is None


@pytest.mark.parametrize("suffix", [".tif", ".json"])
def test_a_truncated_file_is_not_returned(cache, entry, suffix):
    entry[suffix].write_bytes(entry[suffix].read_bytes()[:-5])
    assert cache.get(KEY) is None


@pytest.mark.parametrize("suffix", [".tif", ".json"])
def test_half_an_entry_is_not_returned(cache, entry, suffix):
    entry[suffix].unlink()
    assert cache.get(KEY) is None


def test_a_cache_that_cannot_be_written_is_a_fault(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written"):
        Cache(tmp_path / "file").put(KEY, PAINTED)


def test_pictures_of_the_way_are_found_in_order(cache):
    folder = cache.stem(KEY).with_name(f"{KEY}.steps")
    assert cache.snapshots(KEY) == ()
    for name in ("000200.png", "000020.png", ".000300.png.part"):
        files.write_bytes(folder / name, b"")
    assert [path.name for path in cache.snapshots(KEY)] == ["000020.png", "000200.png"]


def test_a_painting_was_finished_when_its_record_was_written(cache, entry):
    assert cache.finished("other") is None
    os.utime(entry[".json"], (1000, 1000))
    assert cache.finished(KEY) == 1000
    entry[".tif"].unlink()
    assert cache.finished(KEY) is None
