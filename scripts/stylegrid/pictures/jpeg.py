"""JPEG files: those with too many scans, and those that lack their end mark but no pixel.

Markers are those of ITU-T T.81, annex B.
"""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

MOST_SCANS = 100  # of a progressive JPEG; ten are usual, and a scan of 300 bytes may take 0.15 seconds

_RESTARTS = range(0xD0, 0xD8)
_START_OF_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_SEGMENT = re.compile(rb"\xff([\xc0-\xcf\xda-\xfe])(..)", re.DOTALL)  # marker and length; not of restarts and ends
_FRAMES = frozenset(bytes([0xC0 + kind]) for kind in (0, 1, 2, 9, 10))
_GUESSES = 3


def scans_fault(image: Image.Image, path: Path) -> str:
    """Return the fault of a progressive JPEG with too many scans, or ""."""
    if "progressive" not in image.info:
        return ""
    with path.open("rb") as file:
        scans = sum(part.count(_START_OF_SCAN) for part in iter(lambda: file.read(1 << 20), b""))
    return f"has {scans} scans; at most {MOST_SCANS} are read; export it again" if scans > MOST_SCANS else ""


def with_end(path: Path) -> bytes | None:
    """Return the bytes of a JPEG that lacks its end mark with one, if all its pixels are there; None for any other."""
    if _ends(path):
        return None
    data = path.read_bytes()
    if data.rfind(_END) > data.rfind(_START_OF_SCAN):  # something follows the end, as in many phones' photographs
        return None
    data = data.removesuffix(b"\xff")
    if not _has_all_scans(data):
        return None
    pixels = _pixels(data + _END)
    guesses = (_guess(seed, _next_restart(data)) for seed in range(_GUESSES))
    return data + _END if all(np.array_equal(pixels, _pixels(data + guess + _END)) for guess in guesses) else None


def _guess(seed: int, restart: int) -> bytes:
    """Return bytes that might have followed: pixels that are there don't depend on them, missing ones are made of them.

    Random ones, with the restart marks in turn, since a decoder passes over what comes before the one it expects.
    """
    random = np.random.default_rng(seed)
    marks = (bytes([0xFF, _RESTARTS[(restart + count) % 8]]) for count in range(8))
    return b"".join(random.integers(255, size=512, dtype=np.uint8).tobytes() + mark for mark in marks)


def _next_restart(data: bytes) -> int:
    """Return the number, of 0 to 7, of the restart mark that comes next in the last scan."""
    scan = data[data.rfind(_START_OF_SCAN) :]
    places = {scan.rfind(bytes([0xFF, mark])): number for number, mark in enumerate(_RESTARTS, start=1)}
    return places[max(places)] % 8 if max(places) > 0 else 0


def _has_all_scans(data: bytes) -> bool:
    """Return whether scans bring every coefficient of every component to its last bit; a progressive JPEG has many."""
    left: dict[int, np.ndarray] = {}  # by component, the lowest bit of each coefficient that is still to come, or 1
    place = 2
    while found := _SEGMENT.search(data, place):
        length = int.from_bytes(found[2])
        body = data[found.end() : found.end() + length - 2]
        if len(body) < length - 2:
            break
        if found[1] in _FRAMES:
            left = {component: np.ones(64, int) for component in body[6::3]}
        elif found[1] == _START_OF_SCAN[1:]:
            first, last, bits = body[-3:]
            for component in body[1:-3:2]:
                left[component][first : last + 1] = bits & 15
        place = found.end() + length - 2
    return bool(left) and not any(bits.any() for bits in left.values())


def _ends(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-len(_END), io.SEEK_END)
        return file.read() == _END


def _pixels(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        return np.asarray(image)
