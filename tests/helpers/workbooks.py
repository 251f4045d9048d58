"""Workbooks written cell by cell, as programs write what openpyxl and odfpy can't."""

import zipfile
from pathlib import Path

import openpyxl

_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_ODS = (
    f'<office:document-content xmlns:office="{_NAMES}:office:1.0" xmlns:table="{_NAMES}:table:1.0" '
    f'xmlns:text="{_NAMES}:text:1.0" xmlns:style="{_NAMES}:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3">'
    "{styles}<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
)


def save_xlsx(path: Path, *rows: str, after: str = "", computed: bool = True) -> Path:
    """Save an .xlsx of rows of XML, `<c .../>` elements; `after` follows the rows.

    Unless `computed`, the file asks programs to compute its formulas, as those do that can't.
    """
    book = openpyxl.Workbook()
    book.calculation.fullCalcOnLoad = not computed
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    data = "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(rows, start=1))
    contents[_SHEET] = f"<worksheet {_MAIN}><sheetData>{data}</sheetData>{after}</worksheet>".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def words(row: int, *cells: str) -> str:
    """Return a row's cells of an .xlsx with text, from column A."""
    places = (f"{letter}{row}" for letter in "ABCDEFGH")
    return "".join(
        f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>' for place, cell in zip(places, cells, strict=False)
    )


def save_ods(path: Path, *rows: str, styles: str = "", tables: str = "", about: str = "") -> Path:
    """Save an .ods of rows of XML, `<table:table-cell .../>` elements; `tables` stand before that of the rows.

    `about` says in the archive's own manifest what its files are.
    """
    data = "".join(row if row.startswith("<table:table-row") else table_row(row) for row in rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        table = f'{tables}<table:table table:name="Plan">{data}</table:table>'
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_NAMES}:manifest:1.0">{about}</m:manifest>')
        archive.writestr("content.xml", _ODS.format(styles=styles, tables=table))
    return path


def table_row(cells: str) -> str:
    """Return a row of an .ods."""
    return f"<table:table-row>{cells}</table:table-row>"


def texts(*cells: str) -> str:
    """Return cells of an .ods with text."""
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
