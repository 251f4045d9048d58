"""The names of weights in settings and reports, and the warning about untrained ones."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

WORDS = ("auto", "imagenet-8bit", "imagenet", "untrained")  # values of the setting `weights`, beside a file

Name = Literal["imagenet", "imagenet-8bit", "untrained", "file"]  # of a backbone

_LABELS = {"imagenet": "ImageNet", "imagenet-8bit": "ImageNet (8 bits)", "untrained": "untrained"}
_HOUSE = "stylegrid"  # the prefix of this project's own presets
_FOR_UNTRAINED = "stylegrid-untrained"


def label(name: str, path: str | None) -> str:
    """Return the short name of a backbone, such as `ImageNet (8 bits)`; for a user's own file, the file's name."""
    return _LABELS.get(name) or (Path(path).name if path else name)


def warning(name: str, presets: Iterable[str] = ()) -> str:
    """Return the warning about a backbone that painted by `presets`, with the remedies; "" for trained weights.

    Tried at 128 px with untrained weights: gatys2015, jcjohnson, crowson and tf-tutorial paint noise.
    """
    if name != "untrained":
        return ""
    used = set(presets)
    published = sorted(preset for preset in used if not preset.startswith(_HOUSE))
    noise = f"; recipes made for trained weights paint noise with it: {', '.join(published)}" if published else ""
    best = "" if used == {_FOR_UNTRAINED} else f"preset {_FOR_UNTRAINED} is made for it; "
    cure = "for trained ones set weights to auto, and delete the results folder's backbone.json if it is auto already"
    return f"untrained network: VGG19 with random weights{noise}; {best}{cure}"
