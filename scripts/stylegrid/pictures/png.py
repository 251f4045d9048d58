"""PNG files: one colour that is transparent, and damaged chunks beside the pixels.

Chunks are those of the PNG specification, third edition: https://www.w3.org/TR/png-3.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile

from stylegrid.errors import ImageError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SHORTEST = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"pHYs": 9}  # bytes; shorter ones are damaged
_ANIMATION = (b"acTL", b"fcTL", b"fdAT")  # of frames after the first, which is painted
_LOOKS = (b"tRNS", b"iCCP", b"eXIf")  # side chunks that decide how the picture looks


class _Chunk(NamedTuple):
    name: bytes
    whole: bytes  # with length, name and checksum
    sound: bool


def open_png(path: Path) -> Image.Image:
    """Open a PNG as Pillow does, passing over side chunks that are damaged.

    Raises ImageError if a damaged chunk decides how the picture looks, and Pillow's errors for other damage.
    """
    try:
        return Image.open(path, formats=("PNG",))
    except Exception:  # Pillow raises errors of many kinds on damaged data
        data = path.read_bytes()
        mended = _without_damage(path, data)
        if mended == data:
            raise
        return Image.open(io.BytesIO(mended), formats=("PNG",))


def _without_damage(path: Path, data: bytes) -> bytes:
    """Return the bytes of a PNG without its damaged side chunks and without the chunks of an animation."""
    mended = io.BytesIO()
    mended.write(SIGNATURE)
    for chunk in chunks(data):
        if not chunk.sound and (chunk.name in _LOOKS or chunk.name[:1].isupper()):
            name = chunk.name.decode("latin-1")
            raise ImageError(f"{path}: its chunk {name} is damaged; open it in a picture program and export it again")
        if chunk.sound and chunk.name not in _ANIMATION:
            mended.write(chunk.whole)
    return mended.getvalue()


def chunks(data: bytes) -> Iterator[_Chunk]:
    """Yield a PNG's chunks; from where it is cut short, the rest as one without a name."""
    place = len(SIGNATURE)
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8].ljust(8, b"\0"))
        end = place + 12 + length
        if end > len(data) or not name.isalpha():
            yield _Chunk(b"", data[place:], True)
            return
        checksum = struct.pack(">I", zlib.crc32(data[place + 4 : end - 4]))
        sound = data[end - 4 : end] == checksum and length >= _SHORTEST.get(name, 0)
        yield _Chunk(name, data[place:end], sound)
        place = end


def has_transparent_colour(image: Image.Image) -> bool:
    """Return whether a PNG, of greys or RGB, has one colour that is transparent (chunk tRNS)."""
    return image.format == "PNG" and image.mode in ("1", "L", "I;16", "RGB") and "transparency" in image.info


def opacity_by_colour(image: Image.Image, path: Path) -> Image.Image:
    """Return the opacity of a decoded PNG with a transparent colour: 0 where all bits of it match, 255 elsewhere.

    The colour is in the file's own depth, of 1 to 16 bits, while Pillow's pixels have 8 bits, or 16 if grey.
    """
    depth = _depth(path)
    key = np.atleast_1d(image.info["transparency"])
    if image.mode == "1":
        matches = np.asarray(image, np.uint8)[..., np.newaxis] == (key > 0)
    elif image.mode == "RGB" and depth == 16:
        matches = (np.asarray(image) == key >> 8) & (_low_bytes(path) == key & 255)
    else:
        most = 2**depth - 1
        scale = 1 if image.mode == "I;16" else 255 // most
        matches = np.asarray(image).reshape(image.height, image.width, -1) == (key & most) * scale
    return Image.fromarray(np.where(matches.all(axis=-1), 0, 255).astype(np.uint8))


def _depth(path: Path) -> int:
    """Return the bits of each of a PNG's samples, which its first chunk tells."""
    with path.open("rb") as file:
        return file.read(25)[24]


def _low_bytes(path: Path) -> np.ndarray:
    """Return the low bytes of the samples of a PNG of 16-bit RGB, of which Pillow gives the high ones."""
    with open_png(path) as image:
        assert isinstance(image, ImageFile.ImageFile)
        image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]  # of swapped bytes, high is low
        return np.asarray(image)
