"""A run seen from outside: what has come, what is being painted, and how far all is."""

import math
import time

import pytest
from test_status import Planned

from stylegrid.runs.watch import Watch

STARTED = time.time() + 100


class Clock:
    """Time that moves on by a second at every look."""

    def __init__(self):
        self.now = STARTED

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture
def planned(tmp_path):
    return Planned(tmp_path, "abcd")


def watch(planned):
    return Watch(planned.folder, Clock())


def look(watched):
    """Look again and again until there is nothing new."""
    found = []
    for _ in range(200):
        found += watched.look()
    return [(each.job.variant, each.record.outcome, each.cached) for each in found]


def test_what_was_in_place_is_not_awaited(planned):
    planned.publish("a")
    watched = watch(planned)
    assert (watched.planned, watched.total, watched.in_place) == (4, 3, 1)
    assert look(watched) == []


def test_each_that_comes_or_fails_is_told_once_with_its_origin(planned):
    planned.paint("b")
    watched = watch(planned)
    planned.publish("a")
    planned.publish("b")
    planned.fail("c")
    assert sorted(look(watched)) == [("a", "finished", False), ("b", "finished", True), ("c", "failed", False)]
    planned.fail("c", seconds=5)  # as the rule that publishes leaves it once more
    planned.publish("a")
    assert look(watched) == []
    assert (watched.in_place, len(watched.pending)) == (2, 1)


def test_a_failure_of_an_earlier_run_is_awaited(planned):
    planned.fail("a")
    watched = watch(planned)
    assert look(watched) == []
    planned.publish("a")
    assert look(watched) == [("a", "finished", False)]


def test_the_work_done_counts_pictures_and_steps(planned):
    watched = watch(planned)
    assert (watched.share_done([]), watched.seconds_left([])) == (0, None)
    planned.publish("a")
    look(watched)
    assert watched.seconds_left([]) is None  # one look at work says nothing of its speed
    first = watched._clock.now
    planned.begin("b", step=5, updated=STARTED + 1e6)
    painting = watched.painting()
    assert [each.job.variant for each in painting] == ["b"]
    assert watched.share_done(painting) == pytest.approx(1.5 / 4)
    now = watched._clock.now + 1
    assert watched.seconds_left(painting) == pytest.approx((now - first) * 2.5 / 0.5)


def test_work_of_an_earlier_run_is_no_work_of_this_one(planned):
    planned.begin("b", step=5, pid=2**22 + 1)  # of a process that has ended
    watched = watch(planned)
    assert watched.share_done([]) == 0
    planned.begin("b", step=5, updated=STARTED + 1e6)
    assert watched.share_done(watched.painting()) == 0
    planned.begin("b", step=10, updated=STARTED + 1e6)
    assert watched.share_done(watched.painting()) == pytest.approx(0.5 / 3.5)


def test_nothing_is_left_when_all_have_come_but_those_of_the_cache(planned):
    planned.paint("d")
    watched = watch(planned)
    for variant in "abc":
        planned.publish(variant)
    look(watched)
    assert watched.is_painted
    assert watched.seconds_left([]) == 0
    assert math.isclose(watched.share_done([]), 1)
    assert set(watched.pending) == {"cat/night/d"}


def test_looking_takes_a_small_share_of_the_time(planned):
    watched, looks = watch(planned), []
    for variant in "abcd":
        planned.publish(variant)
    for _ in range(120):
        looks.append(len(watched.look()))
    assert [count for count in looks if count] == [4]
    assert looks.index(4) < 60  # a look that seems to take a second is taken once in fifty
