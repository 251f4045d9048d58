"""A run as it is seen from outside: which pictures are finished, which are being painted, and how far all of them are.

Only reads. Asks for each picture's record, at a pace that costs little of the machine's time in large galleries too.
"""

import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import RecordError
from stylegrid.painting.heartbeat import Heartbeat, read_heartbeats
from stylegrid.plan.job import Job
from stylegrid.runs.status import CombinationStatus, combination_statuses, workload_left
from stylegrid.store.layout import Layout, failure_path, picture_path, record_path
from stylegrid.store.record import Record, read_outline

SHARE = 0.02  # of the time that may go into looking


class Finished(NamedTuple):
    """A picture that has come, or a combination that failed, with its record; `cached` if it was not painted now."""

    job: Job
    record: Record
    cached: bool


class Painting(NamedTuple):
    """A combination that is being painted."""

    job: Job
    heartbeat: Heartbeat


class Watch:
    """Watches the combinations of a results folder that were not in place when this was made."""

    def __init__(self, results: Path, clock: Callable[[], float] = time.time):
        self._results, self._clock = results, clock
        self._first: tuple[float, float] | None = None  # when work was first seen, and how much of it was done
        statuses = combination_statuses(results, clock())
        self.planned = len(statuses)
        self.pending = {status.job.name: status for status in statuses if status.state != "done"}
        self._seen = {name: _stamps(results, status.job) for name, status in self.pending.items()}
        self.total = len(self.pending)
        self._to_paint = {name: workload_left(s) for name, s in self.pending.items() if s.state != "painted"}
        self._work = sum(self._to_paint.values())
        self._due, self._failed = 0.0, 0

    @property
    def in_place(self) -> int:
        """Return how many pictures are in place."""
        return self.planned - len(self.pending) - self._failed

    def look(self) -> list[Finished]:
        """Return what has finished since the last look; nothing where it is too early to look again."""
        if self._clock() < self._due:
            return []
        before = self._clock()
        finished = [each for status in list(self.pending.values()) if (each := self._finished(status))]
        self._due = self._clock() + (self._clock() - before) / SHARE
        for each in finished:
            del self.pending[each.job.name]
            self._failed += each.record.outcome == "failed"
            self._to_paint.pop(each.job.name, None)
        return finished

    def painting(self) -> list[Painting]:
        """Return what is being painted, the longest first."""
        beats = read_heartbeats(Layout(self._results).chunks)
        known = [Painting(self.pending[name].job, beat) for name, beat in beats.items() if name in self.pending]
        living = [each for each in known if not each.heartbeat.has_stopped(self._clock())]
        return sorted(living, key=lambda each: each.heartbeat.started)

    def seconds_left(self, painting: Iterable[Painting]) -> float | None:
        """Return the time left for all that is to be painted, by the work since the first steps; None before that.

        What comes before them, such as starting TensorFlow, would make the first estimates several times too long.
        """
        left = self._work_left(painting)
        done = self._work - left
        if not left:
            return 0.0
        if done > 0 and self._first is None:
            self._first = (self._clock(), done)
        if self._first is None or done <= self._first[1]:
            return None
        return (self._clock() - self._first[0]) * left / (done - self._first[1])

    def share_done(self, painting: Iterable[Painting]) -> float:
        """Return the share of the work that is done, from 0 to 1."""
        return 1 - self._work_left(painting) / self._work if self._work else 1.0

    @property
    def is_painted(self) -> bool:
        """Return whether nothing is left to be painted."""
        return not self._to_paint

    def _work_left(self, painting: Iterable[Painting]) -> float:
        gone_on = {each.job.name: self._left(each) for each in painting if each.job.name in self._to_paint}
        return sum((self._to_paint | gone_on).values())

    def _left(self, painting: Painting) -> float:
        """Return the work left of what is being painted, which may go on from an earlier run's step."""
        status = self.pending[painting.job.name]._replace(heartbeat=painting.heartbeat)
        return min(self._to_paint[painting.job.name], workload_left(status))

    def _finished(self, status: CombinationStatus) -> Finished | None:
        """Return what has come of a combination: its record if that is new, else that of its failure."""
        job, seen = status.job, self._seen[status.job.name]
        stamps = _stamps(self._results, job)
        new = [path for path, stamp in stamps.items() if seen.get(path) != stamp]
        if not new:
            return None
        self._seen[job.name] = stamps
        try:
            return Finished(job, read_outline(new[0]), cached=status.state == "painted")
        except RecordError:  # gone by now, as Snakemake removes what a rule is about to make
            return None


def _stamps(results: Path, job: Job) -> dict[Path, int]:
    """Return when a picture's record, and that of its failure, were written, as far as they are there."""
    picture, found = picture_path(results, job), {}
    for path in (record_path(picture), failure_path(picture)):
        with contextlib.suppress(OSError):
            found[path] = path.stat().st_mtime_ns
    return found
