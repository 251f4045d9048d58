"""The two networks in TensorFlow: from a painting to its style vector, and from a photograph and a vector to a picture.

Pictures are (n, height, width, 3), RGB in [0, 1], of any size, and vectors (n, 100).
"""

from collections.abc import Callable

import tensorflow as tf

from stylegrid.fast.architecture import (
    BOTTLENECKS,
    CONTRACT,
    EXPAND,
    FIRST,
    LAST,
    RESIDUALS,
    STRIDE,
    TO_PICTURE,
    TO_VECTOR,
    Bottleneck,
    Convolution,
    Normalised,
)
from stylegrid.fast.weights import FastWeights

EPSILON = 1e-5  # added to the variances that are divided by

Constants = dict[str, tuple[tf.Tensor, tf.Tensor]]  # as FastWeights
Predict = Callable[[tf.Tensor], tf.Tensor]
Transform = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def predictor(weights: FastWeights, precision: tf.DType = tf.float32) -> Predict:
    """Return the function from pictures of paintings to their style vectors, float32.

    The network was trained on squares of 256 pixels; other sizes give other vectors.
    """
    constants = _constants(weights, precision)

    def predict(paintings: tf.Tensor) -> tf.Tensor:
        x = tf.nn.relu6(_convolve(tf.cast(paintings, precision), FIRST, constants))
        for block in BOTTLENECKS:
            x = _bottleneck(x, block, constants)
        x = tf.nn.relu6(_convolve(x, LAST, constants))
        mean = tf.reduce_mean(tf.cast(x, tf.float32), axis=(1, 2))
        return _matrix(mean, TO_VECTOR, weights)

    return predict


def transformer(weights: FastWeights, precision: tf.DType = tf.float32) -> Transform:
    """Return the function from photographs and style vectors to pictures of the photographs' size, float32.

    Sides that are no multiple of 4 are reflected up to one, and the picture cut. Each convolution's output x but for
    the first three's is normalised by channel over all positions: scale (x - mean) / sqrt(variance + 1e-5) + shift,
    with scale and shift linear functions of the vector. Means and variances are computed in float32.
    """
    constants = _constants(weights, precision)

    def normalise(x: tf.Tensor, norm: Normalised, vectors: tf.Tensor) -> tf.Tensor:
        x = tf.cast(x, tf.float32)
        mean, variance = tf.nn.moments(x, axes=(1, 2), keepdims=True)
        scale, shift = (_matrix(vectors, part, weights)[:, None, None] for part in (norm.scale, norm.shift))
        factor = scale * tf.math.rsqrt(variance + EPSILON)
        return tf.cast(x * factor + (shift - mean * factor), precision)

    def transform(photographs: tf.Tensor, vectors: tf.Tensor) -> tf.Tensor:
        height, width = tf.unstack(tf.shape(photographs)[1:3])
        x = tf.cast(_reflect(photographs, 0, 0, -height % STRIDE, -width % STRIDE), precision)
        for conv in CONTRACT:
            x = tf.nn.relu(_convolve_reflected(x, conv, constants))
        for first, second in RESIDUALS:
            inner = tf.nn.relu(normalise(_convolve_reflected(x, first.convolution, constants), first, vectors))
            x += normalise(_convolve_reflected(inner, second.convolution, constants), second, vectors)
        for norm in EXPAND:
            x = _convolve_reflected(_double(x), norm.convolution, constants)
            x = tf.nn.relu(normalise(x, norm, vectors))
        x = normalise(_convolve_reflected(x, TO_PICTURE.convolution, constants), TO_PICTURE, vectors)
        return tf.sigmoid(tf.cast(x[:, :height, :width], tf.float32))

    return transform


def _constants(weights: FastWeights, precision: tf.DType) -> Constants:
    return {name: (tf.cast(kernel, precision), tf.cast(bias, precision)) for name, (kernel, bias) in weights.items()}


def _bottleneck(x: tf.Tensor, block: Bottleneck, constants: Constants) -> tf.Tensor:
    inner = x if block.expand is None else tf.nn.relu6(_convolve(x, block.expand, constants))
    inner = tf.nn.relu6(_convolve(inner, block.depthwise, constants))
    inner = _convolve(inner, block.project, constants)
    return x + inner if block.skip else inner


def _convolve(x: tf.Tensor, conv: Convolution, constants: Constants, padding: str = "SAME") -> tf.Tensor:
    kernel, bias = constants[conv.name]
    strides = [1, conv.stride, conv.stride, 1]
    convolve = tf.nn.depthwise_conv2d if conv.depthwise else tf.nn.conv2d
    return tf.nn.bias_add(convolve(x, kernel, strides=strides, padding=padding), bias)


def _convolve_reflected(x: tf.Tensor, conv: Convolution, constants: Constants) -> tf.Tensor:
    """Return the convolution of pixels that are reflected beyond the border."""
    edge = conv.kernel_shape[0] // 2
    return _convolve(_reflect(x, edge, edge, edge, edge), conv, constants, "VALID")


def _reflect(x: tf.Tensor, top: int, left: int, bottom: int, right: int) -> tf.Tensor:
    return tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]], mode="REFLECT")


def _double(x: tf.Tensor) -> tf.Tensor:
    """Return pixels twice as large: each is repeated in a square of 2 by 2."""
    return tf.repeat(tf.repeat(x, 2, axis=1), 2, axis=2)


def _matrix(vectors: tf.Tensor, conv: Convolution, weights: FastWeights) -> tf.Tensor:
    """Return a 1x1 convolution of vectors, (n, in) to (n, out), in float32."""
    kernel, bias = weights[conv.name]
    return tf.matmul(vectors, kernel[0, 0]) + bias
