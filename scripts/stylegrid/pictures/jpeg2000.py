"""JPEG 2000 files: what Pillow doesn't tell of them, or reads wrongly.

Boxes and markers are those of ITU-T T.800, annexes I and A.
"""

import struct
from pathlib import Path

from PIL import Image

_CODESTREAM = b"\xff\x4f\xff\x51"  # the markers SOC and SIZ
_MOST_HEADER = 16 << 20  # bytes before the codestream, which hold a colour profile at most


def prepare(image: Image.Image, path: Path) -> str:
    """Give an opened JPEG 2000 its colour profile, and return its fault, or "".

    Pillow reads 8 bits a channel, and greys of more; of other depths white turns black or is dim.
    """
    with path.open("rb") as file:
        head = file.read(_MOST_HEADER)
    start = head.find(_CODESTREAM)
    if profile := _profile(head[: max(start, 0)]):
        image.info["icc_profile"] = profile
    bits = _bits(head[start:]) if start >= 0 else set()
    if bits == {8} or (image.mode == "I;16" and max(bits, default=0) <= 16):
        return ""
    depth = " and ".join(str(each) for each in sorted(bits)) or "an unknown number of"
    return f"is a JPEG 2000 of {depth} bits a channel, of which 8 are read; export it as PNG or TIFF"


def _bits(codestream: bytes) -> set[int]:
    """Return the depths of the channels, by the marker segment SIZ."""
    if len(codestream) < 42:
        return set()
    (channels,) = struct.unpack_from(">H", codestream, 40)
    return {(depth & 127) + 1 for depth in codestream[42 : 42 + 3 * channels : 3]}


def _profile(header: bytes) -> bytes:
    """Return the colour profile in the box `colr`, or b""."""
    place = header.find(b"colr")
    if place < 4 or header[place + 4 : place + 5] not in (b"\2", b"\3"):
        return b""
    (length,) = struct.unpack_from(">I", header, place - 4)
    return header[place + 7 : place - 4 + length]
