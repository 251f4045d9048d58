"""Which pictures don't fit into the memory that is free, known from their sizes before anything is painted."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from stylegrid.plan import memory
from stylegrid.plan.forecast import Calibration
from stylegrid.plan.job import Job
from stylegrid.settings.field_types import SMALLEST
from stylegrid.settings.scales import longest_side, size_fault

STARTED_MB = 600.0  # of a process that has painted nothing yet, where nothing was measured
MIB = 2**20 / 1e6  # in MB
LISTED = 20  # sizes that don't fit


class TooLarge(NamedTuple):
    """Jobs of one size that need more memory than is free, and the largest `size` that needs no more, or 0."""

    jobs: tuple[Job, ...]
    needed_mb: float
    free_mb: float
    fits: int


def find_too_large(jobs: Iterable[Job], calibration: Calibration | None) -> list[TooLarge]:
    """Return what would need more memory than is free on this machine's CPU, as painting estimates it.

    Without a calibration the smaller precision is taken, so that nothing is named that may fit.
    """
    base = _base_mb(calibration)
    room, precision = free_room_mb(calibration), calibration.precision if calibration else "bfloat16"
    groups: dict[tuple, list[Job]] = {}
    for job in jobs:
        settings = job.settings
        used = memory.widest_precision(settings, precision)
        size = (settings.size, settings.enlarge, settings.aspect, used, job.content.size)
        cost = (settings.content_layers, settings.style_layers, settings.tile, settings.optimizer, settings.corrections)
        groups.setdefault((*size, settings.method, *cost), []).append(job)
    found = []
    for (_, _, _, used, *_), same in groups.items():
        needed = memory.needed_mb(same[0], used)
        if needed > room:
            found.append(TooLarge(tuple(same), needed + base, room + base, _largest_size(same[0], used, room)))
    return found


def free_room_mb(calibration: Calibration | None) -> float:
    """Return the MB that are free on this machine's CPU beside a process that paints."""
    return memory.free_mb() - _base_mb(calibration)


def _base_mb(calibration: Calibration | None) -> float:
    return calibration.memory_mb * MIB if calibration else STARTED_MB


def _largest_size(job: Job, precision: str, room_mb: float) -> int:
    """Return the largest `size` of a job that needs at most `room_mb`; 0 if none is left that can be painted."""
    sides = range(SMALLEST, longest_side(job.settings, job.content.size))
    fitting = bisect_right(sides, room_mb, key=lambda side: memory.needed_mb(_sized(job, side), precision))
    smaller = _sized(job, sides[fitting - 1]) if fitting else None
    if smaller is None or size_fault(smaller.settings, job.content.size, [style.size for style in job.styles]):
        return 0
    return sides[fitting - 1]


def _sized(job: Job, side: int) -> Job:
    return job.model_copy(update={"settings": job.settings.model_copy(update={"size": side})})


def describe_too_large(found: Iterable[TooLarge], policy: str) -> list[str]:
    """Return a sentence for each size that doesn't fit: which pictures, what they need, and what would fit."""
    found = list(found)
    more = [f"and {len(found) - LISTED} other sizes don't fit"] if len(found) > LISTED else []
    return [*(_describe(each, policy) for each in found[:LISTED]), *more]


def _describe(found: TooLarge, policy: str) -> str:
    first, others = found.jobs[0], len(found.jobs) - 1
    which = f"{first.name}{f' and {others} more' if others else ''}"
    whole = first.settings.tile == "none" and first.settings.method == "descent"
    needs = (
        f"size {longest_side(first.settings, first.content.size)} needs about {found.needed_mb / 1000:.1f} GB"
        f"{' in one piece' if whole else ''}, and {found.free_mb / 1000:.1f} GB are free"
        f"{'; try `tile: auto`' if whole else ''}"
    )
    if not found.fits:
        return f"{which}: {needs}, too few for any size. End what else takes memory."
    if policy == "smaller":
        return f"{which}: {needs}, so it is painted smaller. `size: {found.fits}` or less fits."
    return f"{which}: {needs}. Use `size: {found.fits}` or less, or `out_of_memory: smaller`."
