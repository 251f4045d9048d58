"""Which weights a gallery is painted with: one choice, its file, and that file's SHA-256."""

from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from stylegrid import files
from stylegrid.errors import RecordError, WeightsError
from stylegrid.frozen import Frozen
from stylegrid.vgg.published import fetch_imagenet
from stylegrid.vgg.untrained import UNTRAINED_FILE, make_untrained
from stylegrid.vgg.weights_file import read_weights

UNTRAINED_NOTICE = (
    "untrained network: painted by VGG19 with random weights, because the ImageNet weights were not chosen or not "
    "to be had"
)


class Backbone(Frozen):
    """The weights that a whole gallery is painted with: which they are, the file, and its SHA-256."""

    name: Literal["imagenet", "untrained", "file"]
    path: str
    sha256: str

    @property
    def notice(self) -> str:
        """Return what a viewer should be told of these weights; empty for trained ones."""
        return UNTRAINED_NOTICE if self.name == "untrained" else ""


def choose_backbone(weights: str, folder: Path) -> Backbone:
    """Return the backbone that the setting `weights` asks for, fetching or making its file in `folder` if need be.

    `auto` takes ImageNet weights if they are there or can be fetched, and an untrained network otherwise.
    Raises WeightsError when the file can't be had or isn't VGG19's.
    """
    if weights == "untrained":
        return _backbone("untrained", make_untrained(folder / UNTRAINED_FILE))
    if weights not in ("auto", "imagenet"):
        return _backbone("file", Path(weights))
    try:
        return _backbone("imagenet", fetch_imagenet(folder))
    except WeightsError:
        if weights == "imagenet":
            raise
        return _backbone("untrained", make_untrained(folder / UNTRAINED_FILE))


def identify_weights(weights: str) -> str:
    """Return what tells one choice of `weights` from another: the word, or the SHA-256 of the file it names.

    Raises WeightsError when the file isn't VGG19's.
    """
    return weights if weights in ("auto", "imagenet", "untrained") else _backbone("file", Path(weights)).sha256


def _backbone(name: Any, path: Path) -> Backbone:
    read_weights(path)
    return Backbone(name=name, path=str(path), sha256=files.sha256(path))


def read_backbone(path: Path) -> Backbone:
    """Return the backbone that was written down for a gallery; raises RecordError when the file isn't one."""
    try:
        return Backbone.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: does not name a backbone; delete it and run again") from error
