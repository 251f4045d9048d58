"""VGG19 as a function from a picture to the activations that losses compare."""

from collections.abc import Callable, Iterable, Mapping

import tensorflow as tf

from stylegrid.vgg19 import CONVOLUTIONS, Convolution
from stylegrid.weights import Weights

Features = dict[str, tf.Tensor]  # layer name -> (1, height, width, channels)
Extractor = Callable[[tf.Tensor], Features]

# Keras' `caffe` preprocessing (keras/applications/imagenet_utils.py): pixels of [0, 255], blue first, mean subtracted.
MEAN_BGR = (103.939, 116.779, 123.68)

_EDGES = ((0, 0), (1, 1), (1, 1), (0, 0))
_POOLINGS = {"average": tf.nn.avg_pool2d, "max": tf.nn.max_pool2d}


def preprocess(picture: tf.Tensor) -> tf.Tensor:
    """Return a picture, RGB in [0, 1], as VGG19 was trained to see it: BGR in [0, 255] minus ImageNet's mean."""
    return tf.reverse(picture, axis=[-1]) * 255.0 - tf.constant(MEAN_BGR, picture.dtype)


def extractor(weights: Weights, layers: Iterable[str], pooling: str, padding: str) -> Extractor:
    """Return the function that maps a picture to the activations of `layers`, cut at the deepest of them.

    Convolutions are 3x3, padded by zeros or by replicated edges; a 2x2 pooling, average or max, halves the sides
    between blocks, rounding down, as in Keras. Layers are named relu4_2, or conv4_2 for the same before its activation.
    """
    wanted = frozenset(layers)
    convolutions = _up_to_deepest(wanted)
    constants = {conv.keras_name: tuple(map(tf.constant, weights[conv.keras_name])) for conv in convolutions}

    def extract(picture: tf.Tensor) -> Features:
        return _forward(preprocess(picture), convolutions, constants, wanted, pooling, padding)

    return extract


def _up_to_deepest(wanted: frozenset[str]) -> tuple[Convolution, ...]:
    depths = [i for i, conv in enumerate(CONVOLUTIONS) if wanted & {conv.before_relu, conv.after_relu}]
    return CONVOLUTIONS[: max(depths) + 1]


def _forward(
    x: tf.Tensor,
    convolutions: tuple[Convolution, ...],
    constants: Mapping[str, tuple[tf.Tensor, tf.Tensor]],
    wanted: frozenset[str],
    pooling: str,
    padding: str,
) -> Features:
    features: Features = {}
    for conv in convolutions:
        if conv.number == 1 and conv.block > 1:
            x = _POOLINGS[pooling](x, ksize=2, strides=2, padding="VALID")
        kernel, bias = (tf.cast(constant, x.dtype) for constant in constants[conv.keras_name])
        x = tf.nn.bias_add(_convolve(x, kernel, padding), bias)
        features[conv.before_relu] = x
        x = tf.nn.relu(x)
        features[conv.after_relu] = x
    return {name: feature for name, feature in features.items() if name in wanted}


def _convolve(x: tf.Tensor, kernel: tf.Tensor, padding: str) -> tf.Tensor:
    if padding == "zero":
        return tf.nn.conv2d(x, kernel, strides=1, padding="SAME")
    return tf.nn.conv2d(tf.pad(x, _EDGES, mode="SYMMETRIC"), kernel, strides=1, padding="VALID")
