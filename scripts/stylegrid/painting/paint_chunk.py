"""A chunk: combinations that one process paints, and hands over in one folder to be published from there.

{combination}.png, .png.json    the picture and its record, named as in results/pictures
{combination}.failed.json       instead of them, what kept it from being painted
{combination}.progress.json     while it is painted, how far it has come
"""

from collections.abc import Callable, Iterable, Sequence
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
) -> None:
    """Paint what is not in the cache yet, and hand over everything; an error costs only the job that meets it."""
    errors: dict[str, Exception] = {}
    for job in painting_order([job for job in jobs if painter.needs(job)], painter):
        try:
            _paint(job, painter, folder, report(job))
        except Exception as error:
            errors[painter.key(job)] = error
    for job in jobs:
        _hand_over(job, painter, folder, errors.get(painter.key(job)), fault)


def painting_order(jobs: Iterable[Job], painter: Painter) -> list[Job]:
    """Return jobs, no painting twice, those that share compiled functions and targets one after another."""
    unique = {painter.key(job): job for job in jobs}.values()
    return sorted(unique, key=lambda job: repr((loss_config_of(job.settings), _size(job), job.settings.precision)))


def _paint(job: Job, painter: Painter, folder: Path, report: "Report") -> None:
    """Paint a job with a heartbeat."""
    pulse = HeartbeatWriter(heartbeat_path(folder, job.name), job.settings.steps)

    def beat(step: "Step") -> None:
        pulse.beat(step.step)
        report(step)

    try:
        painter.paint(job, beat)
    finally:
        pulse.end()


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
