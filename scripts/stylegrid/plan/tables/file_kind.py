"""What a file is by its contents, whatever its name says."""

import zipfile
from pathlib import Path

HEAD = 4096  # bytes that are looked at

_MAGIC = {
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF document",
    b"ID;P": "a SYLK table",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"PAR1": "a Parquet table",
    b"SQLite format 3": "an SQLite database",
    b"bplist": "a file of macOS that holds no table",
    b"version https://git-lfs": "a pointer of Git LFS, without the file it stands for",
}
_ZIPPED = {
    "xl/workbook.xml": ".xlsx",
    "xl/workbook.bin": "an .xlsb workbook",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint document",
    "index/document.iwa": "a document of Apple's Numbers, Pages or Keynote",
    "index.zip": "a document of Apple's Numbers, Pages or Keynote",
}
_NO_TABLE = "a ZIP archive without a table"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Office files, and of encrypted new ones
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16 and UTF-32
_MARKUP = {
    b"urn:schemas-microsoft-com:office:spreadsheet": "an XML Spreadsheet 2003",
    b"office:document": "a .fods table",
    b"<html": "a web page (HTML)",
    b"<!doctype html": "a web page (HTML)",
    b"<table": "a web page (HTML)",
    b"<?xml": "an XML file",
}


def kind_of(path: Path) -> str:
    """Return ".xlsx", ".ods", "CSV text", or in words what else a file is.

    Raises OSError if it can't be read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return "an empty file"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(_OLE):
        return _old_office(path)
    words = next((words for magic, words in _MAGIC.items() if head.startswith(magic)), "")
    return words or _markup(head) or _text(head)


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.replace("\\", "/").casefold() for name in archive.namelist()}
            if "mimetype" in names:
                return _open_document(archive)
    except (zipfile.BadZipFile, NotImplementedError, KeyError, RuntimeError, EOFError):
        return "a ZIP archive that is damaged or cut short"
    return next((kind for name, kind in _ZIPPED.items() if name in names), _NO_TABLE)


def _open_document(archive: zipfile.ZipFile) -> str:
    """Return the kind of an OpenDocument file, a spreadsheet or any other."""
    with archive.open("mimetype") as file:
        name = file.read(100).strip()
    if name.startswith(_OPEN_DOCUMENT + b"spreadsheet"):
        return ".ods" if b"-template" not in name else "an .ots template"
    return "an OpenDocument file, but no spreadsheet" if name.startswith(_OPEN_DOCUMENT) else _NO_TABLE


def _old_office(path: Path) -> str:
    """Return what an OLE container holds, by its streams' names, which are UTF-16."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "a workbook with a password"
    return "an old Word document" if "WordDocument".encode("utf-16-le") in data else "an old Excel workbook, .xls"


def _markup(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    marks = _MARKUP if start.startswith(b"<") else {}
    return next((words for mark, words in marks.items() if mark in start), "")


def _text(head: bytes) -> str:
    wide = head.startswith(_WIDE) or head.count(0) > len(head) // 4  # every second byte of plain English
    return "UTF-16 text" if wide else "CSV text"
