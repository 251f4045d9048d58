"""Which sheet of a workbook is read, and how its merged cells are filled."""

import subprocess
import sys

import openpyxl
import pytest
from conftest import REPOSITORY
from workbooks import save_ods, save_xlsx, texts, words

from stylegrid.plan.tables.marks import Range
from stylegrid.plan.tables.sheet import TooManyCellsError, UnreadableError
from stylegrid.plan.tables.workbook_table import fill_merged, read_workbook

HEADER = ("content", "style")


def save_sheets(path, **sheets):
    """Save an .xlsx of one row in each sheet; a name's last letter says whether it is hidden."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, row in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(row)
        sheet.sheet_state = {"_": "visible", "h": "hidden", "v": "veryHidden"}[name[-1]]
    book.active = next(number for number, name in enumerate(sheets) if name[-1] == "_")
    book.save(path)
    return path


def read(path):
    return read_workbook(path, most_cells=1000, longest_text=1000)


@pytest.mark.parametrize(
    ("sheets", "read_one"),
    [
        ({"plan_": HEADER, "other_": HEADER}, "plan_"),
        ({"lists_h": ("style", "weight"), "lists_v": HEADER, "plan_": HEADER}, "plan_"),
        ({"summary_": ("Exported from Numbers",), "plan_": HEADER}, "plan_"),
        ({"a_": ("a",), "b_": ("b",)}, "a_"),
    ],
)
def test_the_first_sheet_that_shows_and_has_a_header_is_read(tmp_path, sheets, read_one):
    found = read(save_sheets(tmp_path / "m.xlsx", **sheets))
    assert found.cells == [list(sheets[read_one])]
    assert found.notice == f"its sheet {read_one!r} is read, one of {len(sheets)}"


def test_a_hidden_sheet_of_an_ods_is_passed_over(tmp_path):
    display = '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/>'
    styles = f"<office:automatic-styles>{display}</style:style></office:automatic-styles>"
    hidden = f'<table:table table:name="Lists" table:style-name="h"><table:table-row>{texts(*HEADER)}'
    tables = hidden + "</table:table-row></table:table>"
    found = read(save_ods(tmp_path / "m.ods", texts("content", "style", "seed"), styles=styles, tables=tables))
    assert (found.cells, found.notice) == ([["content", "style", "seed"]], "its sheet 'Plan' is read, one of 2")


def test_the_only_sheet_is_not_named(tmp_path):
    assert read(save_sheets(tmp_path / "m.xlsx", plan_=HEADER)).notice == ""


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "Err:502"])
def test_an_error_that_the_reader_does_not_know_is_told_with_its_place(tmp_path, error):
    path = save_xlsx(tmp_path / "m.xlsx", words(1, *HEADER), f'<c r="B2" t="e"><v>{error}</v></c>')
    with pytest.raises(UnreadableError) as caught:
        read(path)
    assert str(caught.value).startswith(f"row 2, column B: holds the error {error}; ")


def test_there_may_be_too_many_cells_or_too_much_text(tmp_path):
    path = save_xlsx(tmp_path / "m.xlsx", words(1, *HEADER), *(words(row, "x" * 99) for row in (2, 3, 4)))
    for limits in ({"most_cells": 3, "longest_text": 1000}, {"most_cells": 1000, "longest_text": 200}):
        with pytest.raises(TooManyCellsError):
            read_workbook(path, **limits)


def test_the_other_process_starts_fast():
    """It imports nothing that takes long, above all no pydantic, which takes longer than a thousand rows."""
    code = "import sys, stylegrid.plan.tables.workbook_table; sys.exit(bool({'pydantic', 'pandas'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY / "scripts", check=False).returncode == 0


TABLE = [["title", "", ""], ["content", "style", "seed"], ["a", "b", "1"], ["c", "", ""], ["d", "e", ""]]


@pytest.mark.parametrize(
    ("area", "column"),
    [
        (Range(3, 3, 5, 3), ["seed", "1", "1", "1"]),
        (Range(3, 3, 900, 3), ["seed", "1", "1", "1"]),
        (Range(4, 2, 5, 2), ["style", "b", "", "e"]),  # the first is empty
        (Range(1, 1, 1, 3), ["content", "a", "c", "d"]),  # a title above the header
    ],
)
def test_a_value_merged_down_a_column_counts_for_each_row(area, column):
    cells = [list(row) for row in TABLE]
    assert fill_merged(cells, [area]) == []
    assert [row[area.left - 1] for row in cells[1:]] == column


@pytest.mark.parametrize(
    ("area", "place"), [(Range(3, 1, 3, 2), (3, 1)), (Range(1, 1, 2, 1), (2, 1)), (Range(2, 2, 4, 2), (2, 2))]
)
def test_other_merged_values_are_marked(area, place):
    cells = [list(row) for row in TABLE]
    (mark,) = fill_merged(cells, [area])
    assert (mark[:2], cells) == (place, TABLE) and "are merged; unmerge them" in mark.fault
