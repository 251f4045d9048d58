"""Errors, formulas without a result, and merged cells of an .xlsx."""

import openpyxl
import pytest
import xlsxwriter
from workbooks import save_xlsx

from stylegrid.plan.tables.marks import NO_TEXT, UNCOMPUTED, Range
from stylegrid.plan.tables.xlsx_marks import read_marks

FORMULA = "<f>A1*2</f>"
ERROR = "holds the error {}; mend its formula, or clear the cell"
CELLS = {
    "a number": ('<c r="B1"><v>5</v></c>', ""),
    "text like an error": ('<c r="B1" t="str"><v>#N/A</v></c>', ""),
    "an error": ('<c r="B1" t="e"><v>#DIV/0!</v></c>', ERROR.format("#DIV/0!")),
    "a formula's error": (f'<c r="B1" t="e">{FORMULA}<v>#REF!</v></c>', ERROR.format("#REF!")),
    "an error that spilled": (f'<c r="B1" t="e" vm="1">{FORMULA}<v>#VALUE!</v></c>', ERROR.format("#VALUE!")),
    "a picture in a cell": ('<c r="B1" t="e" vm="1"><v>#VALUE!</v></c>', NO_TEXT),
    "an error without a name": ('<c r="B1" t="e"/>', ERROR.format("of a formula")),
    "a formula": (f'<c r="B1">{FORMULA}<v>10</v></c>', ""),
    "a formula that is 0": (f'<c r="B1">{FORMULA}<v>0</v></c>', ""),
    "a formula of no text": (f'<c r="B1" t="str">{FORMULA}<v></v></c>', ""),
    "a formula that is true": (f'<c r="B1" t="b">{FORMULA}<v>1</v></c>', ""),
    "no result": (f'<c r="B1">{FORMULA}</c>', UNCOMPUTED),
    "an empty result": (f'<c r="B1">{FORMULA}<v/></c>', UNCOMPUTED),
    "text without a result": (f'<c r="B1" t="str">{FORMULA}</c>', UNCOMPUTED),
    "a shared formula": ('<c r="B1"><f t="shared" si="0"/></c>', UNCOMPUTED),
}


@pytest.mark.parametrize(("cell", "fault"), CELLS.values(), ids=CELLS)
def test_a_cell_is_marked_if_it_cannot_be_taken_as_it_is(tmp_path, cell, fault):
    path = save_xlsx(tmp_path / "m.xlsx", f'<c r="A1"><v>1</v></c>{cell}')
    assert read_marks(path, "Sheet").marks == ([(1, 2, fault)] if fault else [])


def test_places_are_counted_where_cells_do_not_name_them(tmp_path):
    error = '<c t="e"><v>#N/A</v></c>'
    path = save_xlsx(tmp_path / "m.xlsx", f"{error}<c/>{error}", f'<c r="AB2"/>{error}')
    assert [mark[:2] for mark in read_marks(path, "Sheet").marks] == [(1, 1), (1, 3), (2, 29)]


@pytest.mark.parametrize(("value", "marked"), [(0, True), (7, False)])
def test_a_nought_in_a_file_that_asks_for_results_is_none(tmp_path, value, marked):
    with xlsxwriter.Workbook(tmp_path / "m.xlsx") as book:
        book.add_worksheet("Plan").write_formula("C4", "=A1*2", value=value)
    assert read_marks(tmp_path / "m.xlsx", "Plan").marks == ([(4, 3, UNCOMPUTED)] if marked else [])


def test_each_sheet_has_its_own(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    second = book.create_sheet("Ännchen & Co")
    second["B2"] = 5
    second.merge_cells("B2:B4")
    second.merge_cells("A6:C6")
    book.save(tmp_path / "m.xlsx")
    assert read_marks(tmp_path / "m.xlsx", "Sheet") == ([(1, 1, UNCOMPUTED)], [])
    marks, merged = read_marks(tmp_path / "m.xlsx", "Ännchen & Co")
    assert (marks, sorted(merged)) == ([], [Range(2, 2, 4, 2), Range(6, 1, 6, 3)])
