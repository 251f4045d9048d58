"""VGG19's weights in Keras' HDF5 files: read and checked layer by layer, and written."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.text import plain
from stylegrid.vgg.architecture import CLASSIFIER, CONVOLUTIONS, Convolution, Dense
from stylegrid.vgg.layers import Weights, check_floating, check_shapes, to_single

NAMES = {*(conv.keras_name for conv in CONVOLUTIONS), *(dense.keras_name for dense in CLASSIFIER)}
MOST_ITEMS = 200  # of a group; VGG19 has 26 layers
DEEPEST = 2  # nested groups in a layer's group
DEEPEST_MODEL, MOST_GROUPS = 7, 1000  # groups above VGG19's layers in a larger model, and groups that are looked at
MOST_SHOWN, LONGEST_NAME = 4, 40  # names in a message, and characters of each


def write_keras(path: Path, weights: Weights) -> None:
    """Write weights in the HDF5 format of Keras' published VGG19, whole or not at all.

    Raises RecordError if they can't be written.
    """
    # In memory: on a full disk HDF5 fails with a RuntimeError when it closes the file.
    with h5py.File(path.name, "w", driver="core", backing_store=False) as file:
        file.attrs["layer_names"] = [name.encode() for name in weights]
        for name, arrays in weights.items():
            _write_layer(file.create_group(name), name, arrays)
        file.flush()
        image = file.id.get_file_image()
    files.write_bytes(path, image, sync=False)


def _write_layer(group: h5py.Group, name: str, arrays: tuple[np.ndarray, np.ndarray]) -> None:
    names = (f"{name}_W_1:0", f"{name}_b_1:0")
    group.attrs["weight_names"] = [text.encode() for text in names]
    for text, array in zip(names, arrays, strict=True):
        group.create_dataset(text, data=array)


def read_hdf5(path: Path, place: Path | None = None) -> Weights:
    """Return the convolutions of a Keras file of VGG19, `.h5` or `.weights.h5`, with or without its classifier.

    `place` is the path of the HDF5 file if it was unpacked from `path`. Raises WeightsError naming `path` and, if it
    differs from VGG19, the layer and shapes.
    """
    with _open_layers(path, place or path) as layers:
        return {conv.keras_name: _read_layer(path, conv, layers) for conv in CONVOLUTIONS}


def read_dense(path: Path) -> Weights | None:
    """Return fc1, fc2 and predictions of a Keras file, kernels (in, out); None if it has no classifier.

    Raises WeightsError naming the file, and the layer that is missing or has another shape.
    """
    with _open_layers(path, path) as layers:
        if not any(dense.keras_name in layers for dense in CLASSIFIER):
            return None
        return {dense.keras_name: _read_layer(path, dense, layers) for dense in CLASSIFIER}


@contextmanager
def _open_layers(path: Path, place: Path) -> Iterator[dict[str, h5py.Group]]:
    """Context manager yielding the layers of a Keras file by name; raises WeightsError for any fault of the file."""
    try:
        with h5py.File(place, "r") as file:
            yield _find_layers(path, file)
    except WeightsError:
        raise
    except Exception as error:  # h5py raises errors of many kinds on other files
        reason = plain(" ".join(str(error).replace(str(place), "").split()))
        raise WeightsError(f"{path}: is not a Keras weights file in HDF5 ({reason})") from error


def _find_layers(path: Path, file: h5py.File) -> dict[str, h5py.Group]:
    """Return the layers of VGG19 by name, wherever in a file they are: it may be one part of a larger model.

    In a `.h5` file layers have their names; in a `.weights.h5` file convolutions are numbered. Raises WeightsError
    saying what was found if there are none.
    """
    groups = list(_groups(path, file))
    candidates = [*groups, *(_numbered(path, items) for items in groups)]
    most = max(candidates, key=lambda layers: len(NAMES & layers.keys()))
    if NAMES & most.keys():
        return most
    found = ", ".join(plain(name[:LONGEST_NAME]) for name in list(groups[0])[:MOST_SHOWN]) or "nothing"
    raise WeightsError(
        f"{path}: is not VGG19: has neither layers named block1_conv1, ... nor 16 convolutions numbered conv2d, "
        f"conv2d_1, ...; found {found}; load the network in Keras and save VGG19 alone, with save_weights()"
    )


def _groups(path: Path, file: h5py.File) -> Iterator[dict[str, Any]]:
    """Yield the items of a file's groups, outer ones first, down to a depth and up to a number."""
    seen: set[int] = set()  # by address, as groups may contain themselves
    level = [file]
    for _ in range(DEEPEST_MODEL):
        found = []
        for group in level:
            address = h5py.h5o.get_info(group.id).addr
            if address not in seen and len(seen) < MOST_GROUPS:
                seen.add(address)
                found.append(_items(path, group))
        yield from found
        level = [item for items in found for item in items.values() if isinstance(item, h5py.Group)]


def _numbered(path: Path, items: dict[str, Any]) -> dict[str, h5py.Group]:
    """Return the layers in a group of a `.weights.h5` file, named conv2d, conv2d_1, ..., dense, dense_1, ..."""
    found: dict[str, h5py.Group] = {}
    items = {name: item for name, item in items.items() if isinstance(item, h5py.Group) and "vars" in item}
    kinds: dict[str, Sequence[Convolution | Dense]] = {"conv2d": CONVOLUTIONS, "dense": CLASSIFIER}
    for kind, plan in kinds.items():
        numbers = {name: int(match[1] or 0) for name in items if (match := re.fullmatch(rf"{kind}(?:_(\d+))?", name))}
        in_order = zip(plan, sorted(numbers, key=numbers.__getitem__), strict=False)
        found |= {layer.keras_name: _items(path, items[name])["vars"] for layer, name in in_order}
    return found


def _items(path: Path, group: h5py.Group) -> dict[str, Any]:
    """Return a group's items by name; raises WeightsError if one is stored in another file."""
    for name in group:
        if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
            raise WeightsError(f"{path}: {plain(name)} is a link to another file; save the weights as one file")
    if len(group) > MOST_ITEMS:
        raise WeightsError(f"{path}: a group holds {len(group)} items, VGG19's at most {MOST_ITEMS}")
    items = dict(group.items())
    for name, item in items.items():
        if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
            raise WeightsError(f"{path}: {plain(name)} is kept in another file; save the weights as one file")
    return items


def _read_layer(path: Path, conv: Convolution | Dense, layers: dict[str, h5py.Group]) -> tuple[np.ndarray, np.ndarray]:
    if conv.keras_name not in layers:
        raise WeightsError(f"{path}: is not VGG19: layer {conv.keras_name} is missing")
    datasets = sorted(_datasets(path, layers[conv.keras_name]), key=lambda dataset: -dataset.ndim)
    oversized = [dataset.name for dataset in datasets if _chunks_exceed(dataset)]
    if oversized:
        raise WeightsError(
            f"{path}: {plain(oversized[0])} is kept in chunks larger than itself; save the weights again"
        )
    check_shapes(path, conv, [dataset.shape for dataset in datasets])
    check_floating(path, conv, *(dataset.dtype for dataset in datasets))
    kernel, bias = (np.asarray(dataset, dtype=np.float32) for dataset in datasets)
    return to_single(path, conv, kernel, bias)


def _datasets(path: Path, group: h5py.Group, depth: int = DEEPEST) -> Iterator[h5py.Dataset]:
    """Yield the datasets below a group; raises WeightsError if groups are nested too deep, or contain themselves."""
    for item in _items(path, group).values():
        if isinstance(item, h5py.Dataset):
            yield item
        elif isinstance(item, h5py.Group) and depth:
            yield from _datasets(path, item, depth - 1)
        elif isinstance(item, h5py.Group):
            raise WeightsError(f"{path}: is not VGG19: groups within groups at {plain(group.name)}")


def _chunks_exceed(dataset: h5py.Dataset) -> bool:
    """Return whether HDF5 chunks exceed the dataset (a decompression bomb)."""
    return any(chunk > side for chunk, side in zip(dataset.chunks or (), dataset.shape, strict=False))
