"""The workbook for Excel, as openpyxl and calamine read it."""

import errno
import gc
import io
import zipfile

import openpyxl
import pandas as pd
import pytest
from fake_findings import finding

from stylegrid.errors import RecordError
from stylegrid.reports import workbook
from stylegrid.reports.losses_columns import COLUMNS, NUMBER, WHOLE
from stylegrid.reports.losses_table import make_losses, with_varying
from stylegrid.reports.summary_table import make_summary
from stylegrid.reports.workbook import WIDEST, write_workbook

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1}",
    '=HYPERLINK("http://x")',
    "http://x.org",
    "mailto:a@b",
    "007",
    "1e5",
)


def book_of(tmp_path, **tables):
    write_workbook(tmp_path / "tables.xlsx", tables)
    return openpyxl.load_workbook(tmp_path / "tables.xlsx")


def cells(tmp_path, values):
    """Return the cells of a column with these values."""
    sheet = book_of(tmp_path, words=pd.DataFrame({"x": values}))["words"]
    return [row[0] for row in sheet.iter_rows(min_row=2)]


@pytest.fixture
def losses(tmp_path):
    found = [finding("dog", size=64), finding("cat", size="own", losses=None, outcome="non_finite"), finding("ape")]
    titled = found[0].combination._replace(title="Käthe", notes="=1+1")
    return make_losses([found[0]._replace(combination=titled), *found[1:]], tmp_path)


def test_numbers_are_numbers_and_text_is_text(tmp_path, losses):
    table = with_varying(losses)
    sheet = book_of(tmp_path, losses=table)["losses"]
    header, *rows = sheet.iter_rows()
    assert [cell.value for cell in header] == list(table)
    for row in rows:
        for cell, name in zip(row, table, strict=True):
            numeric = name == "size" or COLUMNS[name].dtype in (NUMBER, WHOLE)
            assert cell.data_type == ("n" if numeric and cell.value != "own" else "s") or cell.value is None, name
    assert [row[-1].value for row in rows] == [64, "own", 256]
    assert not any(cell.is_date for row in rows for cell in row)


def test_a_workbook_holds_what_the_table_holds(tmp_path, losses):
    table = with_varying(losses)
    book_of(tmp_path, losses=table)
    read = pd.read_excel(tmp_path / "tables.xlsx", engine="calamine", keep_default_na=False, na_values=[""])
    assert list(read) == list(table)
    for name in table:
        wanted = [None if pd.isna(value) or value == "" else value for value in table[name]]
        assert [None if pd.isna(value) else value for value in read[name]] == wanted


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_neither_formula_nor_link_nor_number(tmp_path, text):
    (cell,) = cells(tmp_path, [text])
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize("text", ["Käthe Straße", "é e\u0301", "猫 \U0001f431", '<b> & "x"', "_x0041_", " a  b "])
def test_every_sign_comes_through(tmp_path, text):
    write_workbook(tmp_path / "x.xlsx", {"words": pd.DataFrame({"ä": [text]})})
    read = pd.read_excel(tmp_path / "x.xlsx", engine="calamine")
    assert (list(read), read.loc[0, "ä"]) == (["ä"], text)


def test_lines_of_text_end_in_one_newline(tmp_path):
    assert [cell.value for cell in cells(tmp_path, ["a\r\nb\rc\nd"])] == ["a\nb\nc\nd"]


def test_what_is_missing_is_an_empty_cell(tmp_path):
    assert [cell.value for cell in cells(tmp_path, pd.Series([1, None, 3], dtype="Int64"))] == [1, None, 3]
    assert [cell.value for cell in cells(tmp_path, [0.5, float("nan"), float("inf")])] == [0.5, None, "inf"]
    assert [cell.value for cell in cells(tmp_path, ["a", "", "c"])] == ["a", None, "c"]


def test_text_longer_than_a_cell_can_hold_is_cut(tmp_path):
    (cell,) = cells(tmp_path, ["x" * 40_000])
    assert cell.value == "x" * 32_767


def test_the_header_stays_in_sight_and_filters(tmp_path, losses):
    sheet = book_of(tmp_path, losses=with_varying(losses))["losses"]
    last = openpyxl.utils.get_column_letter(len(COLUMNS) + 1)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", f"A1:{last}4")
    assert all(cell.font.bold for cell in sheet[1])


def test_columns_are_as_wide_as_what_they_hold_within_limits(tmp_path):
    table = pd.DataFrame({"a_rather_long_name": [1], "long": ["x" * 500], "short": ["x"], "text": ["x" * 30]})
    sheet = book_of(tmp_path, t=table)["t"]
    widths = [sheet.column_dimensions[letter].width for letter in "ABCD"]
    assert len("a_rather_long_name") < widths[0] < 24
    assert WIDEST <= widths[1] < WIDEST + 1
    assert 8 <= widths[2] < 10
    assert 30 <= widths[3] < 31


def test_a_second_sheet_has_the_summary(tmp_path, losses):
    summary = make_summary(losses)
    book = book_of(tmp_path, losses=with_varying(losses), summary=summary)
    assert book.sheetnames == ["losses", "summary"]
    header, *rows = book["summary"].values
    assert list(header) == list(summary)
    assert [row[header.index("count")] for row in rows] == list(summary["count"])
    assert book["summary"].freeze_panes == "A2"


def test_tables_without_rows_are_headers_alone(tmp_path):
    losses = make_losses([], tmp_path)
    book = book_of(tmp_path, losses=with_varying(losses), summary=make_summary(losses))
    assert [sheet.max_row for sheet in book] == [1, 1]


def test_equal_tables_give_equal_bytes_at_any_time(tmp_path, losses, monkeypatch):
    class Later(workbook.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 5, 6, tzinfo=tz)

    table = with_varying(losses)
    write_workbook(tmp_path / "a.xlsx", {"losses": table})
    monkeypatch.setattr("xlsxwriter.workbook.datetime", Later)
    monkeypatch.setattr("time.time", lambda: 2e9)
    write_workbook(tmp_path / "b.xlsx", {"losses": table})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        core = parts.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2  # created and modified


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # XlsxWriter leaves its files open
def test_a_workbook_is_written_whole_or_not_at_all(tmp_path, losses, monkeypatch):
    path = tmp_path / "tables.xlsx"
    path.write_bytes(b"before")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.ZipFile", full)
    with pytest.raises(RecordError, match=r"no room for temporary files .*set TMPDIR"):
        write_workbook(path, {"losses": with_varying(losses)})
    gc.collect()
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["tables.xlsx"]


def test_a_folder_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match=r"tables\.xlsx: cannot be written"):
        write_workbook(tmp_path / "file" / "tables.xlsx", {"x": pd.DataFrame({"a": [1]})})


def test_rows_do_not_stay_in_memory(tmp_path):
    """A table of numbers takes less memory to write than its cells as Python objects would."""
    import tracemalloc

    table = pd.DataFrame({f"c{number}": range(20_000) for number in range(20)}, dtype="float64")
    write_workbook(tmp_path / "x.xlsx", {"x": table[:10]})  # what is loaded once
    tracemalloc.start()
    write_workbook(tmp_path / "x.xlsx", {"x": table})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(table) * 20 * 8


def test_umlauts_are_right_in_the_csv_too(tmp_path, losses):
    from stylegrid.reports.losses_table import to_csv

    data = to_csv(with_varying(losses)).encode()
    assert not data.startswith(b"\xef\xbb\xbf")
    read = pd.read_csv(io.BytesIO(data))
    assert (read.columns[0], read.loc[0, "title"]) == ("content", "Käthe")
