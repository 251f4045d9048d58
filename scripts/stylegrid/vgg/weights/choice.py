"""The weights a gallery is painted with: one choice, its file, and that file's SHA-256."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import ValidationError

from stylegrid import CHECKOUT, files
from stylegrid.errors import RecordError
from stylegrid.models import FrozenModel
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights import labels
from stylegrid.vgg.weights.download import IMAGENET_FILE, fetch_imagenet, find_imagenet, is_imagenet, keras_cache
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE, VALUES_SHA256, hash_values, make_eight_bit
from stylegrid.vgg.weights.read import read_weights
from stylegrid.vgg.weights.untrained import UNTRAINED_FILE, make_untrained, random_weights


class Backbone(FrozenModel):
    """The weights of a whole gallery: name, file, and SHA-256 of the file."""

    name: labels.Name
    path: str
    sha256: str

    def warning(self, presets: Iterable[str] = ()) -> str:
        """Return the warning about pictures that untrained weights paint by these presets; "" for trained weights."""
        return labels.warning(self.name, presets)


# The functions that return the checked file of each word of the setting `weights`, made or downloaded into a folder.
_PROVIDERS: Mapping[str, Callable[[Path], Path]] = MappingProxyType(
    {
        "imagenet": fetch_imagenet,
        "imagenet-8bit": make_eight_bit,
        "untrained": lambda folder: make_untrained(folder / UNTRAINED_FILE),
    }
)


def weights_folder() -> Path:
    """Return this checkout's data/vgg19; relative if the checkout is the working directory, so that it can be moved."""
    return Path("data/vgg19") if Path.cwd() == CHECKOUT else CHECKOUT / "data" / "vgg19"


def choose_backbone(weights: str, folder: Path) -> Backbone:
    """Return the backbone of the setting `weights`; downloads or makes its file in `folder` if it is missing.

    `auto` is Keras' published file if it lies in the folder, else the 8-bit weights; never an untrained network. Raises
    WeightsError if the file can't be had or isn't VGG19's.
    """
    if weights == "auto":
        found = find_imagenet(folder)
        return _backbone("imagenet", found) if found else choose_backbone("imagenet-8bit", folder)
    if weights in _PROVIDERS:
        return _backbone(weights, _PROVIDERS[weights](folder))
    return _file_backbone(Path(weights))


def identify_weights(weights: str) -> str:
    """Return the identity of a choice of `weights`: the word, or the SHA-256 of the file it names.

    Raises WeightsError if the file isn't VGG19's.
    """
    return weights if weights in labels.WORDS else _file_backbone(Path(weights)).sha256


def find_weights(weights: str, folder: Path) -> Path | None:
    """Return the file of the setting `weights`, or None if it is yet to be downloaded or made in `folder`.

    A path is returned whether or not the file exists. Raises WeightsError if another file has the name of Keras'.
    """
    if weights == "auto":
        return find_imagenet(folder) or find_weights("imagenet-8bit", folder)
    if weights == "imagenet":
        return next((path for path in (folder / IMAGENET_FILE, keras_cache()) if is_imagenet(path)), None)
    made = {"imagenet-8bit": folder / EIGHT_BIT_FILE, "untrained": folder / UNTRAINED_FILE}
    path = made.get(weights, Path(weights))
    return path if path.is_file() or weights not in made else None


def identify_network(path: Path | None, weights: Weights) -> labels.Name:
    """Return the name of a network by its values, and of Keras' published one by the MD5 of its file."""
    if path is not None and is_imagenet(path):
        return "imagenet"
    if hash_values(weights) == VALUES_SHA256:
        return "imagenet-8bit"
    return "untrained" if _equal(weights, random_weights()) else "file"


def read_backbone(path: Path) -> Backbone:
    """Return the backbone recorded for a gallery; raises RecordError if the file isn't one."""
    try:
        return Backbone.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: does not name a backbone; delete it and run again") from error


def _file_backbone(path: Path) -> Backbone:
    read_weights(path)
    return _backbone("file", path)


def _backbone(name: Any, path: Path) -> Backbone:
    return Backbone(name=name, path=str(path), sha256=files.sha256(path))


def _equal(weights: Weights, others: Weights) -> bool:
    return all(np.array_equal(weights[name][part], others[name][part]) for name in others for part in (0, 1))
