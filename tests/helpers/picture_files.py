"""Picture files of kinds that Pillow doesn't write."""

import struct
import zlib
from pathlib import Path

import numpy as np
from conftest import save_picture

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The passes of an interlaced PNG: left, top, steps across and down.
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(name: bytes, body: bytes = b"", sound: bool = True) -> bytes:
    """Return a chunk of a PNG; one that isn't sound has a wrong checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) ^ (not sound))


def write_png(
    path: Path, samples: np.ndarray, depth: int, colour_type: int, *more: bytes, interlaced: bool = False
) -> Path:
    """Write samples, (height, width, channels), as a PNG of a depth in bits, with more chunks before its pixels."""
    height, width, _ = samples.shape
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    parts = (samples[top::down, left::across] for left, top, across, down in passes)
    rows = b"".join(b"\0" + _packed(row.ravel(), depth) for part in parts if part.size for row in part)
    header = struct.pack(">2I5B", width, height, depth, colour_type, 0, 0, interlaced)
    chunks = (chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND"))
    path.write_bytes(PNG_SIGNATURE + b"".join(chunks))
    return path


def _packed(row: np.ndarray, depth: int) -> bytes:
    if depth == 16:
        return row.astype(">u2").tobytes()
    bits = np.unpackbits(row.astype(np.uint8)[:, np.newaxis], axis=1)[:, 8 - depth :]
    return np.packbits(bits).tobytes()


def write_bmp(path: Path, samples: np.ndarray) -> Path:
    """Write 8-bit RGB with alpha, (height, width, 4), as a BMP that has masks for its four channels (version 4)."""
    height, width, _ = samples.shape
    pixels = samples[::-1, :, [2, 1, 0, 3]].astype(np.uint8).tobytes()
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 108, width, height, 1, 32, 3, len(pixels), 2835, 2835, 0, 0)
    rest = masks + b"BGRs" + bytes(48)
    start = 14 + len(header) + len(rest)
    path.write_bytes(struct.pack("<2sI4xI", b"BM", start + len(pixels), start) + header + rest + pixels)
    return path


def write_tiff(path: Path, size: tuple[int, int], strip: bytes, tags: dict[int, int | tuple[int, ...]]) -> Path:
    """Write one strip of bytes as a TIFF of (width, height), with more tags, and return the path."""
    width, height = size
    needed = {256: width, 257: height, 259: 1, 273: 8, 277: 1, 278: height, 279: len(strip)}
    place = 8 + len(strip) + len(strip) % 2
    found = sorted((needed | tags).items())
    entries, beyond = b"", b""
    for tag, value in found:
        kind, count, data = _field(tag, value if isinstance(value, tuple) else (value,))
        where = struct.pack("<I", place + 2 + 12 * len(found) + 4 + len(beyond))
        beyond += data if len(data) > 4 else b""
        entries += struct.pack("<HHI", tag, kind, count) + (where if len(data) > 4 else data.ljust(4, b"\0"))
    head = struct.pack("<2sHI", b"II", 42, place) + strip.ljust(place - 8, b"\0")
    path.write_bytes(head + struct.pack("<H", len(found)) + entries + bytes(4) + beyond)
    return path


def _field(tag: int, values: tuple[int, ...]) -> tuple[int, int, bytes]:
    """Return the type, count and bytes of a tag's values: whole numbers, or fractions for the reference colours."""
    if tag == 532:
        return (
            5,
            len(values),
            struct.pack(f"<{2 * len(values)}I", *(number for value in values for number in (value, 1))),
        )
    return 3, len(values), struct.pack(f"<{len(values)}H", *values)


def fill_folder(folder: Path) -> Path:
    """Save photographs of several suffixes, in folders below too, and a file that is none; return the folder."""
    for name in ("cat.png", "dog.jpg", "zoo/Ape.PNG", "zoo/deep/bee.webp"):
        save_picture(folder / name, 8, 6)
    (folder / "notes.txt").write_text("no picture")
    return folder
