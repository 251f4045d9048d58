"""The columns of losses.csv, as a table."""

from stylegrid.manual.markdown import table
from stylegrid.reports.losses_columns import COLUMNS, NUMBER, TEXT, WHOLE

_KINDS = {TEXT: "text", NUMBER: "number", WHOLE: "whole number"}


def columns() -> str:
    """The columns that every table has, in order: what each holds, and of what type."""
    rows = ((f"`{name}`", column.holds, _KINDS[column.dtype]) for name, column in COLUMNS.items())
    return table(("column", "what it holds", "type"), rows)
