"""The cells of a sheet, whatever file they are from, and the marks of those that can't be taken as they are."""

from typing import NamedTuple

Cells = list[list[str]]


class Mark(NamedTuple):
    """A cell, counted from row 1 and column 1, and its fault."""

    row: int
    column: int
    fault: str


class Sheet(NamedTuple):
    """Cells from row 1 and column 1, the marks of some of them, and which sheet it is if not its file's only one."""

    cells: Cells
    marks: list[Mark]
    notice: str


class TooManyCellsError(Exception):
    """A table has more cells than are read."""


class UnreadableError(Exception):
    """A file can't be read as a table; the message says why, in a few words."""


def error_fault(error: str) -> str:
    """Return the fault of a cell with an error such as #N/A."""
    return f"holds the error {error.strip()[:30] or 'of a formula'}; mend its formula, or clear the cell"
