"""What of the cache can go."""

import os

import pytest
from conftest import make_job, make_record

from stylegrid.errors import ConfigError
from stylegrid.store.cache import Cache, Painted
from stylegrid.store.cache_size import discard, list_entries, over_limit, parse_size

JOB = make_job()
KEYS = ["a" * 64, "b" * 64, "c" * 64]
OLD = 1_000_000_000


@pytest.fixture
def cache(tmp_path):
    """A cache of three paintings of 1000 bytes and their records, used one second after another long ago."""
    cache = Cache(tmp_path)
    for second, key in enumerate(KEYS):
        tiff = b"x" * 1000
        cache.put(key, Painted(tiff, make_record(JOB, tiff)))
        os.utime(tmp_path / key[:2] / f"{key}.tif", (OLD + second, OLD + second))
    return cache


@pytest.mark.parametrize(
    ("text", "size"), [("5GB", 5 * 10**9), ("0.5 MB", 500_000), ("1kB", 1000), ("2TB", 2 * 10**12), ("0GB", 0)]
)
def test_sizes_are_numbers_with_a_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["5", "GB", "-1GB", "5gb", "1e3MB", "5GB more", ""])
def test_other_sizes_are_refused(text):
    with pytest.raises(ConfigError, match="--cache-limit: must be a number with kB, MB, GB, TB, such as 5GB"):
        parse_size(text)


def test_an_entry_has_all_files_of_its_key_and_no_others(cache, tmp_path):
    steps = tmp_path / "aa" / f"{KEYS[0]}.steps"
    steps.mkdir()
    (steps / "000100.png").write_bytes(b"y" * 500)
    for stranger in ("pictures.json", "aa/notes.txt", f"aa/{KEYS[1]}.tif", "aa/short.tif"):
        (tmp_path / stranger).write_bytes(b"z" * 10_000)
    entries = {entry.key: entry for entry in list_entries(tmp_path)}
    assert sorted(entries) == KEYS
    record = (tmp_path / "aa" / f"{KEYS[0]}.json").stat().st_size
    assert entries[KEYS[0]].size == 1000 + 500 + record
    assert entries[KEYS[1]].size == 1000 + record


def gone(tmp_path, limit, needed=()):
    return [entry.key for entry in over_limit(list_entries(tmp_path), limit, needed)]


def test_the_least_recently_used_go_first_and_no_more_than_need_be(cache, tmp_path):
    one = list_entries(tmp_path)[0].size
    assert gone(tmp_path, 3 * one) == []
    assert gone(tmp_path, 3 * one - 1) == KEYS[:1]
    assert gone(tmp_path, one) == KEYS[:2]
    assert gone(tmp_path, 0) == KEYS


def test_what_is_needed_stays_whatever_the_limit(cache, tmp_path):
    assert gone(tmp_path, 0, KEYS[:2]) == KEYS[2:]


def test_reading_a_painting_is_using_it_and_paints_nothing_anew(cache, tmp_path):
    painted = (tmp_path / "aa" / f"{KEYS[0]}.tif").stat().st_mtime_ns
    assert cache.get(KEYS[0]) is not None
    assert gone(tmp_path, 0) == [KEYS[1], KEYS[2], KEYS[0]]
    assert (tmp_path / "aa" / f"{KEYS[0]}.tif").stat().st_mtime_ns == painted


def test_a_painting_that_was_begun_is_as_old_as_its_checkpoint(cache, tmp_path):
    checkpoint = tmp_path / "aa" / f"{KEYS[0]}.checkpoint.npz"
    checkpoint.write_bytes(b"")
    assert gone(tmp_path, 0) == [KEYS[1], KEYS[2], KEYS[0]]


def test_a_discarded_entry_is_gone_and_others_are_there(cache, tmp_path):
    (tmp_path / "aa" / f"{KEYS[0]}.steps").mkdir()
    discard(list_entries(tmp_path)[0])
    assert sorted(entry.key for entry in list_entries(tmp_path)) == KEYS[1:]
    assert cache.get(KEYS[1]) is not None and cache.get(KEYS[0]) is None
