"""Errors, formulas without a result, and merged cells of an .ods (OpenDocument 1.3, part 3, 9.1)."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from stylegrid.plan.tables.marks import MOST_MARKS, UNCOMPUTED, Handler, Marks, Range, parse
from stylegrid.plan.tables.sheet import Mark, TooManyCellsError, error_fault

_ERROR = re.compile(r"#\S+[!?]|#N/?[AV]|Err ?:\d+")  # as shown by programs that mark no errors
_ODD = frozenset({"table:formula", "table:number-rows-spanned", "table:number-columns-spanned"})
_LONGEST = 100  # characters of a result that are kept


def read_marks(path: Path, sheet: str) -> Marks:
    """Return the marks and merged cells of the sheet of a name; raises what `parse` does, and KeyError."""
    with zipfile.ZipFile(path) as archive:
        found = _Content(sheet)
        parse(archive, "content.xml", found)
    return Marks(found.marks, found.merged)


class _Content(Handler):
    """The cells of a document's sheet: where it is, and what of the present cell is known."""

    def __init__(self, sheet: str):
        super().__init__()
        self.starts = {
            "table": self._start_table,
            "table-row": self._start_row,
            "table-cell": self._start_cell,
            "covered-table-cell": self._start_cell,
            "annotation": self._start_note,
        }
        self.ends = {
            "table": self._end_table,
            "table-row": self._end_row,
            "table-cell": self._end_cell,
            "covered-table-cell": self._end_cell,
            "annotation": self._end_note,
        }
        self.marks: list[Mark] = []
        self.merged: list[Range] = []
        self._sheet = sheet
        self._is_inside = self._is_odd = False  # within the sheet; in a cell with a formula, an error, or merged
        self._notes = 0  # depth of comments, whose text is none of the cell's
        self._row = self._column = 0
        self._rows = self._columns = 1  # how often the present row and cell are repeated
        self._of_row: list[Mark] = []
        self._attributes: Mapping[str, str] = {}
        self._text = ""

    def _start_table(self, attributes: Mapping[str, str]) -> None:
        self._is_inside = attributes.get("table:name") == self._sheet

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row, self._column, self._columns, self._of_row = self._row + 1, 0, 1, []
        self._rows = int(attributes.get("table:number-rows-repeated", 1))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        repeated = attributes.get("table:number-columns-repeated")
        self._column += self._columns
        self._columns = int(repeated) if repeated else 1
        self._is_odd = not _ODD.isdisjoint(attributes) or "error" in attributes.values()
        if self._is_odd:
            self._attributes, self._text = attributes, ""

    def _start_note(self, attributes: Mapping[str, str]) -> None:
        self._notes += 1

    def text(self, text: str) -> None:
        """Take a piece of text, of a cell if of no comment."""
        if self._is_odd and not self._notes:
            self._text = (self._text + text)[:_LONGEST]

    def _end_note(self) -> None:
        self._notes -= 1

    def _end_cell(self) -> None:
        if not self._is_odd or not self._is_inside:
            return
        self._merge()
        if fault := self._fault():
            self._require_few(self._columns)
            self._of_row += [Mark(self._row, self._column + more, fault) for more in range(self._columns)]

    def _merge(self) -> None:
        down, across = (int(self._attributes.get(f"table:number-{of}-spanned", 1)) for of in ("rows", "columns"))
        if down > 1 or across > 1:
            self.merged.append(Range(self._row, self._column, self._row + down - 1, self._column + across - 1))

    def _end_row(self) -> None:
        self._require_few(len(self._of_row) * self._rows)
        for mark in self._of_row:
            self.marks += [mark._replace(row=mark.row + more) for more in range(self._rows)]
        self._row += self._rows - 1

    def _end_table(self) -> None:
        self._is_inside, self._row = False, 0

    def _require_few(self, more: int) -> None:
        if len(self.marks) + more > MOST_MARKS:
            raise TooManyCellsError

    def _fault(self) -> str:
        kinds = [value for key, value in self._attributes.items() if key.endswith(":value-type")]
        is_formula = "table:formula" in self._attributes
        if "error" in kinds or (is_formula and _ERROR.fullmatch(self._text.strip())):
            return error_fault(self._text)
        return UNCOMPUTED if is_formula and not kinds and not self._text else ""
