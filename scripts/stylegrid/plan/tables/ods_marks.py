"""Errors, formulas without a result, and merged cells of an .ods (OpenDocument 1.3, part 3, 9.1)."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from stylegrid.plan.tables.marks import MOST_MARKS, UNCOMPUTED, Mark, Marks, Range, error_fault, parse
from stylegrid.plan.tables.text_table import TooManyCellsError

_ERROR = re.compile(r"#\S+[!?]|#N/?[AV]|Err ?:\d+")  # as shown by programs that mark no errors
_CELLS = ("table-cell", "covered-table-cell")
_LONGEST = 100  # characters of a result that are kept


def read_marks(path: Path, sheet: str) -> Marks:
    """Return the marks and merged cells of the sheet of a name; raises what `parse` does, and KeyError."""
    with zipfile.ZipFile(path) as archive:
        found = _Content(sheet)
        parse(archive, "content.xml", found)
    return Marks(found.marks, found.merged)


class _Content:
    """The cells of a document's sheet: where it is, and what of the present cell is known."""

    def __init__(self, sheet: str):
        self.marks: list[Mark] = []
        self.merged: list[Range] = []
        self._sheet = sheet
        self._is_inside = False
        self._notes = 0  # depth of comments, whose text is none of the cell's
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the present row and cell are repeated
        self._of_row: list[Mark] = []
        self._attributes: Mapping[str, str] = {}
        self._text = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._is_inside = attributes.get("table:name") == self._sheet
        elif not self._is_inside:
            return
        elif name == "annotation":
            self._notes += 1
        elif name == "table-row":
            self._row, self._column, self._of_row = self._row + 1, 0, []
            self._rows = int(attributes.get("table:number-rows-repeated", 1))
        elif name in _CELLS:
            self._column, self._attributes, self._text = self._column + 1, attributes, ""
            self._columns = int(attributes.get("table:number-columns-repeated", 1))

    def text(self, text: str) -> None:
        if self._is_inside and not self._notes:
            self._text = (self._text + text)[:_LONGEST]

    def end(self, name: str) -> None:
        if name == "table":
            self._is_inside = False
        elif not self._is_inside:
            return
        elif name == "annotation":
            self._notes -= 1
        elif name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            self._end_row()

    def _end_cell(self) -> None:
        down, across = (int(self._attributes.get(f"table:number-{of}-spanned", 1)) for of in ("rows", "columns"))
        if down > 1 or across > 1:
            self.merged.append(Range(self._row, self._column, self._row + down - 1, self._column + across - 1))
        if fault := self._fault():
            self._require_few(self._columns)
            self._of_row += [Mark(self._row, self._column + more, fault) for more in range(self._columns)]
        self._column += self._columns - 1

    def _end_row(self) -> None:
        self._require_few(len(self._of_row) * self._rows)
        for mark in self._of_row:
            self.marks += [mark._replace(row=mark.row + more) for more in range(self._rows)]
        self._row += self._rows - 1

    def _require_few(self, more: int) -> None:
        if len(self.marks) + more > MOST_MARKS:
            raise TooManyCellsError

    def _fault(self) -> str:
        kinds = [value for key, value in self._attributes.items() if key.endswith(":value-type")]
        is_formula = "table:formula" in self._attributes
        if "error" in kinds or (is_formula and _ERROR.fullmatch(self._text.strip())):
            return error_fault(self._text)
        return UNCOMPUTED if is_formula and not kinds and not self._text else ""
