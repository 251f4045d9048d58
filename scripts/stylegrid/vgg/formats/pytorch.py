"""PyTorch's files, `.pth` and `.pt`: the tensors of a state dict, read without PyTorch and without unpickling.

torch.save writes a pickle that describes the tensors, and their storages: in a ZIP file or, before PyTorch 1.6, one
after another.
"""

import io
import sys
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import ml_dtypes  # noqa: F401  (gives NumPy its bfloat16)
import numpy as np

from stylegrid.errors import WeightsError
from stylegrid.text import plain
from stylegrid.vgg.formats import pytorch_pickle, zip_archive
from stylegrid.vgg.formats.pytorch_tensors import Storage, Tensor

LARGEST_PICKLE = 4_000_000  # bytes; VGG19's has 10,000
LARGEST_STORAGES = 250_000_000  # bytes that are read; VGG19's convolutions in double precision have 160 million
MAGIC_NUMBER, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # of the older format
NESTS = ("state_dict", "model")  # keys of a checkpoint's state dict


class _Content(NamedTuple):
    """The value of a file's pickle, a function that returns a storage's bytes, and the byte order."""

    tree: Any
    read: Callable[[Storage], bytes]
    little_endian: bool


def read_shapes(source: Path | BinaryIO) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all tensors of a PyTorch file by name, without reading the storages.

    Raises WeightsError if it isn't one, or holds anything but data; OSError if it can't be opened.
    """
    with _open(source) as content:
        return {name: tensor.shape for name, tensor in _tensors(content.tree).items()}


def read_tensors(source: Path | BinaryIO, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """Return tensors of a PyTorch file by name, all unless `names` are given, in the file's own precision.

    Raises WeightsError if it isn't one, holds anything but data, or lacks a name; OSError if it can't be opened.
    """
    with _open(source) as content:
        tensors = _tensors(content.tree)
        if missing := set(names or ()) - tensors.keys():
            raise ValueError(f"it has no {sorted(missing)[0]}")
        return _read(content, tensors if names is None else {name: tensors[name] for name in names})


@contextmanager
def _open(source: Path | BinaryIO) -> Iterator[_Content]:
    """Context manager yielding a file's content; raises WeightsError for its faults, also while it is read."""
    name = source if isinstance(source, Path) else getattr(source, "name", "the file")
    try:
        with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
            is_zip = file.read(2) == b"PK"
            file.seek(0)
            if is_zip:
                with zip_archive.open_zip(file, name) as archive:
                    yield _read_zip(archive)
            else:
                yield _read_stream(file)
    except ValueError as error:
        raise WeightsError(f"{name}: cannot be read as a PyTorch file: {plain(str(error))}") from error


def _tensors(tree: Any) -> dict[str, Tensor]:
    """Return the tensors of a state dict, bare or in a checkpoint."""
    found = tree if isinstance(tree, dict) else {}
    found = next((found[key] for key in NESTS if isinstance(found.get(key), dict)), found)
    tensors = {name: value for name, value in found.items() if isinstance(name, str) and isinstance(value, Tensor)}
    if not tensors:
        raise ValueError("it has no state dict; save model.state_dict()")
    return tensors


def _read(content: _Content, tensors: dict[str, Tensor]) -> dict[str, np.ndarray]:
    storages = {tensor.storage for tensor in tensors.values()}
    size = sum(storage.length * np.dtype(storage.dtype).itemsize for storage in storages)
    if size > LARGEST_STORAGES:
        raise ValueError(f"its tensors have {size} bytes; at most {LARGEST_STORAGES} are read")
    numbers = {storage: _numbers(content, storage) for storage in storages}
    return {name: _view(numbers[tensor.storage], tensor) for name, tensor in tensors.items()}


def _numbers(content: _Content, storage: Storage) -> np.ndarray:
    dtype = np.dtype(storage.dtype)
    data = content.read(storage)
    if len(data) != storage.length * dtype.itemsize:
        raise ValueError(
            f"its storage {storage.key} must have {storage.length} numbers of {dtype}, found {len(data)} bytes"
        )
    numbers = np.frombuffer(data, dtype)
    return numbers if content.little_endian == (sys.byteorder == "little") else numbers.byteswap()


def _view(numbers: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Return a tensor as a view on its storage; pytorch_tensors checked that the storage is large enough."""
    strides = [stride * numbers.itemsize for stride in tensor.strides]
    return np.lib.stride_tricks.as_strided(numbers[tensor.offset :], tensor.shape, strides, writeable=False)


def _read_zip(archive: zipfile.ZipFile) -> _Content:
    pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise ValueError("its ZIP must have one data.pkl, as torch.save writes it")
    folder = pickles[0].removesuffix("data.pkl")
    order = f"{folder}byteorder"
    big = order in archive.namelist() and zip_archive.read_entry(archive, order, 10) == b"big"
    tree = pytorch_pickle.load(io.BytesIO(zip_archive.read_entry(archive, pickles[0], LARGEST_PICKLE)))

    def read(storage: Storage) -> bytes:
        return zip_archive.read_entry(archive, f"{folder}data/{storage.key}", LARGEST_STORAGES)

    return _Content(tree, read, not big)


def _read_stream(file: BinaryIO) -> _Content:
    """Return the content of a file of the older format.

    It has five pickles: magic number, protocol version, machine, tensors, and the keys of their storages. The storages
    follow, each after the count of its numbers in 8 bytes.
    """
    head, storages = io.BytesIO(file.read(LARGEST_PICKLE)), dict[str, Storage]()
    magic, protocol, machine = (pytorch_pickle.load(head) for _ in range(3))
    if (magic, protocol) != (MAGIC_NUMBER, PROTOCOL):
        raise ValueError("it does not begin as one")
    tree, keys = pytorch_pickle.load(head, storages), pytorch_pickle.load(head)
    little = not isinstance(machine, dict) or machine.get("little_endian") is not False
    offsets = _offsets(file, head.tell(), keys, storages)

    def read(storage: Storage) -> bytes:
        file.seek(offsets[storage.key])
        return file.read(storage.length * np.dtype(storage.dtype).itemsize)

    return _Content(tree, read, little)


def _offsets(file: BinaryIO, place: int, keys: Any, storages: dict[str, Storage]) -> dict[str, int]:
    """Return the position of each storage's numbers; the storages follow one another from `place` on."""
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys) or set(keys) != storages.keys():
        raise ValueError("it does not list its storages")
    end, offsets = file.seek(0, io.SEEK_END), {}
    for key in keys:
        file.seek(place)
        count = int.from_bytes(file.read(8), "little", signed=True)
        if count != storages[key].length:
            raise ValueError(f"its storage {key} must have {storages[key].length} numbers, found {count}")
        offsets[key] = place + 8
        place += 8 + count * np.dtype(storages[key].dtype).itemsize
    if place != end:
        raise ValueError(f"it must have {place} bytes, found {end}")
    return offsets
