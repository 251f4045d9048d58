"""Which weights a gallery is painted with: one choice, its file, and that file's SHA-256."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from stylegrid import CHECKOUT, files
from stylegrid.errors import RecordError
from stylegrid.models import FrozenModel
from stylegrid.vgg.weights import labels
from stylegrid.vgg.weights.eight_bit import make_eight_bit
from stylegrid.vgg.weights.published import fetch_imagenet, find_imagenet
from stylegrid.vgg.weights.read import read_weights
from stylegrid.vgg.weights.untrained import UNTRAINED_FILE, make_untrained


class Backbone(FrozenModel):
    """The weights that a whole gallery is painted with: which they are, the file, and its SHA-256."""

    name: labels.Name
    path: str
    sha256: str

    def warning(self, presets: Iterable[str] = ()) -> str:
        """Return what a viewer must know of pictures that these weights paint by presets; "" of trained weights."""
        return labels.warning(self.name, presets)


# What each word of the setting `weights` has made, fetched or found in a folder, checked; it returns the file.
_PROVIDERS: Mapping[str, Callable[[Path], Path]] = MappingProxyType(
    {
        "imagenet": fetch_imagenet,
        "imagenet-8bit": make_eight_bit,
        "untrained": lambda folder: make_untrained(folder / UNTRAINED_FILE),
    }
)


def weights_folder() -> Path:
    """Return this checkout's data/vgg19; relative to it where one works in it, so that it can be moved."""
    return Path("data/vgg19") if Path.cwd() == CHECKOUT else CHECKOUT / "data" / "vgg19"


def choose_backbone(weights: str, folder: Path) -> Backbone:
    """Return the backbone that the setting `weights` asks for, fetching or making its file in `folder` if need be.

    `auto` takes Keras' own file if it lies in the folder, and otherwise the 8-bit weights; never an untrained network.
    Raises WeightsError when the file can't be had or isn't VGG19's.
    """
    if weights == "auto":
        found = find_imagenet(folder)
        return _backbone("imagenet", found) if found else choose_backbone("imagenet-8bit", folder)
    if weights in _PROVIDERS:
        return _backbone(weights, _PROVIDERS[weights](folder))
    return _own_file(Path(weights))


def identify_weights(weights: str) -> str:
    """Return what tells one choice of `weights` from another: the word, or the SHA-256 of the file it names.

    Raises WeightsError when the file isn't VGG19's.
    """
    return weights if weights in labels.WORDS else _own_file(Path(weights)).sha256


def _own_file(path: Path) -> Backbone:
    read_weights(path)
    return _backbone("file", path)


def _backbone(name: Any, path: Path) -> Backbone:
    return Backbone(name=name, path=str(path), sha256=files.sha256(path))


def read_backbone(path: Path) -> Backbone:
    """Return the backbone that was written down for a gallery; raises RecordError when the file isn't one."""
    try:
        return Backbone.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: does not name a backbone; delete it and run again") from error
