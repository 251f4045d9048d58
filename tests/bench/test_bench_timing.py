"""Timings by a clock that is told what to say."""

import itertools

import pytest

from stylegrid.bench.timing import Stopwatch, Timing, alternate, ratio


def test_sides_take_turns_and_warmups_are_not_kept():
    order, clock = [], itertools.accumulate([0, 5, 0, 7, 0, 1, 0, 10, 0, 2, 0, 20, 0, 3, 0, 30]).__next__
    runs = {"a": lambda: order.append("a"), "b": lambda: order.append("b")}
    assert alternate(runs, repeats=3, warmups=1, clock=clock) == {"a": Timing((1, 2, 3)), "b": Timing((10, 20, 30))}
    assert order == ["a", "b"] * 4


def test_only_the_run_is_timed():
    now = [0.0]

    def clock():
        now[0] += 100.0 if len(ticks) % 2 == 0 else 0.0  # between two runs
        ticks.append(now[0])
        return now[0]

    ticks = []

    def run():
        now[0] += 2.5

    assert alternate({"a": run}, repeats=2, warmups=0, clock=clock)["a"].times == (2.5, 2.5)


def test_no_sides_take_no_time():
    assert alternate({}, repeats=3) == {}


@pytest.mark.parametrize(
    ("times", "median", "quartiles", "spread"),
    [((4.0,), 4, (4, 4), 0), ((1, 3), 2, (1.5, 2.5), 0.5), ((5, 1, 2, 4, 3), 3, (2, 4), 2 / 3)],
)
def test_medians_and_quartiles(times, median, quartiles, spread):
    timing = Timing(times)
    assert (timing.median, timing.quartiles, timing.spread) == (median, quartiles, spread)


def test_ratios_are_taken_round_by_round():
    """A round that is slow for both counts like any other."""
    assert ratio(Timing((1, 20, 3)), Timing((2, 40, 4))) == 0.5


def test_a_stopwatch_stands_still_in_pauses():
    now = [100.0]
    watch = Stopwatch(lambda: now[0])
    now[0] += 3
    with pytest.raises(KeyError), watch.pause():
        now[0] += 50
        raise KeyError
    now[0] += 2
    assert watch.seconds == 5
