"""The lines that end a run."""

import os
import time
from pathlib import Path

import pytest
from test_status import Planned

from stylegrid.runs.closing import MOST_FAILURES, close, describe_end, describe_stop
from stylegrid.store.cache import Cache
from stylegrid.store.layout import picture_path, record_path

PAGE = Path("results/gallery/index.html")


@pytest.fixture
def planned(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # away from this checkout's own results, whose page may be there
    return Planned(tmp_path, "abcd")


def end(planned, began=0.0, **options):
    return list(describe_end(close(planned.folder, began), "2 min 46 s", PAGE, **options))


def test_what_this_run_has_painted_is_told_apart_from_what_it_took_from_the_cache(planned):
    for variant in "abc":
        planned.publish(variant)
    planned.paint("b")
    planned.paint("c")
    job = planned.jobs["a"]
    os.utime(record_path(picture_path(planned.folder, job)), (50, 50))  # in place before the run
    os.utime(
        Cache(planned.folder / "cache").stem(planned.jobs["b"].key("sha of backbone")).with_suffix(".json"), (60, 60)
    )
    closing = close(planned.folder, began=100)
    assert (closing.combinations, closing.in_place, closing.painted, closing.cached) == (4, 3, 1, 1)
    assert end(planned, began=100) == ["Done: 1 painted, 1 from the cache, 1 not painted in 2 min 46 s."]


def test_a_whole_gallery_is_told_in_one_line(planned):
    for variant in "abcd":
        planned.publish(variant)
    assert end(planned) == ["Done: 4 pictures in 2 min 46 s."]
    assert end(planned, began=time.time() + 100) == ["Nothing to paint: all 4 are there."]


def test_the_page_is_named_where_there_is_one(planned, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for variant in "abcd":
        planned.publish(variant)
    PAGE.parent.mkdir(parents=True)
    PAGE.touch()
    assert end(planned) == [f"Done: 4 pictures in 2 min 46 s. Open {PAGE}"]


def test_failures_are_told_with_their_reasons(planned):
    planned.publish("a")
    for variant in "bcd":
        planned.fail(variant, f"{variant} is gone")
    *failures, last = end(planned, fault="error: see the log")
    assert failures == [f"failed: cat/night/{variant}: {variant} is gone" for variant in "bcd"]
    assert last.startswith("Done: 1 painted, 3 failed in")


def test_of_many_failures_some_are_told(tmp_path):
    planned = Planned(tmp_path, "abcdefghijklm")
    for variant in planned.jobs:
        planned.fail(variant)
    lines = end(planned)
    assert len(lines) == MOST_FAILURES + 2
    assert "3 more" in lines[-2]


def test_where_no_painting_failed_the_fault_says_where_to_look(planned):
    for variant in "abcd":
        planned.publish(variant)
    assert end(planned, fault="error: see the log")[0] == "error: see the log"


@pytest.mark.parametrize(("kept", "words"), [(0, "0 of 21 are kept"), (1, "1 of 21 is kept"), (4, "4 of 21 are kept")])
def test_a_stopped_run_says_what_is_kept_and_what_goes_on(kept, words):
    assert describe_stop(kept, 21) == f"Stopped. {words}; `make gallery` goes on."
