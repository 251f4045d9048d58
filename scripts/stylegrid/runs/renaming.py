"""Pictures under the names of an earlier version, given those of today by the run that holds the results folder.

A file that has its new name isn't touched again, and the picture itself comes last, so that a run that was killed
meanwhile is gone on with by the next one.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.plan.job import Job
from stylegrid.store.findings import chosen_backbone, describes
from stylegrid.store.layout import (
    curves_plot_path,
    failure_path,
    film_path,
    find_record,
    picture_path,
    record_path,
    snapshots_folder,
)
from stylegrid.store.record import Record, read_record


def rename_pictures(results: Path, changed: Iterable[tuple[Job, Job]]) -> list[str]:
    """Give the pictures of (job, job under its earlier name) and all that belongs to them their names of today.

    Return the names of the jobs of pictures that were renamed. What is of other settings, inputs or weights than the
    job's stays where it is, as does what would replace a file.
    """
    backbone, renamed = chosen_backbone(results), []
    for job, earlier in changed:
        old, new = picture_path(results, earlier), picture_path(results, job)
        if not old.is_file() or new.is_file():
            continue
        record = _read(find_record(old))
        if record and describes(record, earlier) and record.title == job.title and _is_painted_by(record, backbone):
            _rename(results, job, earlier, record)
            renamed.append(job.name)
    return renamed


def _read(path: Path) -> Record | None:
    """Return the record in a file; None where there is none, which costs the picture its new name and nothing else."""
    try:
        return read_record(path)
    except RecordError:
        return None


def _is_painted_by(record: Record, backbone: str | None) -> bool:
    return record.backbone is not None and record.backbone.sha256 == backbone


def _rename(results: Path, job: Job, earlier: Job, record: Record) -> None:
    """Rename all files of a picture; picture and record become newer than the job file that was just written."""
    old, new = picture_path(results, earlier), picture_path(results, job)
    for source, target in _companions(results, job, earlier):
        if source.exists() and not target.exists():
            source.rename(target)
    left = find_record(old)
    files.write_text(record_path(new), record.model_copy(update={"variant": job.variant}).to_json())
    os.utime(old)
    old.rename(new)
    left.unlink()
    failure_path(old).unlink(missing_ok=True)


def _companions(results: Path, job: Job, earlier: Job) -> Iterator[tuple[Path, Path]]:
    """Yield what belongs to a picture, and where it belongs now: snapshots, their film, and the plot of its curves."""
    old, new = picture_path(results, earlier), picture_path(results, job)
    yield snapshots_folder(old), snapshots_folder(new)
    yield film_path(old), film_path(new)
    for kind in ("svg", "png", "pdf"):
        yield curves_plot_path(results, earlier.name, kind), curves_plot_path(results, job.name, kind)
