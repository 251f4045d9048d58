"""The table of final losses: a row for every combination of the manifest, in its order, failed ones included."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from stylegrid.reports.losses_columns import COLUMNS, SETTINGS, varying_columns
from stylegrid.store.findings import Finding

_FORMULA = re.compile(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n]")  # the last four as wide as Chinese characters


def make_losses(findings: Iterable[Finding], folder: Path) -> pd.DataFrame:
    """Return the table: `COLUMNS`, then `settings`, the PaintSettings of each row.

    Losses are unweighted, as in the records, but for the total. What a failed combination lacks is missing, or "" as
    text. Pictures are named relative to `folder`. No record is kept: a row takes about 1 KB.
    """
    names = [*COLUMNS, "settings"]
    rows = [tuple(map(_row(finding, folder).get, names)) for finding in findings]
    types = {name: column.dtype for name, column in COLUMNS.items()}
    return pd.DataFrame.from_records(rows, columns=names).astype(types)


def with_varying(losses: pd.DataFrame) -> pd.DataFrame:
    """Return a table by `make_losses` as it is published: `COLUMNS`, then each setting that varies and isn't there."""
    varied = {name: values for name, values in varying_columns(losses).items() if name not in COLUMNS}
    return losses[[*COLUMNS]].assign(**varied)


def to_csv(table: pd.DataFrame, float_format: str | None = None) -> str:
    """Return a table as CSV; missing values are empty, and lines end in one newline.

    Text that a spreadsheet would run as a formula begins with an apostrophe.
    """
    text = {str(name): column.map(_inert) for name, column in table.select_dtypes(["str", "object"]).items()}
    return table.assign(**text).to_csv(index=False, lineterminator="\n", float_format=float_format)


def _inert(value: object) -> object:
    """Return a value, behind an apostrophe if it is text that a spreadsheet would run as a formula.

    Carriage returns become newlines: the writer doesn't quote them, so they would begin a row.
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
        **{name: getattr(settings, name) for name in SETTINGS},
        **_measured(finding),
        "picture": os.path.relpath(finding.picture, folder) if finding.picture else "",
        "message": finding.message,
        "title": finding.combination.title,
        "notes": finding.combination.notes,
        "settings": settings,
    }


def _measured(finding: Finding) -> dict[str, object]:
    """Return the columns that only a painted picture's record can fill."""
    record = finding.record
    if record is None or finding.picture is None:
        return {"backbone": "", "device": ""}
    names = ("width", "height", "steps", "seconds", "steps_per_second", "peak_memory_mb", "device")
    losses = record.losses.model_dump() if record.losses else {}
    measures = record.measures.model_dump() if record.measures else {}
    return {
        "backbone": record.backbone.name if record.backbone else "",
        **{name: getattr(record, name) for name in names},
        **{f"{term}_loss": value for term, value in losses.items()},
        **measures,
    }
