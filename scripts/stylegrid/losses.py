"""Loss terms, pure and without weights: each takes tensors and returns one number.

F, P: activations (1, height, width, channels) of the picture being painted and of the photograph; G, A: Gram matrices
(channels, channels) of the picture and of the painting.
"""

from collections.abc import Callable

import tensorflow as tf

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def gram_matrix(features: tf.Tensor, shift: tf.Tensor | None = None) -> tf.Tensor:
    """Return the Gram matrix of activations over positions, sum over p of F[p, i] F[p, j] / (height * width).

    (1, height, width, channels) -> (channels, channels). A `shift` (channels,) is subtracted from F first. Gatys et
    al., arXiv:1508.06576, divide later and by more.
    """
    if shift is not None:
        features -= shift
    shape = tf.shape(features)
    positions = tf.reshape(features, (-1, shape[3]))
    return tf.matmul(positions, positions, transpose_a=True) / tf.cast(shape[1] * shape[2], features.dtype)


def mean_squared(actual: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Return the mean of (actual - target)^2."""
    return tf.reduce_mean(tf.math.squared_difference(actual, target))


def relative(actual: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Return the sum of (actual - target)^2 over the sum of target^2: 0 when equal, 1 when `actual` is zero.

    A target of zeros, such as a black photograph on an untrained network, counts as the smallest normal number.
    """
    energy = tf.reduce_sum(tf.square(target))
    return tf.reduce_sum(tf.math.squared_difference(actual, target)) / tf.maximum(
        energy, target.dtype.as_numpy_dtype(1e-30)
    )


def standardised(actual: tf.Tensor, target: tf.Tensor) -> tf.Tensor:
    """Return the sum of (actual - target)^2 over that of (target - m)^2, m being the target's mean over positions.

    1 is as far off as one flat colour would be. A flat target's variance counts as 1e-4 of its energy.
    """
    mean = tf.reduce_mean(target, axis=(0, 1, 2))
    smallest = tf.maximum(1e-4 * tf.reduce_sum(tf.square(target)), target.dtype.as_numpy_dtype(1e-30))
    variance = tf.maximum(tf.reduce_sum(tf.math.squared_difference(target, mean)), smallest)
    return tf.reduce_sum(tf.math.squared_difference(actual, target)) / variance


def sum_absolute(picture: tf.Tensor) -> tf.Tensor:
    """Return the sum of absolute differences between neighbours, down and across, as tf.image.total_variation does."""
    down, across = _differences(picture)
    return tf.reduce_sum(tf.abs(down)) + tf.reduce_sum(tf.abs(across))


def mean_absolute(picture: tf.Tensor) -> tf.Tensor:
    """Return the mean absolute difference between neighbours down, plus the mean across."""
    down, across = _differences(picture)
    return tf.reduce_mean(tf.abs(down)) + tf.reduce_mean(tf.abs(across))


def _differences(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    return picture[:, 1:] - picture[:, :-1], picture[:, :, 1:] - picture[:, :, :-1]


COMPARISONS: dict[str, Loss] = {"mean_squared": mean_squared, "relative": relative, "standardised": standardised}
TOTAL_VARIATIONS = {"sum_absolute": sum_absolute, "mean_absolute": mean_absolute}
