"""Files of encode.py with other metadata, their pixels untouched.

Segments of a JPEG are those of ITU-T T.81, annex B; chunks of a WebP those of RFC 9649.
"""

import io
import struct
from collections.abc import Iterator

from PIL import PngImagePlugin

from stylegrid.pictures import encode, metadata
from stylegrid.pictures.metadata import Metadata
from stylegrid.pictures.png import SIGNATURE, chunks

_APP0, _APP1 = 0xE0, 0xE1  # of a JPEG: JFIF's segment, and EXIF's
_EXIF_FLAG = 0x08  # in the first byte of a WebP's chunk VP8X


def with_metadata(data: bytes, kind: str, words: Metadata | None) -> bytes:
    """Return what `encode` would have given with these words: a file of one of its kinds, or one without any.

    Raises ImageError if the words are too long for the kind.
    """
    if kind == "tiff":
        picture, alpha = encode.decode_sixteen(data)
        return encode.encode(picture, kind, 100, alpha, words)  # without loss
    return {"png": _png, "jpeg": _jpeg, "webp": _webp}[kind](data, words)


def _png(data: bytes, words: Metadata | None) -> bytes:
    header, *others = (chunk.whole for chunk in chunks(data) if chunk.name not in (b"tEXt", b"iTXt"))
    text = io.BytesIO()
    for name, body, *_ in metadata.png_text(words).chunks:
        PngImagePlugin.putchunk(text, name, body)
    return b"".join([SIGNATURE, header, text.getvalue(), *others])


def _jpeg(data: bytes, words: Metadata | None) -> bytes:
    """Return a JPEG whose EXIF follows JFIF's segment, as Pillow has it."""
    place, kept = 2, [data[:2]]
    while data[place + 1] in (_APP0, _APP1):
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4])
        kept += [data[place:end]] if data[place + 1] == _APP0 else []
        place = end
    exif = metadata.exif(words, "jpeg")
    segment = struct.pack(">BBH", 0xFF, _APP1, len(exif) + 2) + exif if exif else b""
    return b"".join([*kept, segment, data[place:]])


def _webp(data: bytes, words: Metadata | None) -> bytes:
    """Return a WebP whose EXIF is its last chunk; the first says whether there is one."""
    exif = metadata.exif(words, "webp").removeprefix(b"Exif\0\0")
    kept = [(name, body) for name, body in _riff(data) if name != b"EXIF"]
    first = kept[0][1]
    flags = first[0] & ~_EXIF_FLAG | (_EXIF_FLAG if exif else 0)
    whole = [(b"VP8X", bytes([flags]) + first[1:]), *kept[1:], *([(b"EXIF", exif)] if exif else [])]
    return _chunk(b"RIFF", b"WEBP" + b"".join(_chunk(name, body) for name, body in whole))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a RIFF file, without their padding to even lengths."""
    place = 12
    while place < len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        yield name, data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
