"""A chunk: combinations that one process paints, hands over in one folder, and puts in their places one by one.

{combination}.png, .png.json    the picture and its record, named as in results/pictures
{combination}.failed.json       instead of them, what kept it from being painted
{combination}.progress.json     while it is painted, how far it has come
"""

import contextlib
from collections import defaultdict
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
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.place import place
from stylegrid.store.record import failed

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.method.evaluation import Step
    from stylegrid.painting.stylize import Report

Fault = Callable[[Job, Exception], None]


def paint_chunk(
    jobs: Sequence[Job],
    painter: Painter,
    folder: Path,
    results: Path,
    report: Callable[[Job], "Report"],
    fault: Fault,
) -> None:
    """Paint what is not in the cache yet, and hand over everything; an error costs only the job that meets it.

    Each picture is put in its place below `results` as soon as it is there, those of the cache first.
    """
    to_paint = {painter.key(job): job for job in painting_order(filter(painter.needs, jobs), painter)}
    by_key: defaultdict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        by_key[painter.key(job)].append(job)
    for key in [*(key for key in by_key if key not in to_paint), *to_paint]:
        error = _paint(to_paint[key], painter, folder, report(to_paint[key])) if key in to_paint else None
        for job in by_key[key]:
            _hand_over(job, painter, folder, error, fault)
            # Where that fails, the rule `publish` fails too, and says why.
            with contextlib.suppress(OSError):
                place(folder, job.name, picture_path(results, job))


def painting_order(jobs: Iterable[Job], painter: Painter) -> list[Job]:
    """Return jobs, no painting twice, those that share compiled functions and targets one after another."""
    unique = {painter.key(job): job for job in jobs}.values()
    return sorted(unique, key=lambda job: repr((loss_config_of(job.settings), _size(job), job.settings.precision)))


def _paint(job: Job, painter: Painter, folder: Path, report: "Report") -> Exception | None:
    """Paint a job with a heartbeat, and return what kept it from being painted."""
    pulse = HeartbeatWriter(heartbeat_path(folder, job.name), job.settings.planned_steps)

    def beat(step: "Step") -> None:
        pulse.beat(step.step, step.losses._asdict())
        report(step)

    try:
        painter.paint(job, beat)
    except Exception as error:
        return error
    finally:
        pulse.end()
    return None


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
