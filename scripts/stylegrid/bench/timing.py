"""Timings of programs that run in turn, so that other load on the machine affects all of them alike."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

Run = Callable[[], object]
Clock = Callable[[], float]


class Timing(NamedTuple):
    """The seconds of each run of one side, in order."""

    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median, in seconds."""
        return statistics.median(self.times)

    @property
    def quartiles(self) -> tuple[float, float]:
        """Return the lower and the upper quartile, in seconds."""
        if len(self.times) == 1:
            return self.times[0], self.times[0]
        lower, _, upper = statistics.quantiles(self.times, n=4, method="inclusive")
        return lower, upper

    @property
    def spread(self) -> float:
        """Return (upper quartile - lower quartile) / median."""
        lower, upper = self.quartiles
        return (upper - lower) / self.median


class Stopwatch:
    """Counts seconds since its creation, without pauses."""

    def __init__(self, clock: Clock = time.perf_counter):
        self._clock, self._start = clock, clock()

    @property
    def seconds(self) -> float:
        """Return the seconds so far."""
        return self._clock() - self._start

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Stop the clock within the context."""
        paused = self._clock()
        try:
            yield
        finally:
            self._start += self._clock() - paused


def ratio(first: Timing, second: Timing) -> float:
    """Return the median of the ratios by round: what slows down a whole round cancels."""
    return statistics.median(one / other for one, other in zip(first.times, second.times, strict=True))


def alternate(
    runs: Mapping[str, Run], repeats: int, warmups: int = 2, clock: Clock = time.perf_counter
) -> dict[str, Timing]:
    """Time the sides in turn: A B C, A B C, ...

    The first `warmups` rounds, in which programs compile and caches fill, are not kept.
    """
    rounds = [{name: _timed(run, clock) for name, run in runs.items()} for _ in range(warmups + repeats)]
    return {name: Timing(tuple(times[name] for times in rounds[warmups:])) for name in runs}


def _timed(run: Run, clock: Clock) -> float:
    """Return the seconds of a run."""
    start = clock()
    run()
    return clock() - start
