"""Spreadsheets as people have them: what is read of each kind, or which sentence refuses it."""

from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from conftest import save_table
from openpyxl.worksheet.table import Table
from workbooks import save_ods, save_xlsx, texts, words

from stylegrid.errors import ManifestError
from stylegrid.plan.manifest import read_manifest

HEADER = ["content", "style", "seed", "title", "skip"]
ROW = ["cat.jpg", "night.jpg", 7, "A", None]


def csv(*lines, encoding="utf-8"):
    return lambda path: path.with_suffix(".csv").write_bytes("\n".join(lines).encode(encoding)) and ".csv"


def xlsx(*rows, change=lambda sheet: None):
    """Return a function that saves an .xlsx by openpyxl."""

    def save(path):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        change(book.active)
        book.save(path.with_suffix(".xlsx"))
        return ".xlsx"

    return save


def ods(*rows):
    return lambda path: save_ods(path.with_suffix(".ods"), *rows).suffix


def named(suffix, data):
    return lambda path: path.with_suffix(suffix).write_bytes(data) and suffix


def empty(suffix):
    return lambda path: path.with_suffix(suffix).touch() or suffix


def merged(*areas):
    def change(sheet):
        for area in areas:
            sheet.merge_cells(area)

    return change


def seed(value, **kinds):
    return xlsx(HEADER, ["cat.jpg", "night.jpg", value], **kinds)


def title(value):
    return xlsx(HEADER, ["cat.jpg", "night.jpg", 7, value])


def faults_of(path) -> list[str]:
    """Return the faults of a table, whether rows are left beside them or not."""
    try:
        return read_manifest(path).faults
    except ManifestError as error:
        return list(error.faults)


def computed(path):
    cells = words(2, "cat.jpg", "night.jpg") + '<c r="C2"><f>3+4</f><v>7</v></c>'
    return save_xlsx(path.with_suffix(".xlsx"), words(1, *HEADER[:3]), cells).suffix


DATE = "holds a date or time, {!r}, as spreadsheets make of 3:2 and 1.5; format the cells as text"
ERROR = "holds the error {}; mend its formula"
UNCOMPUTED = "holds a formula without a result; open the file in a spreadsheet program and save it"
TEXT = ("content,style,seed,title,skip", "cat.jpg,night.jpg,7,A,")
TITLES = "the header must be row 1; found it in row {}; delete the rows above it"

ODS_FORMULA = '<table:table-cell table:formula="of:=1"/>'
SPILLED = '<c r="B2" t="e"><v>#SPILL!</v></c>'
ODS_ERROR = (
    '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
    "<text:p>Err:502</text:p></table:table-cell>"
)
STYLED = (
    '<table:table-row table:number-rows-repeated="1048574">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

READ = {
    "a number": (seed(7), "seed", "7"),
    "a number with a point": (seed(7.5), "seed", "7.5"),
    "text of a number": (seed("007"), "seed", "007"),
    "a boolean": (seed(True), "seed", "True"),
    "a formula's result": (computed, "seed", "7"),
    "a date as a title": (title(date(2026, 5, 1)), "title", "2026-05-01"),
    "a date at midnight": (title(datetime(2026, 5, 1)), "title", "2026-05-01"),
    "a date with a time": (title(datetime(2026, 5, 1, 9, 30)), "title", "2026-05-01 09:30:00"),
    "a time as a title": (title(time(19, 30)), "title", "19:30:00"),
    "a comment": (
        seed(7, change=lambda s: setattr(s["C2"], "comment", openpyxl.comments.Comment("x", "y"))),
        "seed",
        "7",
    ),
    "a link": (seed(7, change=lambda s: setattr(s["A2"], "hyperlink", "file:///x.jpg")), "content", "cat.jpg"),
    "a table with a name": (seed(7, change=lambda s: s.add_table(Table(displayName="T", ref="A1:E2"))), "seed", "7"),
    "merged weights": (xlsx(HEADER, ROW, ROW[:2], ROW[:2], change=merged("C2:C4")), "seed", "7 7 7"),
    "merged skips": (xlsx(HEADER, ROW, [*ROW[:4], "x"], ROW[:2], change=merged("E3:E4")), "seed", "7"),
    "check boxes": (xlsx(HEADER, [*ROW[:4], False], *[[None] * 4 + [False]] * 9), "seed", "7"),
    "check boxes of a CSV": (csv(*TEXT, *[",,,,FALSE"] * 9, ",,,,TRUE"), "seed", "7"),
    "commas at the end": (csv(*TEXT, ",,,,,,", "dog.jpg,wave.jpg,8,,,,,"), "seed", "7 8"),
    "a Numbers table": (xlsx(["Table 1"], HEADER, ROW, change=merged("A1:E1")), "seed", "7"),
    "an ods with styles to the last row": (
        ods(
            texts("content", "style", "seed"),
            texts("a", "b", "7"),
            STYLED,
        ),
        "seed",
        "7",
    ),
}


@pytest.mark.parametrize(("save", "column", "value"), READ.values(), ids=READ)
def test_this_is_read(tmp_path, save, column, value):
    rows = read_manifest((tmp_path / "m").with_suffix(save(tmp_path / "m"))).rows
    assert " ".join(rows[column]) == value


REFUSED = {
    "an error": (xlsx(HEADER, ["cat.jpg", "night.jpg", "#N/A"]), f"row 2, seed: {ERROR.format('#N/A')}"),
    "an error for a name": (xlsx(HEADER, ROW, ["#REF!", "x"]), f"row 3, content: {ERROR.format('#REF!')}"),
    "an error in skip": (xlsx(HEADER, [*ROW[:4], "#NAME?"]), f"row 2, skip: {ERROR.format('#NAME?')}"),
    "an error for a title": (xlsx(HEADER, [*ROW[:3], "#DIV/0!"]), f"row 2, title: {ERROR.format('#DIV/0!')}"),
    "an error in a CSV": (csv(TEXT[0], "cat.jpg,night.jpg,7,#N/A,"), f"row 2, title: {ERROR.format('#N/A')}"),
    "an error in an ods": (
        ods(texts("content", "style", "seed"), texts("a", "b") + ODS_ERROR),
        f"row 2, seed: {ERROR.format('Err:502')}",
    ),
    "an error of today's Excel": (
        lambda path: save_xlsx(path.with_suffix(".xlsx"), words(1, "content", "style"), SPILLED).suffix,
        f": cannot be read as a .xlsx table (row 2, column B: {ERROR.format('#SPILL!')}",
    ),
    "a formula that no program computed": (seed("=A1&B1"), f"row 2, seed: {UNCOMPUTED}"),
    "an ods formula that no program computed": (
        ods(texts("content", "style", "seed"), texts("a", "b") + ODS_FORMULA),
        f"row 2, seed: {UNCOMPUTED}",
    ),
    "a date for a number": (seed(date(2026, 5, 1)), f"row 2, seed: {DATE.format('2026-05-01')}"),
    "a time for a ratio": (seed(time(3, 2)), f"row 2, seed: {DATE.format('03:02:00')}"),
    "a duration for a ratio": (seed(timedelta(hours=27, minutes=2)), f"row 2, seed: {DATE.format('1 day, 3:02:00')}"),
    "a date in a CSV": (csv(TEXT[0], "cat.jpg,night.jpg,1-May,,"), f"row 2, seed: {DATE.format('1-May')}"),
    "cells merged across": (
        xlsx(HEADER, ROW, ROW, change=merged("A3:B3")),
        "row 3, content: the cells A3:B3 are merged; unmerge them",
    ),
    "a merged header": (xlsx(HEADER, ROW, change=merged("A1:A2")), "row 1, content: the cells A1:A2 are merged; "),
    "blank rows above": (xlsx([], [], HEADER, ROW), ": " + TITLES.format(3)),
    "a title above": (xlsx(["Our gallery", "2026"], HEADER, ROW), ": " + TITLES.format(2)),
    "a title and a blank row above": (csv("Our gallery", "", *TEXT), ": " + TITLES.format(3)),
    "a blank line above": (csv("", *TEXT), ": " + TITLES.format(2)),
    "blank rows above a wrong header": (
        csv("", "", "photo,style", "a,b"),
        ": the header must be row 1; row 1 is blank, and ",
    ),
    "an open quotation mark": (
        csv(*TEXT, 'dog.jpg,"night.jpg', "x,y"),
        "row 3: a quotation mark opens a cell and none closes it",
    ),
    "Windows' encoding": (
        csv(*TEXT, "café.jpg,b", encoding="cp1252"),
        "row 3: is not UTF-8 text (byte 0xe9 after 'caf')",
    ),
    "the Macintosh's encoding": (csv(*TEXT, "café.jpg,b", encoding="mac-roman"), "row 3: is not UTF-8 text (byte 0x8e"),
    "Excel's Unicode text": (
        csv(*TEXT, encoding="utf-16"),
        ": is named .csv, but is UTF-16 text; save it as CSV UTF-8",
    ),
    "CSV named xlsx": (named(".xlsx", b"content,style\n"), ": is named .xlsx, but is CSV text; name it .csv, or save"),
    "HTML named xlsx": (
        named(".xlsx", b"<html><table>"),
        ": is named .xlsx, but is a web page (HTML); save it as .xlsx",
    ),
    "HTML named csv": (named(".csv", b"<html><table>"), ": is named .csv, but is a web page (HTML); save it as .csv"),
    "xls named xlsx": (named(".xlsx", OLE), ": is named .xlsx, but is an old Excel workbook, .xls; save it as .xlsx"),
    "an empty workbook": (empty(".ods"), ": is named .ods, but is an empty file; save it as .ods"),
    "Numbers' own file": (
        empty(".numbers"),
        ": must be one of .csv, .tsv, .xlsx, .ods; export the spreadsheet as one of these",
    ),
}


@pytest.mark.parametrize(("save", "sentence"), REFUSED.values(), ids=REFUSED)
def test_this_is_refused(tmp_path, save, sentence):
    path = (tmp_path / "m").with_suffix(save(tmp_path / "m"))
    (fault,) = faults_of(path)
    assert fault.removeprefix(str(path)).lstrip().startswith(sentence)


@pytest.mark.parametrize(
    ("suffix", "other"), [(".xlsx", ".csv"), (".ods", ".csv"), (".ods", ".xlsx"), (".xlsx", ".ods")]
)
def test_a_workbook_under_another_name_is_told_its_own(tmp_path, suffix, other):
    path = save_table(tmp_path / f"m{suffix}", [HEADER, ROW]).rename(tmp_path / f"m{other}")
    with pytest.raises(
        ManifestError, match=f"is named {other}, but is {suffix}; name it {suffix}, or save it as {other}"
    ):
        read_manifest(path)


def test_a_password_is_told_for_an_ods(tmp_path):
    about = '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'
    path = save_ods(tmp_path / "m.ods", texts("content", "style"), about=about)
    with pytest.raises(ManifestError, match="password"):
        read_manifest(path)


def test_faults_of_a_row_that_is_skipped_do_not_matter(tmp_path):
    save = xlsx(HEADER, ROW, ["#N/A", "night.jpg", "=1+1", "", "x"])
    assert list(read_manifest((tmp_path / "m").with_suffix(save(tmp_path / "m"))).rows.index) == [2]


def test_what_is_read_otherwise_than_it_looks_is_told(tmp_path):
    save_table(tmp_path / "m.xlsx", [HEADER, ROW])
    assert read_manifest(tmp_path / "m.xlsx").notices == [f"{tmp_path / 'm.xlsx'}: its sheet 'Sheet' is read, one of 2"]
    csv("Table 1", *TEXT)(tmp_path / "m")
    found = read_manifest(tmp_path / "m.csv")
    assert list(found.rows.index) == [3]
    assert found.notices == [
        f"{tmp_path / 'm.csv'}: the header should be row 1; found it in row 2, and 'Table 1' above it is passed over"
    ]


def test_a_spreadsheet_that_may_not_be_read_is_told_so(tmp_path, monkeypatch):
    csv(*TEXT)(tmp_path / "m")

    def refuse(*arguments):
        raise PermissionError(13, "Permission denied", str(tmp_path / "m.csv"))

    monkeypatch.setattr("stylegrid.plan.spreadsheet.kind_of", refuse)
    with pytest.raises(ManifestError, match=r"m\.csv: permission denied; let your user read it"):
        read_manifest(tmp_path / "m.csv")
