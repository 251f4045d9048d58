"""Tables as text, .csv and .tsv: rows of cells."""

import codecs
import csv
import io
import re
from collections.abc import Iterable

from stylegrid.errors import ManifestError
from stylegrid.plan.tables.sheet import Cells, TooManyCellsError

MOST_LINES = 50  # from the first, in which columns are looked for

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_NAMED = re.compile(r'"?sep=([^\r\n"])\1*"? *(\r\n|\n|\r|\Z)', re.IGNORECASE)  # Excel's line for itself, above row 1
_END = re.compile(r"\x1a[\x1a\0\s]*\Z")  # Ctrl-Z, which ended files in MS-DOS
_SPACE = re.compile(r'" +(?=[,;|\t\r\n]|\Z)')  # between the mark that ends a cell and the separator

# Python's csv module's errors, by their beginnings, in a user's words.
_QUOTES = {
    "unexpected end": "a quotation mark opens a cell and none closes it; close it, or take it out",
    "field larger": "a cell is longer than any text, as where a quotation mark is not closed; close it",
    "'": 'text follows the quotation mark that closes a cell; inside of quoted text write "" for each mark',
}


def read_text(data: bytes, separator: str, place: str, most_cells: int) -> Cells:
    """Return the rows of a table as text, each as long as it is in the file, up to `most_cells` cells.

    A first line `sep=;` names the separator and is no row. `place` begins the sentences of ManifestError.
    """
    text = _END.sub("", _decode(data, place))
    named = _NAMED.match(text)
    if named:
        text, separator = text[named.end() :], named[1]
    _check_separator(text, separator, place)
    try:
        return _rows(text, separator, place, most_cells)
    except ManifestError:
        if not _SPACE.search(text):
            raise
        return _rows(_SPACE.sub('"', text), separator, place, most_cells)


def _decode(data: bytes, place: str) -> str:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        line = re.split(r"[\r\n]", before)[-1]
        found = f"byte 0x{data[error.start]:02x} after {line[-20:]!r}"
        told = f"{place} row {_count_rows(before + '?')}: is not UTF-8 text ({found}); save it as CSV UTF-8 or as .xlsx"
        raise ManifestError([told]) from error


def _count_rows(text: str) -> int:
    """Return how many rows text has that may end within a quoted cell."""
    try:
        return sum(1 for _ in csv.reader(io.StringIO(text, newline="")))
    except csv.Error:  # a cell too long to be one: a mark far above is not closed, and each line counts
        return text.count("\n") + 1


def _check_separator(text: str, separator: str, place: str) -> None:
    """Raise ManifestError for columns with another separator, as spreadsheets of some countries write them."""
    lines = text[: MOST_LINES * 1000].splitlines()[:MOST_LINES]
    divided = [line for line in lines if any(mark in line for mark in _SEPARATORS)]
    header = next((line for line in divided if "content" in line.casefold()), next(iter(divided), ""))
    others = [name for mark, name in _SEPARATORS.items() if mark in header]
    if others and separator not in header:
        meant = _SEPARATORS.get(separator, repr(separator))
        told = f"columns are separated by {others[0]}; save with {meant}, or as .xlsx or .ods"
        raise ManifestError([f"{place} row {lines.index(header) + 1}: {told}"])


def _rows(text: str, separator: str, place: str, most_cells: int) -> Cells:
    """Return the rows of CSV text; raises ManifestError for stray quotation marks and for too many cells."""
    rows: Cells = []
    count = 0
    try:
        for row in _reader(text, separator):
            count += len(row) or 1
            if count > most_cells:
                raise TooManyCellsError
            rows.append(row)
    except csv.Error as error:
        words = next((words for start, words in _QUOTES.items() if str(error).startswith(start)), str(error))
        raise ManifestError([f"{place} row {len(rows) + 1}: {words}"]) from error
    return rows


def _reader(text: str, separator: str) -> Iterable[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
