"""VGG19 as a function from what it sees to the activations that losses compare."""

from collections.abc import Callable, Iterable, Mapping

import tensorflow as tf

from stylegrid.vgg19 import CONVOLUTIONS, Convolution
from stylegrid.weights import Weights

Features = dict[str, tf.Tensor]  # layer name -> (1, height, width, channels)
Extractor = Callable[[tf.Tensor], Features]

_EDGES = ((0, 0), (1, 1), (1, 1), (0, 0))
_ROUNDING = {"down": "VALID", "up": "SAME"}


def extractor(weights: Weights, layers: Iterable[str], pooling: str, padding: str, rounding: str = "down") -> Extractor:
    """Return the function that maps a preprocessed picture to the activations of `layers`, cut at the deepest of them.

    Convolutions are 3x3, padded by zeros or by replicated edges; a 2x2 pooling halves the sides between blocks, rounded
    down as in Keras or up as in Caffe. Layers are named relu4_2, or conv4_2 for the same before its activation.
    """
    wanted = frozenset(layers)
    convolutions = _up_to_deepest(wanted)
    constants = {conv.keras_name: tuple(map(tf.constant, weights[conv.keras_name])) for conv in convolutions}

    def extract(x: tf.Tensor) -> Features:
        features: Features = {}
        for conv in convolutions:
            if conv.number == 1 and conv.block > 1:
                x = POOLINGS[pooling](x, _ROUNDING[rounding])
            x = _convolve(x, conv, constants, padding)
            features[conv.before_relu] = x
            x = tf.nn.relu(x)
            features[conv.after_relu] = x
        return {name: feature for name, feature in features.items() if name in wanted}

    return extract


def _up_to_deepest(wanted: frozenset[str]) -> tuple[Convolution, ...]:
    depths = [i for i, conv in enumerate(CONVOLUTIONS) if wanted & {conv.before_relu, conv.after_relu}]
    return CONVOLUTIONS[: max(depths) + 1]


def _convolve(
    x: tf.Tensor, conv: Convolution, constants: Mapping[str, tuple[tf.Tensor, tf.Tensor]], padding: str
) -> tf.Tensor:
    kernel, bias = (tf.cast(constant, x.dtype) for constant in constants[conv.keras_name])
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
    """Return the root of the sum of squares; below 1e-8 it is flat, since a root's gradient at 0 is infinite."""
    return 2 * tf.sqrt(tf.maximum(_average(tf.square(x), rounding), x.dtype.as_numpy_dtype(1e-16)))


# Two keep the size that activations have with max pooling: the factors of crowsonkb/style-transfer-pytorch.
POOLINGS: dict[str, Callable[[tf.Tensor, str], tf.Tensor]] = {
    "max": _max,
    "average": _average,
    "average_scaled": lambda x, rounding: 2.0 * _average(x, rounding),
    "l2": _l2,
    "l2_scaled": lambda x, rounding: 0.78 * _l2(x, rounding),
}
