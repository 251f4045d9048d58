"""The manifest: a spreadsheet's cells to rows. What the cells mean is plan.py's."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import ManifestError, suggest
from stylegrid.plan.spreadsheet import Cells, read_cells
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.text import IN_CELLS, control

REQUIRED = ("content", "style")
TEXT = ("title", "notes")  # travel to the reports, one value a row
COLUMNS = (*REQUIRED, *PaintSettings.model_fields, *TEXT, "skip")
LONGEST_CELL = 32_767  # characters, as in Excel
LONGEST_TITLE = 10_000  # characters; it stands on sheets, where it takes room

_YES = frozenset({"yes", "y", "true", "1", "1.0", "x"})
_NO = frozenset({"", "no", "n", "false", "0", "0.0"})


class Row(NamedTuple):
    """One row: its number as the spreadsheet shows it (the header is row 1), and its cells that aren't empty."""

    number: int
    cells: dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a manifest, without the empty and the skipped ones.

    Raises ManifestError when the file can't be read as a table, its header is wrong, or no row is left.
    """
    table = read_cells(path)
    if not table or not any(table[0]):
        raise ManifestError([f"{path}: is empty; needs a header with the columns {' and '.join(REQUIRED)}, then rows"])
    header = [cell.strip().casefold() for cell in table[0]]
    _check_header(path, header)
    _check_nameless(path, table, header)
    rows = [_row(number, header, cells) for number, cells in enumerate(table[1:], start=2)]
    _check_texts(path, rows)
    _check_skips(path, rows)
    kept = [row for row in rows if row.cells and row.cells.get("skip", "").casefold() not in _YES]
    if not kept:
        raise ManifestError([f"{path}: has no row to paint; add rows below the header, or clear the skip column"])
    return kept


def _check_header(path: Path, header: list[str]) -> None:
    faults = [
        f"{path} row 1: column {name!r} is there twice"
        for name in sorted(set(header))
        if header.count(name) > 1 and name
    ]
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name and name not in COLUMNS]
    faults += [f"{path} row 1: unknown column {name!r}; {suggest(name, COLUMNS, first=missing)}" for name in unknown]
    faults += [f"{path} row 1: column {name!r} is missing" for name in missing]
    if faults:
        raise ManifestError(faults)


def _check_nameless(path: Path, table: Cells, header: list[str]) -> None:
    """Raise ManifestError when a column without a name holds something."""
    nameless = [column for column, name in enumerate(header) if not name]
    for number, cells in enumerate(table if nameless else (), start=1):
        for column in nameless:
            if cells[column].strip():
                place = f"{path} row {number}"
                raise ManifestError([f"{place}: has a cell in column {column + 1}, which has no name in the header"])


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    return Row(number, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name and cell.strip()})


def _check_texts(path: Path, rows: Iterable[Row]) -> None:
    """Raise ManifestError for cells that are too long, or hold what is no text."""
    faults = [
        f"{path} row {row.number}, {name}: {fault}"
        for row in rows
        for name, cell in row.cells.items()
        if (fault := _fault_of_text(name, cell))
    ]
    if faults:
        raise ManifestError(faults)


def _fault_of_text(name: str, cell: str) -> str:
    longest = LONGEST_TITLE if name == "title" else LONGEST_CELL
    if len(cell) > longest:
        return f"must have at most {longest} characters, found {len(cell)}; shorten it, or share it out among rows"
    sign = "" if cell.isprintable() else control(cell, IN_CELLS)
    return f"holds {sign}, which is no text; remove it" if sign else ""


def _check_skips(path: Path, rows: Iterable[Row]) -> None:
    faults = [
        f"{path} row {row.number}, skip: must be yes or no, found {row.cells['skip']!r}"
        for row in rows
        if row.cells.get("skip", "").casefold() not in _YES | _NO
    ]
    if faults:
        raise ManifestError(faults)
