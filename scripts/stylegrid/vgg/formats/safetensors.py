"""The safetensors format: 8 bytes with the length of a JSON header, the header, and the numbers."""

import json
import math
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import ml_dtypes  # noqa: F401  (gives NumPy its bfloat16)
import numpy as np

from stylegrid.errors import WeightsError
from stylegrid.text import plain

LARGEST_HEADER = 2_000_000  # bytes; 10,000 tensors have about 1,000,000
LARGEST_NUMBERS = 250_000_000  # bytes that are read; VGG19's convolutions in double precision have 160 million
MOST_SIDES = 8
DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "bfloat16", "U8": "u1", "I32": "<i4", "I64": "<i8"}


class _Entry(NamedTuple):
    """A tensor of the header; `start` is the position of its numbers in the file."""

    dtype: np.dtype
    shape: tuple[int, ...]
    start: int

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of a file by name, from its header alone.

    Raises WeightsError if the header is damaged; OSError if it can't be opened.
    """
    with path.open("rb") as file:
        return {name: entry.shape for name, entry in _read_header(path, file).items()}


def read_tensors(path: Path, names: Collection[str]) -> dict[str, np.ndarray]:
    """Return the tensors `names` of a file, in its own precision.

    Raises WeightsError if the header is damaged or lacks a name; OSError if it can't be opened.
    """
    with path.open("rb") as file:
        header = _read_header(path, file)
        if missing := set(names) - header.keys():
            raise _fault(path, f"it has no {sorted(missing)[0]}")
        size = sum(header[name].size for name in names)
        if size > LARGEST_NUMBERS:
            raise _fault(path, f"its tensors have {size} bytes; at most {LARGEST_NUMBERS} are read")
        return {name: _read(file, header[name]) for name in names}


def _read(file: BinaryIO, entry: _Entry) -> np.ndarray:
    file.seek(entry.start)
    array = np.frombuffer(file.read(entry.size), entry.dtype).reshape(entry.shape)
    return array.byteswap() if array.dtype.name == "bfloat16" and sys.byteorder == "big" else array


def _read_header(path: Path, file: BinaryIO) -> dict[str, _Entry]:
    """Return the tensors of the header; all of them lie within the file."""
    length = int.from_bytes(file.read(8), "little")
    if length > LARGEST_HEADER:
        raise _fault(path, f"its header has {length} bytes; at most {LARGEST_HEADER} are read")
    try:
        header = json.loads(file.read(length))
        start, end = file.tell(), file.seek(0, 2)
        return {name: _entry(item, start, end) for name, item in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _fault(path, f"its header is damaged: {error}") from error


def _entry(item: Any, start: int, end: int) -> _Entry:
    """Return a tensor of the header; raises ValueError, KeyError or TypeError if it is malformed."""
    shape, (first, last) = item["shape"], item["data_offsets"]
    sides = [*shape, first, last]
    if len(shape) > MOST_SIDES or not all(type(side) is int and 0 <= side < 1 << 40 for side in sides):
        raise ValueError("a tensor's shape or place")
    if item["dtype"] not in DTYPES:
        raise ValueError(f"numbers of type {item['dtype']}; {', '.join(DTYPES)} are read")
    entry = _Entry(np.dtype(DTYPES[item["dtype"]]), tuple(shape), start + first)
    if entry.size != last - first or start + last > end:
        raise ValueError("a tensor's place is not where its numbers are")
    return entry


def _fault(path: Path, reason: str) -> WeightsError:
    return WeightsError(f"{path}: cannot be read as a safetensors file: {plain(reason)}")
