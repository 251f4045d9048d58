"""The manifest: a spreadsheet to rows of cells; the only reader of the file. What the cells mean is plan.py's."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from stylegrid.errors import ManifestError, suggest
from stylegrid.paint_settings import PaintSettings

REQUIRED = ("content", "style")
TEXT = ("title", "notes")  # travel to the reports, one value a row
COLUMNS = (*REQUIRED, *PaintSettings.model_fields, *TEXT, "skip")
FORMATS = (".csv", ".tsv", ".xlsx", ".ods")

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
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
    table = _read_table(path)
    if table.empty:
        raise ManifestError([f"{path}: is empty; needs a header with the columns {' and '.join(REQUIRED)}, then rows"])
    header = [str(cell).strip().casefold() for cell in table.iloc[0]]
    _check_header(path, header)
    _check_nameless(path, table, header)
    rows = [_row(number, header, cells) for number, cells in enumerate(table.values.tolist()[1:], start=2)]
    _check_skips(path, rows)
    kept = [row for row in rows if row.cells and row.cells.get("skip", "").casefold() not in _YES]
    if not kept:
        raise ManifestError([f"{path}: has no row to paint; add rows below the header, or clear the skip column"])
    return kept


def _read_table(path: Path) -> pd.DataFrame:
    """Return all cells as text, header included, blank lines kept so that rows can be counted."""
    if path.suffix.lower() not in FORMATS:
        raise ManifestError([f"{path}: must be one of {', '.join(FORMATS)}"])
    try:
        if path.suffix.lower() in (".csv", ".tsv"):
            separator = "," if path.suffix.lower() == ".csv" else "\t"
            _check_separator(path, separator)
            table = pd.read_csv(path, sep=separator, encoding="utf-8-sig", skip_blank_lines=False, **_AS_TEXT)
        else:
            table = pd.read_excel(path, engine="calamine", **_AS_TEXT)
    except FileNotFoundError:
        raise ManifestError([f"{path}: no such file; name the spreadsheet in the config's key manifest"]) from None
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except UnicodeDecodeError as error:
        raise ManifestError(
            [f"{path}: is not UTF-8 text ({error.reason}); save it as CSV UTF-8 or as .xlsx"]
        ) from error
    except ManifestError:
        raise
    except Exception as error:  # pandas' engines raise errors of their own on files that are no table
        raise ManifestError([f"{path}{_unreadable(path.suffix.lower(), str(error))}"]) from error
    return table.fillna("")


def _check_separator(path: Path, separator: str) -> None:
    """Raise ManifestError when the header is separated by another mark, as spreadsheets of some countries do."""
    with path.open(encoding="utf-8-sig") as file:
        header = file.readline()
    others = [name for mark, name in _SEPARATORS.items() if mark in header]
    if others and separator not in header:
        raise ManifestError(
            [
                f"{path} row 1: columns are separated by {others[0]}; "
                f"save with {_SEPARATORS[separator]}, or as .xlsx or .ods"
            ]
        )


def _unreadable(suffix: str, reason: str) -> str:
    """Return what is wrong with a table, after its path, from what a reader of pandas said."""
    ragged = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", reason)
    if ragged:
        expected, row, found = ragged.groups()
        return f" row {row}: must have {expected} cells like the header, found {found}; put text with commas in quotes"
    return f": cannot be read as a {suffix} table ({' '.join(reason.split())}); save it again from the spreadsheet"


_AS_TEXT: dict[str, Any] = {"header": None, "dtype": str, "keep_default_na": False}


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


def _check_nameless(path: Path, table: pd.DataFrame, header: list[str]) -> None:
    """Raise ManifestError when a column without a name holds something."""
    for column, name in enumerate(header):
        filled = [row for row, cell in enumerate(table[column], start=1) if str(cell).strip()]
        if not name and filled:
            place = f"{path} row {filled[0]}"
            raise ManifestError([f"{place}: has a cell in column {column + 1}, which has no name in the header"])


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    return Row(number, {name: cell.strip() for name, cell in zip(header, cells, strict=True) if name and cell.strip()})


def _check_skips(path: Path, rows: Iterable[Row]) -> None:
    faults = [
        f"{path} row {row.number}, skip: must be yes or no, found {row.cells['skip']!r}"
        for row in rows
        if row.cells.get("skip", "").casefold() not in _YES | _NO
    ]
    if faults:
        raise ManifestError(faults)
