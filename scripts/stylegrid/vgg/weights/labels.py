"""What the weights are called, and what people are told of them: a short name, and a warning of untrained ones."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

WORDS = ("auto", "imagenet-8bit", "imagenet", "untrained")  # what the setting `weights` may be, beside a file

Name = Literal["imagenet", "imagenet-8bit", "untrained", "file"]  # what a choice has come to

_LABELS = {"imagenet": "ImageNet", "imagenet-8bit": "ImageNet (8 bits)", "untrained": "untrained"}
_HOUSE = "stylegrid"  # the preset that is this project's own, and the beginning of its variants' names


def label(name: str, path: str | None) -> str:
    """Return the short name of a backbone, such as `ImageNet (8 bits)`; of a file of one's own, the file's name."""
    return _LABELS.get(name) or (Path(path).name if path else name)


def warning(name: str, presets: Iterable[str] = ()) -> str:
    """Return what a viewer must know of a backbone that painted by recipes, with the cure; "" of trained ones.

    Tried at 128 px with untrained weights: gatys2015, jcjohnson, crowson and tf-tutorial paint noise.
    """
    if name != "untrained":
        return ""
    published = sorted({preset for preset in presets if not preset.startswith(_HOUSE)})
    noise = f"; recipes made for trained weights paint noise with it: {', '.join(published)}" if published else ""
    cure = "for trained ones set weights to auto, and delete the results folder's backbone.json if it is auto already"
    return f"untrained network: VGG19 with random weights{noise}; {cure}"
