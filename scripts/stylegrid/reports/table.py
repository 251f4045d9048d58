"""The CSV of final losses: one row for every combination of the manifest, in its order, failed ones included."""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from stylegrid.store.findings import Finding

COLUMNS = (
    *("content", "style", "variant", "outcome", "preset", "optimizer", "backbone"),
    *("style_weight", "content_weight", "tv_weight", "width", "height", "steps", "seed"),
    *("content_loss", "style_loss", "tv_loss", "total_loss"),
    *("seconds", "steps_per_second", "peak_memory_mb", "device", "picture", "message", "title", "notes"),
)

_FORMULA = re.compile(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n]")  # the last four as wide as Chinese characters


def to_csv(findings: Iterable[Finding], folder: Path) -> Iterator[str]:
    """Yield the table as CSV text, row by row; pictures are named relative to the `folder` that the CSV lies in.

    Losses are unweighted, as in the records, but for the total. What a failed combination lacks is left empty. Text
    that a spreadsheet would take for a formula begins with an apostrophe.
    """
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for finding in findings:
        yield _taken(buffer)
        writer.writerow({name: _inert(value) for name, value in _row(finding, folder).items()})
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    """Return what a buffer holds, and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _inert(value: object) -> object:
    """Return a value, behind an apostrophe if it is text that a spreadsheet would run as a formula.

    Lines end in one way, since a carriage return, which the writer puts in no quotes, would begin a row.
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if _FORMULA.match(text) else text


def _row(finding: Finding, folder: Path) -> dict[str, object]:
    job, settings = finding.combination.job, finding.combination.job.settings
    return {
        "content": job.content.name,
        "style": job.style,
        "variant": job.variant,
        "outcome": finding.outcome,
        **{name: getattr(settings, name) for name in ("preset", "optimizer", "seed")},
        **{name: getattr(settings, name) for name in ("style_weight", "content_weight", "tv_weight")},
        **_measured(finding),
        "picture": os.path.relpath(finding.picture, folder) if finding.picture else "",
        "message": finding.message,
        "title": finding.combination.title,
        "notes": finding.combination.notes,
    }


def _measured(finding: Finding) -> dict[str, object]:
    """Return the columns that only a painted picture's record can fill."""
    record = finding.record
    if record is None or finding.picture is None:
        return {}
    names = ("width", "height", "steps", "seconds", "steps_per_second", "peak_memory_mb", "device")
    losses = record.losses.model_dump() if record.losses else {}
    return {
        "backbone": record.backbone.name if record.backbone else "",
        **{name: getattr(record, name) for name in names},
        **{f"{term}_loss": value for term, value in losses.items()},
    }
