"""Paints the rungs of a ladder, each begun with the one before."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from stylegrid.painting.painter import Painter
from stylegrid.plan.job import Job, Source
from stylegrid.plan.ladder import BEFORE
from stylegrid.store.cache import Cache
from stylegrid.store.publish import Published

if TYPE_CHECKING:  # imports TensorFlow
    from stylegrid.painting.stylize import Report


def paint_ladder(
    jobs: Sequence[Job], painter: Painter, cache: Cache, report: "Callable[[int], Report]"
) -> Iterator[Published]:
    """Yield the picture of each of the `rungs`, painted unless the cache has it; `report` is told its place."""
    before: Source | None = None
    for place, job in enumerate(jobs):
        begun = job.model_copy(update={"start": before}) if job.settings.init == BEFORE else job
        if painter.needs(begun):
            painter.paint(begun, report(place))
        yield painter.publish(begun)
        key = painter.key(begun)
        painted = cache.read(key)
        assert painted is not None and painted.record.picture_sha256 is not None  # it was published just now
        before = Source(name=BEFORE, path=str(cache.painting(key)), sha256=painted.record.picture_sha256)
