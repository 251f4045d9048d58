"""Files of tables as cells of text, against pandas."""

from datetime import date, datetime, time

import openpyxl
import pandas as pd
import pytest
from conftest import save_table

from stylegrid.plan.spreadsheet import read_table

VALUES = [
    *(0, 1, -3, 2.0, 0.5, 1e-8, 1e15, 1e22, True, False, "text", " spaces ", "007", "NA", "née 猫"),
    *(date(2024, 1, 2), datetime(2024, 1, 2, 3, 4, 5), time(3, 4, 5), None),
]


def by_pandas(path):
    frame = pd.read_excel(path, header=None, dtype=str, keep_default_na=False, engine="calamine")
    return frame.fillna("").values.tolist()


def test_every_kind_of_cell_reads_as_pandas_reads_it(tmp_path):
    book = openpyxl.Workbook()
    for number, value in enumerate(VALUES, start=1):
        book.active.append([f"row {number}", value])
    book.save(tmp_path / "m.xlsx")
    found = read_table(tmp_path / "m.xlsx").cells
    assert found == [[cell.removesuffix(" 00:00:00") for cell in row] for row in by_pandas(tmp_path / "m.xlsx")]
    assert [row[1] for row in found[:5]] == ["0", "1", "-3", "2", "0.5"]


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_rows_and_columns_are_counted_from_the_first_cell(tmp_path, suffix):
    path = save_table(tmp_path / f"m{suffix}", [["a", "b", "c"], [None, None, None], [None, "x", None]])
    assert read_table(path).cells == [["a", "b", "c"], ["", "", ""], ["", "x", ""]]


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ","), (".tsv", "\t")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_reads_as_pandas_reads_it(tmp_path, suffix, separator, end):
    lines = ["a,b,c", '"1, 2","say ""x""",', "", "NA,,3", "née,猫, z "]
    path = tmp_path / f"m{suffix}"
    path.write_bytes(end.join(line.replace(",", separator) for line in lines).encode("utf-8-sig"))
    options = {"sep": separator, "header": None, "dtype": str, "keep_default_na": False, "skip_blank_lines": False}
    expected = pd.read_csv(path, encoding="utf-8-sig", skipinitialspace=True, **options).fillna("").values.tolist()
    assert read_table(path).cells == expected
    assert expected[1][1] == 'say "x"'
