"""The manifest: a spreadsheet's cells as a table of rows. rows_to_jobs.py gives the cells their meaning."""

from collections.abc import Collection, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stylegrid.errors import ManifestError, suggest
from stylegrid.plan import titles
from stylegrid.plan.spreadsheet import read_table
from stylegrid.plan.tables.converted import ERRORS, is_date
from stylegrid.plan.tables.header import REQUIRED
from stylegrid.plan.tables.sheet import Cells, Mark, error_fault
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.spelling import spell_name
from stylegrid.text import IN_CELLS, control

if TYPE_CHECKING:  # not at run time: --help has no time for it
    import pandas as pd

TEXT = ("title", "notes")  # travel to the reports, one value a row
COLUMNS = (*REQUIRED, *PaintSettings.model_fields, *TEXT, "skip")
MEANT = {
    **dict.fromkeys(("photo", "photos", "photograph", "photographs", "image", "picture", "input"), "content"),
    **dict.fromkeys(("painting", "paintings", "artwork", "art", "artist"), "style"),
}
LONGEST_CELL = 32_767  # characters, as in Excel

_YES = frozenset({"yes", "y", "true", "1", "1.0", "x"})
_NO = frozenset({"", "no", "n", "false", "0", "0.0"})

# Settings of numbers and words, in which a date is never meant.
_MEASURED = frozenset(PaintSettings.model_fields) - {"init", "content_mask", "style_mask", "preset"}


class Manifest(NamedTuple):
    """The rows of a manifest that are painted, as stripped text, and notices, which are no faults.

    The rows' index is the spreadsheet's row number. `faults` are of columns and rows that are left out, so that those
    of the other rows can be told with them.
    """

    rows: "pd.DataFrame"
    notices: list[str]
    faults: list[str]


def read_manifest(path: Path) -> Manifest:
    """Return a manifest without its empty and skipped rows; one that holds nothing but `skip` is empty.

    Raises ManifestError if the file can't be read as a table, its header is wrong, or no row is left.
    """
    import pandas as pd

    table = read_table(path)
    cells = table.cells[table.header :]
    if not cells or not any(cells[0]):
        raise ManifestError([f"{path}: is empty; needs a header with the columns {' and '.join(REQUIRED)}, then rows"])
    header = [spell_name(cell.strip(), COLUMNS) for cell in cells[0]]
    top = table.header + 1
    unknown = _check_header(f"{path} row {top}", header)
    numbers = pd.RangeIndex(top + 1, top + len(cells))
    rows = pd.DataFrame(cells[1:], numbers, header, dtype=object).loc[:, [name in COLUMNS for name in header]]
    rows = rows.apply(lambda column: column.str.strip())
    skipped = _skip(rows).isin(_YES)
    marks = _marked(table.marks, header, top, frozenset(rows.index[skipped]))
    wrong = [*_nameless(cells, header, top), *marks, *_wrong_texts(rows), *_wrong_skips(rows)]
    faults = [*unknown, *(f"{path} row {row}{text}" for row, text in sorted(wrong, key=itemgetter(0)))]
    rows = rows[(rows.drop(columns="skip", errors="ignore") != "").any(axis="columns") & ~skipped]
    if rows.empty and not wrong:
        faults.append(f"{path}: has no row to paint; add rows below the header, or clear the skip column")
    rows = rows.drop({row for row, _ in wrong}, errors="ignore")
    if rows.empty:
        raise ManifestError(faults)
    return Manifest(rows, table.notices, faults)


def _check_header(place: str, header: list[str]) -> list[str]:
    """Return the faults of unknown columns; raises ManifestError where the rows can't be read for others."""
    faults = [
        f"{place}: column {name!r} is there twice" for name in sorted(set(header)) if header.count(name) > 1 and name
    ]
    missing = [name for name in REQUIRED if name not in header]
    others = [name for name in header if name and name not in COLUMNS]
    unknown = [f"{place}: unknown column {name!r}. {_suggest(name, header, missing)}" for name in others]
    faults += [f"{place}: column {name!r} is missing" for name in missing]
    if faults:
        raise ManifestError([*unknown, *faults])
    return unknown


def _suggest(name: str, header: list[str], missing: list[str]) -> str:
    """Return the remedy for an unknown column: one that it means or is like, and that isn't there yet."""
    meant = MEANT.get(name.casefold())
    if meant in missing:
        return f"Did you mean {meant!r}?"
    return suggest(name, [each for each in COLUMNS if each not in header], missing, "docs/spreadsheet.md")


def _nameless(table: Cells, header: list[str], top: int) -> Iterator[tuple[int, str]]:
    """Yield the row and the fault of each cell in a column without a name."""
    nameless = [column for column, name in enumerate(header) if not name]
    for number, cells in enumerate(table if nameless else (), start=top):
        for column in nameless:
            if cells[column].strip():
                yield number, f": has a cell in column {column + 1}, which has no name in the header"


def _marked(marks: Iterable[Mark], header: list[str], top: int, skipped: Collection[int]) -> Iterator[tuple[int, str]]:
    """Yield the row and the fault of each marked cell of the table, but for skipped rows."""
    names = dict(enumerate(header, start=1))
    for row, column, fault in marks:
        name = names.get(column)
        if name and row >= top and (row not in skipped or name == "skip"):
            yield row, f", {name}: {fault}"


def _wrong_texts(rows: "pd.DataFrame") -> Iterator[tuple[int, str]]:
    """Yield the row and the fault of each cell that is too long or holds control characters."""
    for number, *cells in rows.itertuples(name=None):
        for name, cell in zip(rows.columns, cells, strict=True):
            if fault := _fault_of_text(name, cell):
                yield number, f", {name}: {fault}"


def _fault_of_text(name: str, cell: str) -> str:
    longest = titles.LONGEST if name == "title" else LONGEST_CELL
    if len(cell) > longest:
        return f"must have at most {longest} characters, found {len(cell)}; shorten it, or share it out among rows"
    if name in TEXT and cell in ERRORS:
        return error_fault(cell)
    if name in _MEASURED and is_date(cell):
        found = f"holds a date or time, {cell!r}, as spreadsheets make of 3:2 and 1.5"
        return f"{found}; format the cells as text, then write it again"
    sign = "" if cell.isprintable() else control(cell, IN_CELLS)
    return f"holds {sign}, which is no text; remove it" if sign else ""


def _skip(rows: "pd.DataFrame") -> "pd.Series":
    """Return the cells of the column skip, or empty ones."""
    return rows.reindex(columns=["skip"], fill_value="")["skip"].str.casefold()


def _wrong_skips(rows: "pd.DataFrame") -> Iterator[tuple[int, str]]:
    """Yield the row and the fault of each cell of the column skip that is neither yes nor no."""
    for row, cell in zip(rows.index, _skip(rows), strict=True):
        if cell not in _YES | _NO:
            yield row, f", skip: must be yes or no, found {rows.at[row, 'skip']!r}; empty is no"
