"""The pages of a TIFF file, and what kind of samples each holds, by its tags.

Tags are those of TIFF 6.0, of its Technical Note 1 for trees of pages, and of DNG 1.7.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_PAGES = 1000
MOST_ENTRIES = 4096  # of a page
MOST_VALUES = 64  # of a tag; those looked at have one for each sample at most

_TYPES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_NEW_SUBFILE_TYPE, _SUBFILE_TYPE, _SUB_PAGES, _EXTRA_SAMPLES, _DNG_VERSION = 254, 255, 330, 338, 50706
_REDUCED, _MASK = 1, 4  # bits of the new subfile type
_OLD_REDUCED = 2  # subfile type of old
_RAW_PHOTOMETRICS = (32803, 34892)  # colour filter array, linear raw
_PHOTOMETRICS = {
    0: "grey whose 0 is white",
    1: "grey",
    2: "RGB",
    3: "palette colours",
    4: "transparency",
    5: "CMYK",
    6: "YCbCr",
    8: "CIE Lab",
    9: "ICC Lab",
    10: "ITU Lab",
    32844: "LogL",
    32845: "LogLuv",
}
_COLOURS = {2: 3, 5: 4, 6: 3, 8: 3, 9: 3, 10: 3, 32845: 3}  # samples a pixel without alpha; 1 for others
_NUMBERS = {1: "", 2: "signed ", 3: "floating-point "}

Tags = dict[int, tuple[int, ...]]


class Page(NamedTuple):
    """A page, by its tags, and the pages below it."""

    tags: Tags
    below: tuple[Tags, ...] = ()

    def value(self, tag: int, default: int) -> int:
        """Return the first value of a tag."""
        return (self.tags.get(tag) or (default,))[0]

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) as stored."""
        return self.value(256, 0), self.value(257, 0)

    @property
    def is_full(self) -> bool:
        """Return whether the page is neither a reduced copy nor a mask."""
        old = self.value(_SUBFILE_TYPE, 1) == _OLD_REDUCED
        return not old and not self.value(_NEW_SUBFILE_TYPE, 0) & (_REDUCED | _MASK)

    @property
    def is_raw(self) -> bool:
        """Return whether the page, or one below it, holds what a camera's sensor measured."""
        photometrics = {Page(tags).photometric for tags in (self.tags, *self.below)}
        return _DNG_VERSION in self.tags or not photometrics.isdisjoint(_RAW_PHOTOMETRICS)

    @property
    def photometric(self) -> int:
        """Return what the samples mean; greys whose 0 is white, as Pillow takes them, where no tag tells."""
        return self.value(262, 0)

    @property
    def compression(self) -> int:
        """Return the scheme of compression, 1 for none."""
        return self.value(259, 1)

    @property
    def samples(self) -> int:
        """Return the number of samples a pixel."""
        return self.value(277, len(self.tags.get(258, (1,))))

    @property
    def bits(self) -> int:
        """Return the bits of the largest sample."""
        return max(self.tags.get(258, (1,)), default=1)

    @property
    def number(self) -> int:
        """Return the format of the samples: 1 unsigned, 2 signed, 3 floating point; 0 if they differ."""
        found = set(self.tags.get(339, (1,)))
        return found.pop() if len(found) == 1 else 0

    @property
    def is_planar(self) -> bool:
        """Return whether each sample of all pixels lies by itself."""
        return self.value(284, 1) == 2 and self.samples > 1

    @property
    def is_tiled(self) -> bool:
        """Return whether the samples lie in tiles."""
        return 322 in self.tags

    @property
    def colours(self) -> int:
        """Return the number of samples a pixel that are colours."""
        return _COLOURS.get(self.photometric, 1)

    @property
    def alpha(self) -> int | None:
        """Return which of the samples beside the colours is opacity, from 0; the first where no tag tells."""
        kinds = self.tags.get(_EXTRA_SAMPLES, (2,))[: max(0, self.samples - self.colours)]
        return next((place for place, kind in enumerate(kinds) if kind in (1, 2)), None)

    @property
    def is_multiplied(self) -> bool:
        """Return whether the colours are multiplied by the opacity."""
        return 1 in self.tags.get(_EXTRA_SAMPLES, ())

    def describe(self) -> str:
        """Return what kind of samples the page holds, as in "32-bit floating-point RGB with alpha"."""
        kind = _PHOTOMETRICS.get(self.photometric, f"photometric interpretation {self.photometric}")
        number = _NUMBERS.get(self.number, "complex or mixed ")
        extra = self.samples - self.colours
        more = " with alpha" if self.alpha is not None else f" with {extra} more channels" if extra > 0 else ""
        return f"{self.bits}-bit {number}{kind}{more}"


def read_pages(path: Path) -> list[Page]:
    """Return the pages of a TIFF or BigTIFF, at most MOST_PAGES; raises ValueError or struct.error on damaged data."""
    with path.open("rb") as file:
        reader = _Reader(file)
        return [Page(tags, tuple(reader.below(tags))) for tags in reader.chain(reader.first)]


class _Reader:
    """Reads directories of tags: a classic file's fields have 4 bytes, a BigTIFF's 8."""

    def __init__(self, file: BinaryIO):
        head = file.read(16)
        self._file = file
        self._order = "<" if head[:2] == b"II" else ">"
        self._big = struct.unpack(f"{self._order}H", head[2:4]) == (43,)
        self._field = "Q" if self._big else "I"
        self.first: int = struct.unpack_from(self._order + self._field, head, 8 if self._big else 4)[0]

    def chain(self, offset: int) -> Iterator[Tags]:
        """Yield the tags of the pages that begin with the one at `offset`."""
        seen: set[int] = set()
        while offset and offset not in seen and len(seen) < MOST_PAGES:
            seen.add(offset)
            tags, offset = self._directory(offset)
            yield tags

    def below(self, tags: Tags) -> Iterator[Tags]:
        """Yield the tags of the pages below one."""
        for offset in tags.get(_SUB_PAGES, ()):
            yield self._directory(offset)[0]

    def _directory(self, offset: int) -> tuple[Tags, int]:
        self._file.seek(offset)
        count = self._read("Q" if self._big else "H")
        if count > MOST_ENTRIES:
            raise ValueError(f"a page has {count} tags")
        entries = self._file.read(count * (20 if self._big else 12))
        following = self._read(self._field)
        layout = f"{self._order}HH{self._field}{'8s' if self._big else '4s'}"
        return {tag: self._values(*rest) for tag, *rest in struct.iter_unpack(layout, entries)}, following

    def _values(self, kind: int, count: int, field: bytes) -> tuple[int, ...]:
        """Return the values of an entry, () if they aren't whole numbers; many lie elsewhere in the file."""
        if kind not in _TYPES:
            return ()
        layout = f"{self._order}{min(count, MOST_VALUES)}{_TYPES[kind]}"
        size = struct.calcsize(f"{self._order}{_TYPES[kind]}") * count
        if size <= len(field):
            return struct.unpack_from(layout, field)
        place = self._file.tell()
        self._file.seek(struct.unpack(self._order + self._field, field)[0])
        data = self._file.read(struct.calcsize(layout))
        self._file.seek(place)
        return struct.unpack(layout, data)

    def _read(self, layout: str) -> int:
        data = self._file.read(struct.calcsize(f"{self._order}{layout}"))
        return int(struct.unpack(self._order + layout, data)[0])
