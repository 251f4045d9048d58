"""Where everything lies below the results folder, and what is there of a combination."""

from pathlib import Path
from typing import NamedTuple

from stylegrid.job import Job
from stylegrid.plan import Combination
from stylegrid.record import Record, described_by, read_record

NOT_PAINTED = "not painted: its job did not run, or was killed; see logs/stylize"
OUTDATED = "what is there is of other settings or inputs: run again"


class Finding(NamedTuple):
    """A combination and what was found of it; `outcome` is its record's, or `missing`."""

    combination: Combination
    outcome: str
    message: str
    record: Record | None
    picture: Path | None


def picture_path(results: Path, job: Job) -> Path:
    """Return where a job's picture lies."""
    return results / "pictures" / f"{job.name}.png"


def record_path(picture: Path) -> Path:
    """Return where a picture's record lies: beside it."""
    return picture.with_suffix(".json")


def failure_path(picture: Path) -> Path:
    """Return where the record of a failed attempt lies: beside the place of the picture."""
    return picture.with_suffix(".failed.json")


def find(results: Path, combination: Combination) -> Finding:
    """Return what there is of a combination; what was made with other settings or inputs counts as missing.

    Raises RecordError when a record can't be read.
    """
    picture = picture_path(results, combination.job)
    painted = picture.is_file() and record_path(picture).is_file()
    path = record_path(picture) if painted else failure_path(picture)
    if not path.is_file():
        return Finding(combination, "missing", NOT_PAINTED, None, None)
    record = read_record(path)
    if not _describes(record, combination.job):
        return Finding(combination, "missing", OUTDATED, None, None)
    return Finding(combination, record.outcome, record.message, record, picture if painted else None)


def _describes(record: Record, job: Job) -> bool:
    """Return whether a record is of this job, whatever its title."""
    return all(getattr(record, name) == value for name, value in described_by(job).items() if name != "title")
