"""VGG19 as a function from preprocessed pictures to the activations of layers."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import tensorflow as tf

from stylegrid.vgg.architecture import Convolution, up_to_deepest

# Layer name -> kernel, bias: arrays, or tensors, which are shared if they have the precision asked for.
Constants = Mapping[str, tuple[Any, Any]]

Features = dict[str, tf.Tensor]  # layer name -> (batch, height, width, channels)
Extractor = Callable[[tf.Tensor], Features]

_EDGES = ((0, 0), (1, 1), (1, 1), (0, 0))
_ROUNDING = {"down": "VALID", "up": "SAME"}


def extractor(
    weights: Constants,
    layers: Iterable[str],
    pooling: str,
    padding: str,
    rounding: str = "down",
    precision: tf.DType = tf.float32,
) -> Extractor:
    """Return the function from preprocessed pictures to the activations of `layers`, cut at the deepest of them.

    Convolutions are 3x3, padded by zeros or by replicated edges; 2x2 poolings between blocks halve the sides, rounded
    down as in Keras or up as in Caffe. Layers are named relu4_2, or conv4_2 before the activation. Activations have the
    given precision; TensorFlow accumulates products in float32.
    """
    wanted = frozenset(layers)
    convolutions = up_to_deepest(wanted)
    constants = {
        conv.keras_name: tuple(tf.cast(array, precision) for array in weights[conv.keras_name]) for conv in convolutions
    }

    def extract(x: tf.Tensor) -> Features:
        features: Features = {}

        def keep(layer: str) -> None:
            if layer in wanted:  # others are freed as soon as possible
                features[layer] = x

        x = tf.cast(x, precision)
        for conv in convolutions:
            if conv.number == 1 and conv.block > 1:
                x = POOLINGS[pooling](x, _ROUNDING[rounding])
            x = _convolve(x, conv, constants, padding)
            keep(conv.before_relu)
            x = tf.nn.relu(x)
            keep(conv.after_relu)
        return features

    return extract


def _convolve(
    x: tf.Tensor, conv: Convolution, constants: Mapping[str, tuple[tf.Tensor, tf.Tensor]], padding: str
) -> tf.Tensor:
    kernel, bias = constants[conv.keras_name]
    first = conv.block == conv.number == 1
    if padding == "replicate" or (padding == "replicate_first" and first):
        x = tf.nn.conv2d(tf.pad(x, _EDGES, mode="SYMMETRIC"), kernel, strides=1, padding="VALID")
    else:
        x = tf.nn.conv2d(x, kernel, strides=1, padding="SAME")
    return tf.nn.bias_add(x, bias)


def _max(x: tf.Tensor, rounding: str) -> tf.Tensor:
    return tf.nn.max_pool2d(x, ksize=2, strides=2, padding=rounding)


def _average(x: tf.Tensor, rounding: str) -> tf.Tensor:
    return tf.nn.avg_pool2d(x, ksize=2, strides=2, padding=rounding)


def _l2(x: tf.Tensor, rounding: str) -> tf.Tensor:
    """Return the root of the sum of squares, at least 2e-8: a root's gradient at 0 is infinite."""
    return 2 * tf.sqrt(tf.maximum(_average(tf.square(x), rounding), x.dtype.as_numpy_dtype(1e-16)))


# The scaled ones keep the scale of max pooling's activations: factors of crowsonkb/style-transfer-pytorch.
POOLINGS: dict[str, Callable[[tf.Tensor, str], tf.Tensor]] = {
    "max": _max,
    "average": _average,
    "average_scaled": lambda x, rounding: 2.0 * _average(x, rounding),
    "l2": _l2,
    "l2_scaled": lambda x, rounding: 0.78 * _l2(x, rounding),
}
