"""Workbooks, .xlsx and .ods: the cells of one sheet as text, by python-calamine in a process of its own.

It allocates every cell between the first and the last, which may be 17 billion in a file of 5 kB, and aborts where it
can't. It is silent on errors, formulas without a result and some merged cells: `xlsx_marks` and `ods_marks` read these.
"""

import json
import sys
from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid import limited_process
from stylegrid.plan.tables import ods_marks, xlsx_marks
from stylegrid.plan.tables.header import MOST_ABOVE, find_header
from stylegrid.plan.tables.marks import Marks, Range, merged_fault, spell_column
from stylegrid.plan.tables.sheet import Cells, Mark, Sheet, TooManyCellsError, UnreadableError

if TYPE_CHECKING:  # not at run time: only the other process needs it
    from python_calamine import CalamineSheet, CalamineWorkbook

READER_MEMORY = 1_000_000_000  # bytes of address space
READER_SECONDS = 60


def read_workbook(path: Path, most_cells: int, longest_text: int) -> Sheet:
    """Return the first sheet that isn't hidden and has a header; the first that isn't hidden if none has one.

    Raises UnreadableError, and TooManyCellsError for more cells or characters than the limits.
    """
    arguments = (str(path), str(most_cells), str(longest_text))
    try:
        printed = limited_process.call(print_workbook, *arguments, memory=READER_MEMORY, seconds=READER_SECONDS)
    except limited_process.BrokeDownError as error:
        raise UnreadableError(f"{error}, as on damaged files, and on cells far from the others") from None
    answer = json.loads(printed)
    if answer is None:
        raise TooManyCellsError
    if isinstance(answer, str):
        raise UnreadableError(answer)
    cells, marks, notice = answer
    return Sheet(cells, [Mark(*mark) for mark in marks], notice)


def print_workbook(path: str, most_cells: str, longest_text: str) -> None:
    """Print a workbook as JSON, null for one too large, or an error as text; runs in the other process."""
    import python_calamine  # here: only these files need it

    answer: object
    try:
        answer = _read(python_calamine.load_workbook(path), Path(path), int(most_cells), int(longest_text))
    except TooManyCellsError:
        answer = None
    except Exception as error:  # it raises errors of many kinds on files that are no table
        answer = str(error) or type(error).__name__
    json.dump(answer, sys.stdout)


def _read(book: "CalamineWorkbook", path: Path, most_cells: int, longest_text: int) -> Sheet:
    from python_calamine import CalamineError

    sheets = _sheets(book)
    try:
        sheet = _choose(book, sheets, most_cells)
    except CalamineError as error:  # it stops at errors that it doesn't know, such as #SPILL!
        raise ValueError(_first_mark(path, sheets) or str(error)) from error
    marks = _marks_of(path, sheet.name)
    cells = _texts(sheet, longest_text)
    count = len(book.sheet_names)
    notice = f"its sheet {sheet.name!r} is read, one of {count}" if count > 1 else ""
    return Sheet(cells, [*marks.marks, *fill_merged(cells, marks.merged)], notice)


def _marks_of(path: Path, sheet: str) -> Marks:
    return (ods_marks if path.suffix.lower() == ".ods" else xlsx_marks).read_marks(path, sheet)


def _first_mark(path: Path, sheets: list[str]) -> str:
    """Return the first cell of a workbook that can't be taken as it is, with its fault; "" if there is none."""
    marks = (mark for sheet in sheets for mark in _marks_of(path, sheet).marks)
    return next((f"row {row}, column {spell_column(column)}: {fault}" for row, column, fault in marks), "")


def _sheets(book: "CalamineWorkbook") -> list[str]:
    """Return the names of the sheets of cells that aren't hidden, or of all if all are."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    shown = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
    return shown or [sheet.name for sheet in sheets]


def _choose(book: "CalamineWorkbook", names: list[str], most_cells: int) -> "CalamineSheet":
    """Return the first sheet with a header; the first of all if none has one."""
    first = _sheet(book, names[0], most_cells)
    for name in names if len(names) > 1 else ():
        sheet = first if name == names[0] else _sheet(book, name, most_cells)
        head = sheet.to_python(skip_empty_area=False, nrows=MOST_ABOVE)
        if find_header([[str(cell) for cell in row] for row in head]) is not None:
            return sheet
    return first


def _sheet(book: "CalamineWorkbook", name: str, most_cells: int) -> "CalamineSheet":
    sheet = book.get_sheet_by_name(name)
    bottom, right = sheet.end or (0, 0)
    if (bottom + 1) * (right + 1) > most_cells:
        raise TooManyCellsError
    return sheet


def _texts(sheet: "CalamineSheet", longest_text: int) -> Cells:
    """Return the cells of a sheet as text, from row 1 and column 1."""
    cells: Cells = []
    length = 0
    for row in sheet.to_python(skip_empty_area=False):
        cells.append([_text(cell) for cell in row])
        length += sum(map(len, cells[-1]))
        if length > longest_text:
            raise TooManyCellsError
    return cells


def _text(cell: object) -> str:
    """Return a cell as text; whole numbers without a decimal point, dates without a time of midnight."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return str(cell.date())
    return str(cell)


def fill_merged(cells: Cells, merged: Iterable[Range]) -> list[Mark]:
    """Fill in the value of cells merged down a column below the header; return marks of values merged otherwise."""
    header, marks = (find_header(cells) or 0) + 1, []
    for area in merged:
        value = next((row[area.left - 1] for row in cells[area.top - 1 : area.top] if area.left <= len(row)), "")
        if not value or area.bottom < header:
            continue
        if area.left < area.right or area.top <= header:
            marks.append(Mark(max(area.top, header), area.left, merged_fault(area)))
            continue
        for row in cells[area.top : area.bottom]:
            row[area.left - 1] = value
    return marks
