"""Is this the right network? Statistics of its layers for a picture, beside published ones for another picture.

TensorFlow's tutorial (tensorflow/docs, site/en/tutorials/generative/style_transfer.ipynb, with its output on
tensorflow.org) prints them for Kandinsky's Composition VII. It feeds RGB of 0 to 255, without Keras' preprocessing, to
VGG19 with ImageNet weights. Its Gram matrices are of pictures with Keras' preprocessing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.doctor.installation import Check
from stylegrid.errors import ImageError
from stylegrid.method.gram import gram_matrix
from stylegrid.pictures import images
from stylegrid.pictures.images import Picture
from stylegrid.vgg.architecture import CONVOLUTIONS, smallest_side
from stylegrid.vgg.features import extractor
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.preprocessing import PREPROCESSINGS

SIDE = 512  # longest, in pixels
SOURCE = (
    "TensorFlow's tutorial Neural style transfer, www.tensorflow.org/tutorials/generative/style_transfer: "
    "Kandinsky, Composition VII"
)


class Known(NamedTuple):
    """The tutorial's statistics of a layer's activations; the minimum is 0."""

    maximum: float
    mean: float


KNOWN = {
    "block1_conv1": Known(835.5256, 33.97525),
    "block2_conv1": Known(4625.8857, 199.82687),
    "block3_conv1": Known(8789.239, 230.78099),
    "block4_conv1": Known(21566.135, 791.24005),
    "block5_conv1": Known(3189.2542, 59.179478),
}
_LAYERS = {conv.keras_name: conv.after_relu for conv in CONVOLUTIONS}

# Ratios of means to the known ones for 16 photographs and paintings: trained network 0.3 to 1.3, a picture's largest
# at most 1.7 times its smallest. Untrained: 15 and more; two layers exchanged: 12; input in [0, 1]: 0.015.
FARTHEST, WIDEST = 10.0, 4.0


class Statistics(NamedTuple):
    """The shape of an array without its batch axis, and its minimum, maximum and mean."""

    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float


class Layer(NamedTuple):
    """A layer for one picture: its activations, the known ones, and its Gram matrix."""

    name: str
    activations: Statistics
    known: Known
    gram: Statistics

    @property
    def ratio(self) -> float:
        """Return the mean activation over the known one."""
        return self.activations.mean / self.known.mean


def read_picture(path: Path) -> Picture:
    """Return a picture scaled to a longest side of 512 px as the tutorial does: bilinear, other side rounded down.

    Raises ImageError if it can't be read, or is so narrow that a layer would be empty.
    """
    picture = images.read(path)
    _, height, width, _ = picture.shape
    size = tuple(side * SIDE // max(height, width) for side in (height, width))
    needed = smallest_side(tuple(_LAYERS[name] for name in KNOWN))
    if min(size) < needed:
        raise ImageError(
            f"{path}: is {width}x{height} px; must be at most {SIDE // needed} times as long as wide; choose another"
        )
    return tf.image.resize(picture, size).numpy()


def measure(weights: Weights, picture: Picture) -> list[Layer]:
    """Return the statistics of the known layers for a picture (1, height, width, 3).

    Zero padding, max pooling, float32. Activations are of RGB times 255; Gram matrices, averaged over positions, are of
    the picture with Keras' preprocessing.
    """
    extract = extractor(weights, [_LAYERS[name] for name in KNOWN], "max", "zero")
    raw = extract(PREPROCESSINGS["raw"].to_network(tf.constant(picture)))
    preprocessed = extract(PREPROCESSINGS["caffe"].to_network(tf.constant(picture)))
    return [
        Layer(name, statistics(raw[_LAYERS[name]]), known, statistics(gram_matrix(preprocessed[_LAYERS[name]])))
        for name, known in KNOWN.items()
    ]


def statistics(batch: tf.Tensor) -> Statistics:
    """Return the statistics of the only array in a batch."""
    array = np.asarray(batch)[0]
    return Statistics(array.shape, float(array.min()), float(array.max()), float(array.mean(dtype=np.float64)))


def check_layers(layers: Sequence[Layer]) -> Check:
    """Check the ratios of mean activations to the known ones: each within a factor of 10, largest <= 4 * smallest.

    A wrong layer, random weights or a wrong input scale exceed that. Means don't show the order of colour channels, nor
    flipped kernels.
    """
    ratios = [layer.ratio for layer in layers]
    low, high = min(ratios), max(ratios)
    text = f"mean activations are {low:.2g} to {high:.2g} of the tutorial's"
    if low >= 1 / FARTHEST and high <= FARTHEST and high <= WIDEST * low:
        return Check("ok", "layers", f"{text}, as another picture's are by the same network")
    remedy = "set weights to auto, or check where the file comes from and which input it is made for"
    return Check("warning", "layers", f"{text}: this is not the network that the tutorial has", remedy)
