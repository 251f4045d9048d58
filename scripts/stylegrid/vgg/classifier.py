"""VGG19's classifier, if a weights file has one: the ImageNet classes of a picture."""

from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import tensorflow as tf

from stylegrid.pictures.images import Picture
from stylegrid.vgg.features import POOLINGS, extractor
from stylegrid.vgg.formats.keras_hdf5 import read_dense
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.preprocessing import PREPROCESSINGS

SIDE = 224  # of the classifier's input, in pixels

# The 1,000 classes of ILSVRC 2012, sorted by WordNet id as in Keras' and torchvision's networks: torchvision 0.26.0,
# torchvision/models/_meta.py.
NAMES = Path(__file__).with_name("imagenet_classes.txt")


class Guess(NamedTuple):
    """A class and its probability."""

    name: str
    probability: float


def read_classifier(path: Path) -> Weights | None:
    """Return fc1, fc2 and predictions of a Keras file, `.h5` or `.weights.h5`; None for any file without a classifier.

    Other formats are not supported: None. Raises WeightsError if a layer is missing or has another shape.
    """
    return read_dense(path) if h5py.is_hdf5(path) else None


def class_names() -> list[str]:
    """Return the names of the 1,000 classes, in the order of the classifier's outputs."""
    return NAMES.read_text(encoding="utf-8").splitlines()


def classify(weights: Weights, classifier: Weights, picture: Picture, count: int = 5) -> list[Guess]:
    """Return the most probable classes of a picture (1, height, width, 3), as in TensorFlow's tutorial.

    The picture is resized to 224 x 224 (bilinear), with Keras' preprocessing. The flattened output x of the last
    pooling goes through relu(x K + b) twice and softmax(x K + b).
    """
    square = tf.image.resize(picture, (SIDE, SIDE))
    extract = extractor(weights, ["relu5_4"], "max", "zero")
    pooled = POOLINGS["max"](extract(PREPROCESSINGS["caffe"].to_network(square))["relu5_4"], "VALID")
    x = np.asarray(pooled).reshape(-1)
    for name, (kernel, bias) in classifier.items():
        x = x @ kernel + bias
        x = x if name == "predictions" else np.maximum(x, 0)
    probabilities = np.exp(x - x.max()) / np.exp(x - x.max()).sum()
    names = class_names()
    return [
        Guess(names[index], float(probabilities[index])) for index in np.argsort(-probabilities, kind="stable")[:count]
    ]
