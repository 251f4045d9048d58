"""The only reader of spreadsheets: cells as text, within limits of memory and time."""

from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import ManifestError
from stylegrid.plan.tables.file_kind import kind_of
from stylegrid.plan.tables.header import find_header
from stylegrid.plan.tables.sheet import Cells, Mark, Sheet, TooManyCellsError, UnreadableError
from stylegrid.plan.tables.text_table import read_text

FORMATS = (".csv", ".tsv", ".xlsx", ".ods")
LARGEST_FILE = 64_000_000  # bytes; 100,000 rows with ten columns have about 10 million as text
MOST_CELLS = 2_000_000  # 100,000 rows with twenty columns
LONGEST_TEXT = 100_000_000  # characters of all cells; few bytes of an .xlsx may stand in many cells

_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_TEXT = "CSV text"


class Table(NamedTuple):
    """A spreadsheet's cells as text: `cells[0]` is row 1, and all rows are as long as the header, at index `header`.

    Blank rows are kept, so that row numbers are exact. `marks` are the cells that can't be taken as they are; `notices`
    are no faults.
    """

    cells: Cells
    header: int
    marks: list[Mark]
    notices: list[str]


def read_table(path: Path) -> Table:
    """Return the table of a file, of a workbook's first sheet with a header; raises ManifestError if it has none."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise ManifestError([f"{path}: must be one of {', '.join(FORMATS)}; export the spreadsheet as one of these"])
    try:
        _check_file(path)
        _check_kind(path, suffix)
        found = _read(path, suffix)
        header = _require_header(path, found)
        return Table(_pad(path, found.cells, header), header, found.marks, _notices(path, found, header))
    except TooManyCellsError:
        most = f"{MOST_CELLS} cells, or {LONGEST_TEXT} characters"
        told = f"{path}: has more than {most}; split it, or clear cells far from the others"
        raise ManifestError([told]) from None
    except FileNotFoundError:
        raise ManifestError([files.absent_named(path, "name the spreadsheet in the config's key manifest")]) from None
    except PermissionError as error:
        raise ManifestError([files.forbidden(path)]) from error
    except (OSError, UnreadableError) as error:
        reason = " ".join(str(error).split())
        told = f"{path}: cannot be read as a {suffix} table ({reason}); save it again from the spreadsheet"
        raise ManifestError([told]) from error


def _check_file(path: Path) -> None:
    special = files.special(path)
    if special:
        raise ManifestError([f"{path}: is {special}; name a spreadsheet"])
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise ManifestError(
            [f"{path}: has {size} bytes; at most {LARGEST_FILE} are read; take pictures out, or split it"]
        )


def _check_kind(path: Path, suffix: str) -> None:
    """Raise ManifestError for a file that is something else than its name says."""
    kind, expected = kind_of(path), _TEXT if suffix in _SEPARATORS else suffix
    if kind == expected or (kind == "an empty file" and expected == _TEXT):
        return
    if kind in FORMATS or kind == _TEXT:
        remedy = f"name it {kind if kind in FORMATS else '.csv'}, or save it as {suffix} from a spreadsheet program"
    elif kind == "UTF-16 text":
        remedy = "save it as CSV UTF-8 or as .xlsx"
    elif kind == "a workbook with a password":
        remedy = "open it, take the password off, and save it"
    else:
        remedy = f"save it as {suffix} from a spreadsheet program"
    raise ManifestError([f"{path}: is named {suffix}, but is {kind}; {remedy}"])


def _read(path: Path, suffix: str) -> Sheet:
    if suffix in _SEPARATORS:
        return Sheet(read_text(path.read_bytes(), _SEPARATORS[suffix], str(path), MOST_CELLS), [], "")
    from stylegrid.plan.tables.workbook_table import (
        read_workbook,
    )  # here: most plans have no time for its readers of XML

    return read_workbook(path, MOST_CELLS, LONGEST_TEXT)


def _require_header(path: Path, found: Sheet) -> int:
    """Return the index of the header: 0, or 1 below an exporter's title; raises ManifestError for one further down."""
    header, cells = find_header(found.cells), found.cells
    if header is None and (first := _first_filled(cells)):
        told = f"the header must be row 1; row 1 is blank, and the first text is in row {first + 1}"
        raise ManifestError([f"{path}: {told}; delete the rows above it"])
    if header and not _is_title(cells, header):
        told = f"the header must be row 1; found it in row {header + 1}"
        raise ManifestError([f"{path}: {told}; delete the rows above it"])
    return header or 0


def _first_filled(cells: Cells) -> int:
    """Return the index of the first row that isn't blank; 0 if all are."""
    return next((number for number, row in enumerate(cells) if any(map(str.strip, row))), 0)


def _is_title(cells: Cells, header: int) -> bool:
    """Return whether the header stands right below a line of one cell, as Numbers writes a table's name."""
    return header == 1 and sum(cell.strip() != "" for cell in cells[0]) == 1


def _notices(path: Path, found: Sheet, header: int) -> list[str]:
    notices = [found.notice] if found.notice else []
    if header:
        title = next(cell.strip() for cell in found.cells[0] if cell.strip())
        notices.append(f"the header should be row 1; found it in row 2, and {title[:40]!r} above it is passed over")
    return [f"{path}: {notice}" for notice in notices]


def _pad(path: Path, cells: Cells, header: int) -> Cells:
    """Return rows as long as the header, without the empty cells beyond it; raises ManifestError for a filled one."""
    width = len(cells[header]) if cells else 0
    if len(cells) * width > MOST_CELLS:
        raise TooManyCellsError
    for number, row in enumerate(cells[header:], start=header + 1):
        beyond = [cell for cell in row[width:] if cell.strip()]
        if beyond:
            told = f"must have {width} cells like the header, found {_filled(row)}; put text with commas in quotes"
            raise ManifestError([f"{path} row {number}: {told}"])
    return [row[:width] + [""] * (width - len(row)) for row in cells]


def _filled(row: list[str]) -> int:
    """Return how many cells a row has without the empty ones at its end."""
    return max(number for number, cell in enumerate(row, start=1) if cell.strip())
