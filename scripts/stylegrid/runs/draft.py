"""Drafts: combinations as the fast method paints them, small."""

from collections.abc import Iterable

from stylegrid.plan.job import Combination, Job
from stylegrid.settings.paint_settings import PaintSettings


def draft_settings(settings: PaintSettings, size: int) -> PaintSettings:
    """Return settings whose picture the fast method paints, its longest side at most `size`."""
    return at_most(settings, size).model_copy(update={"method": "fast"})


def at_most(settings: PaintSettings, size: int) -> PaintSettings:
    """Return settings of a picture whose longest side is at most `size`, and of which no snapshots are kept."""
    side = size if settings.size == "own" else min(size, int(settings.size))
    return settings.model_copy(update={"size": side, "snapshots": 0})


def as_drafts(combinations: Iterable[Combination], size: int) -> list[Combination]:
    """Return combinations under their own names, as drafts."""
    return [each._replace(job=_as_draft(each, size)) for each in combinations]


def _as_draft(combination: Combination, size: int) -> Job:
    job = combination.job
    return job.model_copy(update={"settings": draft_settings(job.settings, size)})
