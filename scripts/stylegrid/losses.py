"""Comparisons of activations and of statistics, pure and without weights: tensors in, one number out.

F, P: activations (1, height, width, channels) of the picture being painted and of the photograph. G, A: Gram matrices
(channels, channels) of the picture and of the painting. d = actual - target. Where there is a `weight` (1, height,
width, 1), positions count by it, and means are weighted means.
"""

from collections.abc import Callable

import tensorflow as tf

Comparison = Callable[[tf.Tensor, tf.Tensor, tf.Tensor | None], tf.Tensor]


def mean_squared(actual: tf.Tensor, target: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the mean of d^2."""
    return sum_squared(actual, target, weight) / _count(actual, weight)


def sum_squared(actual: tf.Tensor, target: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the sum of d^2."""
    return _sum(tf.math.squared_difference(actual, target), weight)


def root_squared(actual: tf.Tensor, target: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the sum of d^2 over the root of the number of values, half of which is cysmith/neural-style-tf's."""
    return sum_squared(actual, target, weight) / tf.sqrt(_count(actual, weight))


def scaled_squared(actual: tf.Tensor, target: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the sum of d^2 over the sum of |d| + 1e-8: gradients of one size, wherever the target lies.

    ScaledMSELoss of crowsonkb/style-transfer-pytorch before its Wasserstein loss.
    """
    absolute = _sum(tf.abs(actual - target), weight)
    return sum_squared(actual, target, weight) / (absolute + _small(actual, 1e-8))


def relative(actual: tf.Tensor, target: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the sum of d^2 over the sum of target^2: 0 when equal, 1 when `actual` is zero.

    A target of zeros, such as a black photograph on an untrained network, counts as the smallest normal number.
    """
    energy = _sum(tf.square(target), weight)
    return sum_squared(actual, target, weight) / tf.maximum(energy, _small(target, 1e-30))


def standardised(actual: tf.Tensor, target: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the sum of d^2 over that of (target - m)^2, m being the target's mean over positions.

    1 is as far off as one flat colour would be. A flat target's variance counts as 1e-4 of its energy.
    """
    mean = weighted_mean(target, weight)
    smallest = tf.maximum(1e-4 * _sum(tf.square(target), weight), _small(target, 1e-30))
    variance = tf.maximum(_sum(tf.math.squared_difference(target, mean), weight), smallest)
    return sum_squared(actual, target, weight) / variance


def weighted_mean(features: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the mean activation over positions: (1, height, width, channels) -> (channels,)."""
    if weight is None:
        return tf.reduce_mean(features, axis=(0, 1, 2))
    return tf.reduce_sum(weight * features, axis=(0, 1, 2)) / total_weight(weight)


def total_weight(weight: tf.Tensor) -> tf.Tensor:
    """Return the sum of weights to divide by; of nothing but zeros, as under a black mask, the smallest number."""
    return tf.maximum(tf.reduce_sum(weight), _small(weight, 1e-30))


def _sum(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    return tf.reduce_sum(values if weight is None else weight * values)


def _count(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the number of values, each position counting by its weight."""
    if weight is None:
        return tf.cast(tf.size(values), values.dtype)
    return total_weight(weight) * tf.cast(tf.shape(values)[-1], values.dtype)


def _small(like: tf.Tensor, value: float) -> tf.Tensor:
    return like.dtype.as_numpy_dtype(value)


COMPARISONS: dict[str, Comparison] = {
    "mean_squared": mean_squared,
    "sum_squared": sum_squared,
    "root_squared": root_squared,
    "scaled_squared": scaled_squared,
    "relative": relative,
    "standardised": standardised,
}
