"""Which network a file holds, told by its numbers, and which file a choice of weights means; nothing is fetched."""

from pathlib import Path

import numpy as np

from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE, VALUES_SHA256, hash_values
from stylegrid.vgg.weights.labels import Name
from stylegrid.vgg.weights.published import IMAGENET_FILE, find_imagenet, is_imagenet, keras_cache
from stylegrid.vgg.weights.untrained import UNTRAINED_FILE, random_weights


def find_weights(weights: str, folder: Path) -> Path | None:
    """Return the file that the setting `weights` means, None where it has yet to be fetched or made in `folder`.

    A path is returned whether or not there is a file. Raises WeightsError where another file has the name of Keras'.
    """
    if weights == "auto":
        return find_imagenet(folder) or find_weights("imagenet-8bit", folder)
    if weights == "imagenet":
        return next((path for path in (folder / IMAGENET_FILE, keras_cache()) if is_imagenet(path)), None)
    made = {"imagenet-8bit": folder / EIGHT_BIT_FILE, "untrained": folder / UNTRAINED_FILE}
    path = made.get(weights, Path(weights))
    return path if path.is_file() or weights not in made else None


def identify(path: Path | None, weights: Weights) -> Name:
    """Return which network weights are, by their values; Keras' published one by the MD5 of its file."""
    if path is not None and is_imagenet(path):
        return "imagenet"
    if hash_values(weights) == VALUES_SHA256:
        return "imagenet-8bit"
    return "untrained" if _equal(weights, random_weights()) else "file"


def _equal(weights: Weights, others: Weights) -> bool:
    return all(np.array_equal(weights[name][part], others[name][part]) for name in others for part in (0, 1))
