"""The only reader of spreadsheets: cells as text, within limits of memory and time.

For .xlsx and .ods, python-calamine allocates every cell between the first and the last, which may be 17 billion in a
file of 5 kB, and aborts where it can't. So it runs in its own process.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from stylegrid import files, limited_process
from stylegrid.errors import ManifestError

FORMATS = (".csv", ".tsv", ".xlsx", ".ods")
LARGEST_FILE = 64_000_000  # bytes; 100,000 rows with ten columns have about 10 million as text
MOST_CELLS = 2_000_000  # 100,000 rows with twenty columns
LONGEST_TEXT = 100_000_000  # characters of all cells; few bytes of an .xlsx may stand in many cells
READER_MEMORY = 1_000_000_000  # bytes of address space for the reader of .xlsx and .ods
READER_SECONDS = 60

Cells = list[list[str]]

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def read_cells(path: Path) -> Cells:
    """Return all cells of a file's first sheet as text: the header, then rows of its length.

    Blank rows are kept, so that row numbers are exact. Raises ManifestError if the file can't be read as a table.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ManifestError([f"{path}: must be one of {', '.join(FORMATS)}"])
    try:
        _check_file(path)
        if suffix in (".csv", ".tsv"):
            return _read_text(path, "," if suffix == ".csv" else "\t")
        return _read_workbook(path)
    except FileNotFoundError:
        raise ManifestError([files.absent(path, "name the spreadsheet in the config's key manifest")]) from None
    except UnicodeDecodeError as error:
        raise ManifestError(
            [f"{path}: is not UTF-8 text ({error.reason}); save it as CSV UTF-8 or as .xlsx"]
        ) from error
    except (OSError, ValueError, csv.Error) as error:
        raise _unreadable(path, str(error)) from error


def _check_file(path: Path) -> None:
    special = files.special(path)
    if special:
        raise ManifestError([f"{path}: is {special}; name a spreadsheet"])
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise ManifestError(
            [f"{path}: has {size} bytes; at most {LARGEST_FILE} are read; take pictures out, or split it"]
        )


def _unreadable(path: Path, reason: str) -> ManifestError:
    words = " ".join(reason.split())
    return ManifestError(
        [f"{path}: cannot be read as a {path.suffix.lower()} table ({words}); save it again from the spreadsheet"]
    )


def _read_text(path: Path, separator: str) -> Cells:
    with path.open(encoding="utf-8-sig", newline="") as file:
        _check_separator(path, file.readline(), separator)
        file.seek(0)
        return list(_checked(path, csv.reader(file, delimiter=separator, strict=True)))


def _check_separator(path: Path, header: str, separator: str) -> None:
    """Raise ManifestError for a header with another separator, as spreadsheets of some countries write it."""
    others = [name for mark, name in _SEPARATORS.items() if mark in header]
    if others and separator not in header:
        raise ManifestError(
            [
                f"{path} row 1: columns are separated by {others[0]}; "
                f"save with {_SEPARATORS[separator]}, or as .xlsx or .ods"
            ]
        )


def _checked(path: Path, rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield rows padded to the length of the first; raises ManifestError for a longer row or too many cells."""
    width = 0
    for number, row in enumerate(rows, start=1):
        width = width or len(row)
        if number * width > MOST_CELLS:
            raise _too_large(path)
        if len(row) > width:
            found = f"must have {width} cells like the header, found {len(row)}"
            raise ManifestError([f"{path} row {number}: {found}; put text with commas in quotes"])
        yield row + [""] * (width - len(row))


def _too_large(path: Path) -> ManifestError:
    most = f"{MOST_CELLS} cells, or {LONGEST_TEXT} characters"
    return ManifestError([f"{path}: has more than {most}; split it, or clear cells far from the others"])


def _read_workbook(path: Path) -> Cells:
    """Return the cells of an .xlsx or .ods, read in another process."""
    try:
        answer = json.loads(limited_process.call(print_cells, str(path), memory=READER_MEMORY, seconds=READER_SECONDS))
    except limited_process.BrokeDownError as error:
        raise _unreadable(path, f"{error}, as on damaged files, and on cells far from the others") from None
    if answer == "too large":
        raise _too_large(path)
    if isinstance(answer, str):
        raise _unreadable(path, answer)
    return answer


def print_cells(path: str) -> None:
    """Print the cells of an .xlsx or .ods as JSON, or an error as text; runs in the other process."""
    import python_calamine  # here: only these files need it

    try:
        sheet = python_calamine.load_workbook(path).get_sheet_by_index(0)
        answer = _texts(sheet) if sheet.height * sheet.width <= MOST_CELLS else "too large"
    except Exception as error:  # it raises errors of many kinds on files that are no table
        answer = str(error) or type(error).__name__
    json.dump(answer, sys.stdout)


def _texts(sheet: Any) -> Cells | str:
    """Return the cells of a sheet as text, from row 1 and column 1; "too large" beyond LONGEST_TEXT."""
    cells, length = [], 0
    for row in sheet.to_python(skip_empty_area=False):
        cells.append([_text(cell) for cell in row])
        length += sum(map(len, cells[-1]))
        if length > LONGEST_TEXT:
            return "too large"
    return cells


def _text(cell: object) -> str:
    """Return a cell as text; whole numbers without a decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return f"{cell} 00:00:00"
    return str(cell)
