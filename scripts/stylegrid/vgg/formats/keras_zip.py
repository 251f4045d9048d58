"""Keras' `.keras` files: of the ZIP only the weights are read, as data; the model it describes is never built."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.text import plain
from stylegrid.vgg.formats import zip_archive
from stylegrid.vgg.formats.keras_hdf5 import read_hdf5
from stylegrid.vgg.layers import Weights

WEIGHTS, CONFIG = "model.weights.h5", "config.json"
LARGEST_WEIGHTS = 600_000_000  # bytes; VGG19 with its classifier has 575 million
LARGEST_CONFIG = 2_000_000  # bytes; VGG19's has 22,232
LONGEST_NAME = 60  # characters of a name shown in a message


def read_keras_zip(path: Path) -> Weights:
    """Return the weights of a `.keras` file of VGG19.

    Raises WeightsError if the model has objects that are not Keras' own, if an entry is too large, or if it differs
    from VGG19; RecordError if the temporary folder has no room.
    """
    with files.temporary_folder() as folder:
        copy = folder / "weights.h5"
        try:
            with path.open("rb") as file, zip_archive.open_zip(file, path) as archive, copy.open("wb") as unpacked:
                _check_config(zip_archive.read_entry(archive, CONFIG, LARGEST_CONFIG))
                unpacked.writelines(zip_archive.chunks(archive, WEIGHTS, LARGEST_WEIGHTS))
        except ValueError as error:
            raise WeightsError(f"{path}: cannot be read as a .keras file: {plain(str(error))}") from error
        return read_hdf5(path, copy)


def is_keras_zip(path: Path) -> bool:
    """Return whether a ZIP file is one of Keras'; raises WeightsError if it is damaged."""
    with path.open("rb") as file, zip_archive.open_zip(file, path) as archive:
        return WEIGHTS in archive.namelist()


def _check_config(data: bytes) -> None:
    """Raise ValueError for a model with custom objects or Python code."""
    try:
        config = json.loads(data)
    except RecursionError:
        raise ValueError("its config has too many lists within lists") from None
    for item in _objects(config):
        module, name, registered = (item.get(key) for key in ("module", "class_name", "registered_name"))
        of_keras = isinstance(module, str) and f"{module}.".startswith("keras.")
        inner = module is None and isinstance(name, str) and name.startswith("__") and name != "__lambda__"
        if not (of_keras or inner) or registered not in (None, name):
            found = ".".join(str(part) for part in (module, registered or name) if isinstance(part, str))
            raise ValueError(f"it has a custom object, {found[:LONGEST_NAME]}; save_weights() makes a file without")


def _objects(config: Any) -> Iterator[dict[str, Any]]:
    """Yield the descriptions of all objects in a config."""
    left = [config]
    while left:
        item = left.pop()
        left += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        if isinstance(item, dict) and ("class_name" in item or "registered_name" in item):
            yield item
