"""What a file is by its contents."""

import zipfile

import pytest
from conftest import save_picture, save_table

from stylegrid.plan.tables.file_kind import kind_of

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HTML = b"<html><body><table><tr><td>content</td></tr></table></body></html>"
KINDS = {
    b"": "an empty file",
    b"content,style\n": "CSV text",
    b"\xef\xbb\xbfcontent;style\r\n": "CSV text",
    b"caf\xe9,style\n": "CSV text",
    b"content,style\na,b\n\x1a\0\0\0": "CSV text",
    "content\tstyle\n".encode("utf-16"): "UTF-16 text",
    "content\tstyle\n".encode("utf-16-be"): "UTF-16 text",
    HTML: "a web page (HTML)",
    b"\xef\xbb\xbf \n<!DOCTYPE html>\n" + HTML: "a web page (HTML)",
    b'<meta charset="utf-8">' + HTML: "a web page (HTML)",
    b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">': "an XML Spreadsheet 2003",
    b'<?xml version="1.0"?><office:document>': "a .fods table",
    b'<?xml version="1.0"?><a/>': "an XML file",
    OLD + "Workbook".encode("utf-16-le"): "an old Excel workbook, .xls",
    OLD + "Book".encode("utf-16-le"): "an old Excel workbook, .xls",
    OLD + "WordDocument".encode("utf-16-le"): "an old Word document",
    OLD + "EncryptedPackage".encode("utf-16-le"): "a workbook with a password",
    b"PK\x03\x04 and no more": "a ZIP archive that is damaged or cut short",
    b"%PDF-1.7\n": "a PDF",
    b"\x1f\x8b\x08": "a gzip archive",
    b"version https://git-lfs.github.com/spec/v1\n": "a pointer of Git LFS, without the file it stands for",
}


@pytest.mark.parametrize(("data", "kind"), KINDS.items(), ids=[*map(str, range(len(KINDS)))])
def test_a_file_is_what_it_holds(tmp_path, data, kind):
    (tmp_path / "m.xlsx").write_bytes(data)
    assert kind_of(tmp_path / "m.xlsx") == kind


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_workbook_is_known_whatever_its_name_says(tmp_path, suffix):
    path = save_table(tmp_path / f"m{suffix}", [["content", "style"], ["a", "b"]])
    assert kind_of(path.rename(tmp_path / "m.csv")) == suffix


@pytest.mark.parametrize(
    ("members", "kind"),
    [
        ({"word/document.xml": ""}, "a Word document"),
        ({"Index/Document.iwa": ""}, "a document of Apple's Numbers, Pages or Keynote"),
        ({"xl/workbook.bin": ""}, "an .xlsb workbook"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "an OpenDocument file, but no spreadsheet"),
        ({"photos/cat.jpg": ""}, "a ZIP archive without a table"),
    ],
)
def test_an_archive_is_what_it_holds(tmp_path, members, kind):
    with zipfile.ZipFile(tmp_path / "m.xlsx", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert kind_of(tmp_path / "m.xlsx") == kind


def test_a_picture_is_no_table(tmp_path):
    assert kind_of(save_picture(tmp_path / "m.png").rename(tmp_path / "m.xlsx")) == "a PNG picture"
