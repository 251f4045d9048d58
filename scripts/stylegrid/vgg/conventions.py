"""Input conventions of VGG19, and the conversion of weights between them; without TensorFlow."""

from typing import NamedTuple

import numpy as np

from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.layers import Weights

Channels = tuple[float, float, float]  # red, green, blue

# ImageNet's mean colour in levels of 255, as in Keras' `caffe` preprocessing (keras/applications/imagenet_utils.py);
# and mean and standard deviation in [0, 1], as in torchvision.
MEAN_LEVELS: Channels = (123.68, 116.779, 103.939)
MEAN: Channels = (0.485, 0.456, 0.406)
DEVIATION: Channels = (0.229, 0.224, 0.225)
LEVELS: Channels = (255.0, 255.0, 255.0)

FIRST = CONVOLUTIONS[0].keras_name


class Convention(NamedTuple):
    """The input of a network for a picture x, RGB in [0, 1]: (x - mean) * scale by channel, blue first if `bgr`."""

    name: str
    bgr: bool
    scale: Channels
    mean: Channels

    @property
    def gain(self) -> float:
        """Return the factor on activations in a network of levels: 255 times the mean of 1 / scale."""
        return sum(255 / scale for scale in self.scale) / 3


def levels(values: Channels, scale: float = 255) -> Channels:
    """Return a colour in [0, 1] from levels."""
    red, green, blue = values
    return red / scale, green / scale, blue / scale


def reciprocal(values: Channels) -> Channels:
    """Return 1 over each value."""
    red, green, blue = values
    return 1 / red, 1 / green, 1 / blue


CAFFE = Convention("caffe", True, LEVELS, levels(MEAN_LEVELS))  # Keras, jcjohnson, ProGamerGov, leongatys
MATCONVNET = Convention("matconvnet", False, LEVELS, levels(MEAN_LEVELS))
TORCHVISION = Convention("torchvision", False, reciprocal(DEVIATION), MEAN)


def fold(weights: Weights, convention: Convention) -> Weights:
    """Return weights converted from a convention to the `caffe` convention, the normal form.

    Activations are multiplied by g = `convention.gain`. With the file's scale s and mean m, and the mean M of `caffe`,
    by channel c: the first kernel k_c becomes g k_c s_c / 255, its bias b becomes g (b + sum k_c s_c (M_c - m_c)), and
    every other bias g b. Convolution, ReLU, and max and average pooling are homogeneous. Zero padding stands for the
    mean colour: the convention's own before, that of `caffe` after. Overflow of single precision gives infinity.
    """
    return _convert(weights, convention, CAFFE, convention.gain)


def for_input(weights: Weights, convention: Convention) -> Weights:
    """Return weights converted from normal form to another convention: the inverse of `fold`."""
    return _convert(weights, CAFFE, convention, 1 / convention.gain)


def _convert(weights: Weights, source: Convention, target: Convention, gain: float) -> Weights:
    """Return weights converted from `source` to `target`, with activations multiplied by `gain`."""
    if source == target:
        return weights
    kernel, bias = (array.astype(np.float64) for array in weights[FIRST])
    rgb = kernel[:, :, ::-1] if source.bgr else kernel
    scale, mean = np.array(source.scale), np.array(target.mean) - np.array(source.mean)
    bias = bias + np.einsum("hwcn,c->n", rgb, scale * mean)
    rgb = rgb * (gain * scale / np.array(target.scale))[:, np.newaxis]
    first = rgb[:, :, ::-1] if target.bgr else rgb
    others = {name: (kernel, _scaled(bias, gain)) for name, (kernel, bias) in weights.items() if name != FIRST}
    return {FIRST: (_scaled(first, 1), _scaled(bias, gain)), **others}


def _scaled(array: np.ndarray, factor: float) -> np.ndarray:
    with np.errstate(over="ignore"):  # overflow gives infinity
        return np.ascontiguousarray(array * np.float64(factor), np.float32)
