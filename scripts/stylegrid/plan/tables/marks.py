"""Cells of a workbook that can't be taken as they are: what a reader of its XML finds, element by element."""

import zipfile
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from xml.parsers import expat

from stylegrid.plan.tables.sheet import Mark, TooManyCellsError

MOST_XML = 2_000_000_000  # bytes of XML; a row of ten cells has about 500
MOST_MARKS = 200_000

UNCOMPUTED = "holds a formula without a result; open the file in a spreadsheet program and save it"
NO_TEXT = "holds a picture or linked data instead of text; write a file's name, or a value"


class Range(NamedTuple):
    """Merged cells, counted from row 1 and column 1; the last ones are within."""

    top: int
    left: int
    bottom: int
    right: int


class Marks(NamedTuple):
    """What is found in a sheet."""

    marks: list[Mark]
    merged: list[Range]


class Handler:
    """What takes the elements of XML as they come: functions by their names without prefixes, and one for text.

    Those of `starts` take attributes, whose names have their prefixes; elements that aren't named are passed over.
    """

    def __init__(self) -> None:
        self.starts: dict[str, Callable[[Mapping[str, str]], None]] = {}
        self.ends: dict[str, Callable[[], None]] = {}

    def text(self, text: str) -> None:
        """Take a piece of text."""


def parse(archive: zipfile.ZipFile, member: str, handler: Handler) -> None:
    """Give the XML of a ZIP archive's member to a handler, a piece at a time.

    Raises TooManyCellsError beyond MOST_XML bytes, ExpatError for damaged XML, ValueError for entities, and what
    `zipfile` does.
    """
    starts, ends = _ByName(handler.starts), _ByName(handler.ends)

    def start(name: str, attributes: Mapping[str, str]) -> None:
        if (take := starts[name]) is not None:
            take(attributes)

    def end(name: str) -> None:
        if (take := ends[name]) is not None:
            take()

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = handler.text
    parser.EntityDeclHandler = _refuse
    with archive.open(member) as file:
        for length, piece in enumerate(iter(lambda: file.read(1 << 16), b"")):
            if length << 16 > MOST_XML:
                raise TooManyCellsError
            parser.Parse(piece)
    parser.Parse(b"", True)


class _ByName(dict[str, Any]):
    """Functions by the names of elements as they stand, looked up once by the part after the prefix."""

    def __init__(self, functions: Mapping[str, Any]):
        super().__init__()
        self._functions = functions

    def __missing__(self, name: str) -> Any:
        self[name] = self._functions.get(name.rpartition(":")[2])
        return self[name]


def _refuse(*declaration: object) -> None:
    raise ValueError("its XML declares entities")


def merged_fault(cells: Range) -> str:
    """Return the fault of merged cells that no rule fills in."""
    corners = f"{spell_column(cells.left)}{cells.top}:{spell_column(cells.right)}{cells.bottom}"
    return f"the cells {corners} are merged; unmerge them: only cells below each other, below the header, may be"


def spell_column(column: int) -> str:
    """Return a column's letters, from its number counted from 1: 28 is AB."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
