"""Tables as the sheets of an Excel workbook: numbers are numbers, and text is text, never a formula or a link."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from stylegrid import files

NARROWEST, WIDEST = 8, 40  # characters of a column
NUMBER_WIDTH = 12  # all digits that Excel shows of a number by itself
FILTER_WIDTH = 3  # of the button beside a column's name
MADE = datetime(2000, 1, 1)  # the same for every workbook, so that equal tables give equal bytes

# Text stays text whatever it begins with, and each row goes to a temporary file as soon as the next one begins.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as sheets of these names: equal tables give equal bytes.

    A sheet's first row, which stays in sight, names its columns and filters them. Raises RecordError if the file, or a
    temporary one, can't be written.
    """
    with files.temporary_folder() as folder:
        whole = folder / "whole.xlsx"
        _make(whole, tables, folder)
        with whole.open("rb") as made:
            files.write_by(path, lambda file: shutil.copyfileobj(made, file))


def _make(path: Path, tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    book = Workbook(path, {**_OPTIONS, "tmpdir": str(folder)})
    book.use_zip64()  # a million rows have more than 4 GB before they are compressed
    book.set_properties({"created": MADE})
    bold = book.add_format({"bold": True})
    for name, table in tables.items():
        sheet = book.add_worksheet(name)
        _set_up(sheet, table)
        sheet.write_row(0, 0, list(table), bold)
        for number, row in enumerate(table.itertuples(index=False, name=None), start=1):
            sheet.write_row(number, 0, list(map(_cell, row)))
    try:
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error  # the OSError that it wraps


def _set_up(sheet: Worksheet, table: pd.DataFrame) -> None:
    """Freeze the header, add its filters, and set the width of columns."""
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
    for number, name in enumerate(table):
        sheet.set_column(number, number, _width(str(name), table[name]))


def _width(name: str, column: pd.Series) -> int:
    """Return the width of a column in characters: of its longest cell, within limits, but at least its name's."""
    number = pd.api.types.is_numeric_dtype(column)
    longest = NUMBER_WIDTH if number else max(map(len, map(str, column)), default=0)
    return max(len(name) + FILTER_WIDTH, min(max(longest, NARROWEST), WIDEST))


def _cell(value: object) -> object:
    """Return a value as the workbook holds it: None for a missing one; lines of text end in one newline."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if value is pd.NA or value != value:  # not a number
        return None
    return str(value) if value in (float("inf"), float("-inf")) else value
