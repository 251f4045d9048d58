"""Errors, formulas without a result, and merged cells of an .xlsx (ECMA-376, part 1, 18.3)."""

import functools
import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from stylegrid.plan.tables.marks import (
    MOST_MARKS,
    NO_TEXT,
    UNCOMPUTED,
    Handler,
    Marks,
    Range,
    parse,
)
from stylegrid.plan.tables.sheet import Mark, TooManyCellsError, error_fault

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LONGEST = 100  # characters of a result that are kept


def read_marks(path: Path, sheet: str) -> Marks:
    """Return the marks and merged cells of the sheet of a name; raises what `parse` does, and KeyError."""
    with zipfile.ZipFile(path) as archive:
        members = {name.replace("\\", "/").casefold(): name for name in archive.namelist()}
        book, relations = _Book(), _Relations()
        parse(archive, members[_WORKBOOK], book)
        parse(archive, members[_RELATIONS.casefold()], relations)
        target = posixpath.normpath(posixpath.join("/xl", relations.targets[book.sheets[sheet]])).lstrip("/")
        if target.casefold() not in members:  # some programs write it from the archive's root
            target = target.removeprefix("xl/")
        found = _Sheet(book.asks_for_results)
        parse(archive, members[target.casefold()], found)
    return Marks(found.marks, found.merged)


class _Book(Handler):
    """The sheets of a workbook: the relation of each by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = {"sheet": self._add, "calcPr": self._see_calculation}
        self.sheets: dict[str, str] = {}
        self.asks_for_results = False  # the file was written by no spreadsheet program; results are to be computed

    def _add(self, attributes: Mapping[str, str]) -> None:
        self.sheets[attributes["name"]] = next(value for key, value in attributes.items() if key.endswith(":id"))

    def _see_calculation(self, attributes: Mapping[str, str]) -> None:
        self.asks_for_results = attributes.get("fullCalcOnLoad") in ("1", "true")


class _Relations(Handler):
    """The parts of a workbook by their relations."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = {"Relationship": self._add}
        self.targets: dict[str, str] = {}

    def _add(self, attributes: Mapping[str, str]) -> None:
        self.targets[attributes["Id"]] = attributes["Target"]


class _Sheet(Handler):
    """The cells of a sheet: where it is, and what of the present cell is known."""

    def __init__(self, asks_for_results: bool):
        super().__init__()
        self.starts = {
            "row": self._start_row,
            "c": self._start_cell,
            "f": self._start_formula,
            "v": self._start_value,
            "mergeCell": self._merge,
        }
        self.ends = {"v": self._end_value, "c": self._end_cell}
        self.marks: list[Mark] = []
        self.merged: list[Range] = []
        self._unsure = ("0", "0.0") if asks_for_results else ()  # what programs write before anything is computed
        self._row = self._column = 0
        self._attributes: Mapping[str, str] = {}
        self._is_formula = self._in_value = False
        self._value: str | None = None

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 1)), 0

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        cell = attributes.get("r")
        self._column = _column(cell.rstrip("0123456789")) if cell else self._column + 1
        self._attributes, self._is_formula, self._value = attributes, False, None

    def _start_formula(self, attributes: Mapping[str, str]) -> None:
        self._is_formula = True

    def _start_value(self, attributes: Mapping[str, str]) -> None:
        self._in_value, self._value = self._is_formula or self._attributes.get("t") == "e", ""

    def _merge(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes["ref"].partition(":")
        self.merged.append(Range(*_place(first), *_place(last or first)))

    def text(self, text: str) -> None:
        """Take a piece of text, of a cell's value."""
        if self._in_value and self._value is not None:
            self._value = (self._value + text)[:_LONGEST]

    def _end_value(self) -> None:
        self._in_value = False

    def _end_cell(self) -> None:
        if fault := self._fault():
            self.marks.append(Mark(self._row, self._column, fault))
            if len(self.marks) > MOST_MARKS:
                raise TooManyCellsError

    def _fault(self) -> str:
        kind = self._attributes.get("t")
        if kind == "e":
            linked = "vm" in self._attributes and not self._is_formula
            return NO_TEXT if linked else error_fault(self._value or "")
        if self._is_formula:
            empty = not self._value and (kind != "str" or self._value is None)  # "" is a result of text
            return UNCOMPUTED if empty or self._value in self._unsure else ""
        return ""


@functools.cache
def _column(letters: str) -> int:
    return functools.reduce(lambda number, letter: 26 * number + ord(letter) - ord("A") + 1, letters, 0)


def _place(cell: str) -> tuple[int, int]:
    """Return row and column of a cell's name, such as C7."""
    match = _CELL.fullmatch(cell.replace("$", ""))
    if match is None:
        raise ValueError(f"{cell!r} is no cell's name")
    return int(match[2]), _column(match[1])
