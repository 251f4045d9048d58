"""A chunk: combinations that one process paints, and hands over in one folder to be published from there.

{combination}.png, .json        the picture and its record, named as in results/pictures
{combination}.failed.json       instead of them, what kept it from being painted
{combination}.progress.json     while it is painted, how far it has come
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid import files
from stylegrid.errors import ImageError, StylegridError
from stylegrid.painting.heartbeat import HeartbeatWriter, heartbeat_path
from stylegrid.painting.painter import Painter
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import Job
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.settings.scales import longest_side, picture_size
from stylegrid.store import film_strip
from stylegrid.store.layout import failure_path, record_path
from stylegrid.store.record import failed

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.method.evaluation import Step
    from stylegrid.painting.stylize import Report

Fault = Callable[[Job, Exception], None]


def paint_chunk(
    jobs: Sequence[Job],
    painter: Painter,
    folder: Path,
    report: Callable[[Job], "Report"],
    fault: Fault,
    together: Callable[[int], int] = lambda pixels: 1,
) -> None:
    """Paint what is not in the cache yet, and hand over everything; an error costs only the job that meets it.

    `together` says how many pictures of so many pixels are painted as one batch.
    """
    errors: dict[str, Exception] = {}
    for batch in batches([job for job in jobs if painter.needs(job)], painter, together):
        for job, error in zip(batch, _paint(batch, painter, folder, report), strict=True):
            if error is not None:
                errors[painter.key(job)] = error
    for job in jobs:
        _hand_over(job, painter, folder, errors.get(painter.key(job)), fault)


def batches(
    jobs: Iterable[Job], painter: Painter, together: Callable[[int], int] = lambda pixels: 1
) -> Iterator[list[Job]]:
    """Yield jobs that can be painted at once, those of one formula and size one after another; no painting twice."""
    unique = {painter.key(job): job for job in jobs}.values()
    alike: dict[tuple, list[Job]] = {}
    for job in unique:
        alike.setdefault(_shape(job), []).append(job)
    for shape in sorted(alike, key=repr):
        width, height = shape[1]
        count = together(width * height)
        for start in range(0, len(alike[shape]), count):
            yield alike[shape][start : start + count]


def _paint(
    batch: Sequence[Job], painter: Painter, folder: Path, report: Callable[[Job], "Report"]
) -> list[Exception | None]:
    """Paint jobs at once, with a heartbeat of each, and return what kept each from it."""
    pulses: list[HeartbeatWriter] = []

    def watch(job: Job) -> "Report":
        pulse, say = HeartbeatWriter(heartbeat_path(folder, job.name), job.settings.steps), report(job)
        pulses.append(pulse)

        def hear(step: "Step") -> None:
            pulse.beat(step.step)
            say(step)

        return hear

    try:
        return painter.paint(batch, watch)
    finally:
        for pulse in pulses:
            pulse.end()


def _shape(job: Job) -> tuple:
    """Return what pictures have in common that are painted as one batch: their formula, size and way."""
    settings = job.settings
    way = settings.precision, settings.steps, settings.coarsest, settings.schedule
    return loss_config_of(settings), _size(job), *way


def _size(job: Job) -> tuple[int, int]:
    """Return a picture's size; nothing by nothing where its photograph can't be read, which painting it tells."""
    try:
        photograph = job.content.size
    except ImageError:
        return 0, 0
    return picture_size(job.settings, photograph, longest_side(job.settings, photograph))


def _hand_over(job: Job, painter: Painter, folder: Path, error: Exception | None, fault: Fault) -> None:
    picture = folder / f"{job.name}{SUFFIXES[job.settings.format]}"
    try:
        if error is not None:
            raise error
        published = painter.publish(job)
        files.write_bytes(picture, published.picture)
        files.write_text(record_path(picture), published.record.to_json())
        film_strip.publish(picture, published.snapshots)
    except Exception as error:
        message = str(error) if isinstance(error, StylegridError) else f"unexpected {type(error).__name__}; see its log"
        files.write_text(failure_path(picture), failed(job, message).to_json())
        fault(job, error)
