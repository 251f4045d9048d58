"""Errors, formulas without a result, and merged cells of an .ods."""

import pytest
from workbooks import save_ods, texts

from stylegrid.plan.tables import ods_marks
from stylegrid.plan.tables.marks import UNCOMPUTED, Range
from stylegrid.plan.tables.ods_marks import read_marks
from stylegrid.plan.tables.sheet import TooManyCellsError

FORMULA = 'table:formula="of:=1/0"'
LIBRE = f'{FORMULA} office:value-type="string" office:string-value="" calcext:value-type="error"'
OPEN = f'{FORMULA} office:value-type="float" office:value="0"'
ERROR = "holds the error {}; mend its formula, or clear the cell"


def cell(attributes: str, shown: str = "") -> str:
    return f"<table:table-cell {attributes}>{f'<text:p>{shown}</text:p>' if shown else ''}</table:table-cell>"


NOTE = "<office:annotation><text:p>#N/A</text:p></office:annotation>"
CELLS = {
    "text": (texts("#N/A"), ""),
    "LibreOffice's error": (cell(LIBRE, "#DIV/0!"), ERROR.format("#DIV/0!")),
    "LibreOffice's number": (cell(LIBRE, "Err:502"), ERROR.format("Err:502")),
    "an error in German": (cell(LIBRE, "#WERT!"), ERROR.format("#WERT!")),
    "OpenOffice's error": (cell(OPEN, "#DIV/0!"), ERROR.format("#DIV/0!")),
    "OpenOffice's number": (cell(OPEN, "Err:502"), ERROR.format("Err:502")),
    "a formula that is 0": (cell(OPEN, "0"), ""),
    "a formula of no text": (cell(f'{FORMULA} office:value-type="string" office:string-value=""'), ""),
    "no result": (cell(FORMULA), UNCOMPUTED),
    "a comment": (f"<table:table-cell {OPEN}>{NOTE}<text:p>0</text:p></table:table-cell>", ""),
}


@pytest.mark.parametrize(("given", "fault"), CELLS.values(), ids=CELLS)
def test_a_cell_is_marked_if_it_cannot_be_taken_as_it_is(tmp_path, given, fault):
    path = save_ods(tmp_path / "m.ods", texts("a") + given + texts("b"))
    assert read_marks(path, "Plan").marks == ([(1, 2, fault)] if fault else [])


def test_what_is_repeated_is_marked_everywhere(tmp_path):
    error = cell(f'{LIBRE} table:number-columns-repeated="2"', "#N/A")
    repeated = f'<table:table-row table:number-rows-repeated="2">{texts("a")}{error}</table:table-row>'
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    path = save_ods(tmp_path / "m.ods", blank, repeated, cell(FORMULA))
    places = sorted(mark[:2] for mark in read_marks(path, "Plan").marks)
    assert places == [(4, 2), (4, 3), (5, 2), (5, 3), (6, 1)]


def test_no_cell_is_repeated_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(ods_marks, "MOST_MARKS", 100)
    path = save_ods(tmp_path / "m.ods", cell(f'{LIBRE} table:number-columns-repeated="4000000000"', "#N/A"))
    with pytest.raises(TooManyCellsError):
        read_marks(path, "Plan")


def test_merged_cells_and_other_sheets(tmp_path):
    spanned = 'table:number-rows-spanned="3" table:number-columns-spanned="2"'
    other = f'<table:table table:name="Other"><table:table-row>{cell(FORMULA)}</table:table-row></table:table>'
    path = save_ods(tmp_path / "m.ods", texts("a"), texts("b") + cell(spanned, "c"), tables=other)
    assert read_marks(path, "Plan") == ([], [Range(2, 2, 4, 3)])
    assert read_marks(path, "Other") == ([(1, 1, UNCOMPUTED)], [])
