"""Is this network the right one? Statistics of its layers for a picture, beside those that are known of another.

TensorFlow's tutorial (tensorflow/docs, site/en/tutorials/generative/style_transfer.ipynb, whose output stands on
tensorflow.org) prints them of Kandinsky's Composition VII. It feeds that picture as RGB of 0 to 255, without
Keras' preprocessing, to VGG19 with ImageNet weights. Its Gram matrices are of pictures that Keras preprocessed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.doctor.checks import Check
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
    """What the tutorial prints of a layer; the minimum is 0."""

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

# Means of 16 photographs and paintings by the trained network: 0.3 to 1.3 of the known ones, a picture's largest ratio
# at most 1.7 times its smallest. Untrained: 15 times and more; two layers exchanged: 12; levels of 1: 0.015 of them.
FARTHEST, WIDEST = 10.0, 4.0


class Statistics(NamedTuple):
    """The shape of an array without its batch, and its least, greatest and mean value."""

    shape: tuple[int, ...]
    minimum: float
    maximum: float
    mean: float


class Layer(NamedTuple):
    """A layer of one picture: its activations beside what is known, and its Gram matrix."""

    name: str
    activations: Statistics
    known: Known
    gram: Statistics

    @property
    def ratio(self) -> float:
        """Return the mean activation over the known one."""
        return self.activations.mean / self.known.mean


def read_picture(path: Path) -> Picture:
    """Return a picture with its longest side at 512 px, as the tutorial scales it: bilinear, other side rounded down.

    Raises ImageError when it can't be read, or is so narrow that a layer would be empty.
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

    Zero padding, max pooling, float32. Activations are of RGB times 255; Gram matrices, sums over positions divided by
    their number, are of the picture as Keras preprocesses it.
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
    """Return whether means stand to the known ones as another picture's do: each within a factor of 10, and similar.

    Similar: the largest ratio at most 4 times the smallest. A wrong layer, random weights or a wrong scale of the input
    is off by more. Means don't tell the order of its colours, nor kernels that are turned round.
    """
    ratios = [layer.ratio for layer in layers]
    low, high = min(ratios), max(ratios)
    text = f"mean activations are {low:.2g} to {high:.2g} of the tutorial's"
    if low >= 1 / FARTHEST and high <= FARTHEST and high <= WIDEST * low:
        return Check("ok", "layers", f"{text}, as another picture's are by the same network")
    remedy = "set weights to auto, or check where the file comes from and which input it is made for"
    return Check("warning", "layers", f"{text}: this is not the network that the tutorial has", remedy)
