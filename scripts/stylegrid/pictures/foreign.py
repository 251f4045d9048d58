"""Files that are no picture that is read, known by their first bytes: what they are, and what to do."""

import struct
from pathlib import Path

HEAD = 1024  # bytes that tell

RAW = "a camera's raw file; export it as JPEG or TIFF"

_RAW_SUFFIXES = (
    *(".3fr", ".arw", ".cr2", ".crw", ".dcr", ".dng", ".erf", ".fff", ".gpr", ".iiq", ".kdc", ".mef", ".mos", ".nef"),
    *(".nrw", ".pef", ".raw", ".rwl", ".sr2", ".srf", ".srw"),
)
_SUFFIXES = {**dict.fromkeys(_RAW_SUFFIXES, RAW), ".tga": "a Targa picture; export it as PNG"}
_FIRST_BYTES = {
    b"II*\0\x10\0\0\0CR": RAW,  # Canon CR2
    b"IIRO": RAW,  # Olympus ORF
    b"IIRS": RAW,
    b"MMOR": RAW,
    b"IIU\0": RAW,  # Panasonic RW2
    b"II\x1a\0\0\0HEAPCCDR": RAW,  # Canon CRW
    b"FUJIFILMCCD-RAW": RAW,
    b"FOVb": RAW,  # Sigma X3F
    b"\0MRM": RAW,  # Minolta
    b"\xff\x0a": "a JPEG XL picture; export it as JPEG or PNG",
    b"\0\0\0\x0cJXL \r\n\x87\n": "a JPEG XL picture; export it as JPEG or PNG",
    b"II\xbc": "a JPEG XR picture; export it as JPEG or TIFF",
    b"8BPS": "a Photoshop document; export it as PNG or TIFF",
    b"gimp xcf": "a GIMP document; export it as PNG or TIFF",
    b"%PDF": "a PDF document; export its page or its picture as PNG or JPEG",
    b"%!PS": "a PostScript file; export it as PNG",
    b"\xc5\xd0\xd3\xc6": "a PostScript file; export it as PNG",
    b"AT&TFORM": "a DjVu document; export its page as PNG",
    b"v/1\x01": "an OpenEXR picture, whose white isn't fixed; tone-map it and export it as PNG or TIFF",
    b"#?R": "a Radiance HDR picture, whose white isn't fixed; tone-map it and export it as PNG or TIFF",
    b"SIMPLE  =": "a FITS picture, whose white isn't fixed; export it as PNG or TIFF",
    b"\0\0\x01\0": "an icon; export it as PNG",
    b"icns": "an icon; export it as PNG",
    b"DDS ": "a DDS texture; export it as PNG",
    b"qoif": "a QOI picture; export it as PNG",
    b"\x0a\5\1": "a PCX picture; export it as PNG",
    b"\x01\xda": "an SGI picture; export it as PNG",
    b"\x59\xa6\x6a\x95": "a Sun raster picture; export it as PNG",
    b"#define ": "an X bitmap; export it as PNG",
    b"/* XPM */": "an X pixmap; export it as PNG",
    b"\xd7\xcd\xc6\x9a": "a Windows metafile; export it as PNG",
    b"PK\x03\x04": "a ZIP archive or a document; unpack it, or export its picture as PNG",
    b"\x1f\x8b": "a gzip archive; unpack it",
    b"Rar!": "a RAR archive; unpack it",
    b"7z\xbc\xaf": "a 7z archive; unpack it",
    b"\0\x05\x16\x07": "macOS's side file of a picture, not the picture; leave it out",
    b"\0\x05\x16\0": "macOS's side file of a picture, not the picture; leave it out",
    b"bplist": "a macOS property list, not the picture; copy the picture itself",
    b"[InternetShortcut]": "a link to a page, not the picture; download the picture itself",
    b"version https://git-lfs": "a pointer of Git LFS, not the picture; run `git lfs pull`",
    b"\x1aE\xdf\xa3": "a film; save a frame of it as JPEG",
    b"\xd0\xcf\x11\xe0": "a document of an old Office program, or thumbnails of Windows; use the picture itself",
}
_HEIF = "a HEIC picture, as phones take; export it as JPEG"
_BRANDS = {  # of ISO base media files, by their beginning
    b"crx": RAW,  # Canon CR3
    b"hei": _HEIF,
    b"hev": _HEIF,
    b"mif1": "a HEIF picture; export it as JPEG",
    b"msf1": "a HEIF picture; export it as JPEG",
}


def describe(head: bytes) -> str:
    """Return what a file is that begins with `head`, and what to do; "" if that isn't known, or it may be read."""
    if head[4:8] == b"ftyp":
        return _media(head)
    known = (what for first, what in _FIRST_BYTES.items() if head.startswith(first))
    return next(known, "") or _portable(head) or _markup(head)


def describe_name(path: Path) -> str:
    """Return what a file is by its suffix, and what to do, where the first bytes of its kind don't tell; else ""."""
    return _SUFFIXES.get(path.suffix.lower(), "")


def _portable(head: bytes) -> str:
    """Return which portable map a file is, as Netpbm calls PBM, PGM, PPM and PFM; or ""."""
    name = {b"1": "PBM", b"2": "PGM", b"3": "PPM", b"4": "PBM", b"5": "PGM", b"6": "PPM"}.get(head[1:2])
    if head[:1] != b"P" or not head[2:3].isspace():
        return ""
    if head[1:2] in (b"f", b"F"):
        return "a PFM picture, whose white isn't fixed; tone-map it and export it as PNG or TIFF"
    return f"a {name} picture; export it as PNG" if name else ""


def _media(head: bytes) -> str:
    """Return what an ISO base media file is, by its brands; "" for AVIF."""
    (size,) = struct.unpack(">I", head[:4])
    brands = [head[8:12], *(head[place : place + 4] for place in range(16, min(size, len(head)), 4))]
    if {b"avif", b"avis"} & set(brands):
        return ""
    known = (what for brand in brands for start, what in _BRANDS.items() if brand.startswith(start))
    return next(known, "a film; save a frame of it as JPEG")


def _markup(head: bytes) -> str:
    """Return what a text of markup is; "" for anything else."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page, not the picture that it shows; download the picture itself"
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text):
        return "an SVG drawing; export it as PNG"
    if text.startswith(b"<?xml"):
        return "an XML file, not a picture; download or copy the picture itself"
    return ""
