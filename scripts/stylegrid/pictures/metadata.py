"""Metadata in picture files, in the fields that other programs show: written to every format, and read back.

The EXIF data are assembled here because Pillow's Exif writes ASCII descriptions only and tifffile no EXIF directory.
"""

import struct
from typing import Any, NamedTuple

from PIL import Image, PngImagePlugin, TiffTags
from PIL.ExifTags import IFD, Base
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from stylegrid.errors import ImageError

LARGEST_EXIF = 65533  # bytes of a JPEG segment, without its 2-byte length

_PLACEHOLDER = IFD.Exif - 1  # an unused tag that sorts where EXIF's belongs
_ASCII = b"ASCII\0\0\0"  # the character code that begins a comment: EXIF 2.3, 4.6.5


class Metadata(NamedTuple):
    """A picture file's metadata; the title may be empty, and the comment is ASCII."""

    title: str
    description: str
    software: str
    comment: str


def png_text(metadata: Metadata | None) -> PngImagePlugin.PngInfo:
    """Return text chunks for a PNG: tEXt, which more programs show, or iTXt for text beyond Latin-1."""
    info = PngImagePlugin.PngInfo()
    for key, text in metadata._asdict().items() if metadata else ():
        if text:
            info.add_text(key.capitalize(), text)
    return info


def exif(metadata: Metadata | None, kind: str) -> bytes:
    """Return EXIF data for a JPEG or WebP, b"" without metadata; EXIF has no field for the title.

    Raises ImageError if they are too long for a JPEG.
    """
    data = _exif(metadata) if metadata else b""
    if kind == "jpeg" and len(data) > LARGEST_EXIF:
        raise ImageError(
            f"a JPEG's metadata have at most {LARGEST_EXIF} bytes, found {len(data)}; shorten the title and the paths "
            "of its inputs, or choose format png, webp or tiff"
        )
    return data


def _exif(metadata: Metadata) -> bytes:
    fields = {Base.ImageDescription: metadata.description.encode(), Base.Software: metadata.software.encode()}
    first = _directory({tag: (TiffTags.ASCII, text) for tag, text in fields.items()})
    first.tagtype[IFD.Exif] = TiffTags.LONG
    first[IFD.Exif] = 0  # set below, when the length of this directory is known
    first[IFD.Exif] = 8 + len(first.tobytes(8))
    return b"Exif\0\0II*\0" + struct.pack("<I", 8) + first.tobytes(8) + _comment(metadata).tobytes(first[IFD.Exif])


def tiff_options(metadata: Metadata | None) -> dict[str, Any]:
    """Return tifffile's options for description and software, with a placeholder for `add_exif`."""
    if metadata is None:
        return {"software": False}
    return {
        "description": metadata.description.encode(),
        "software": metadata.software.encode(),
        "extratags": [(_PLACEHOLDER, "I", 1, 0, True)],
    }


def add_exif(tiff: bytes, metadata: Metadata | None) -> bytes:
    """Return a little-endian TIFF, written with `tiff_options`, with an EXIF directory appended for the comment."""
    if metadata is None:
        return tiff
    data = bytearray(tiff + b"\0" * (len(tiff) % 2))  # directories begin at even offsets
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    entries = range(directory + 2, directory + 2 + 12 * count, 12)
    place = next(entry for entry in entries if struct.unpack_from("<H", data, entry) == (_PLACEHOLDER,))
    struct.pack_into("<H", data, place, IFD.Exif)
    struct.pack_into("<I", data, place + 8, len(data))
    return bytes(data) + _comment(metadata).tobytes(len(data))


def read_comment(image: Image.Image) -> str:
    """Return the comment of an opened picture, or ""."""
    if isinstance(image, PngImagePlugin.PngImageFile):
        return str(image.text.get("Comment", ""))
    comment = image.getexif().get_ifd(IFD.Exif).get(Base.UserComment, b"")
    return comment.removeprefix(_ASCII).decode("ascii", "replace") if isinstance(comment, bytes) else str(comment)


def _comment(metadata: Metadata) -> ImageFileDirectory_v2:
    """Return the EXIF directory with the comment and the colour space sRGB."""
    comment = _ASCII + metadata.comment.encode("ascii")
    fields = {Base.ExifVersion: b"0232", Base.UserComment: comment}
    directory = _directory({tag: (TiffTags.UNDEFINED, data) for tag, data in fields.items()})
    directory.tagtype[Base.ColorSpace] = TiffTags.SHORT
    directory[Base.ColorSpace] = 1
    return directory


def _directory(fields: dict[Base, tuple[int, bytes]]) -> ImageFileDirectory_v2:
    directory = ImageFileDirectory_v2()
    for tag, (kind, data) in fields.items():
        directory.tagtype[tag] = kind
        directory[tag] = data
    return directory
