"""Comparisons of activations and of statistics, pure and without weights: tensors in, one number a picture out.

F, P: activations (batch, height, width, channels) of the pictures being painted and of the photographs. G, A: Gram
matrices (batch, channels, channels) of pictures and of paintings. d = actual - target. Where there is a `weight`
(batch, height, width, 1), positions count by it, and means are weighted means. Sums are of float32 in any case.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf


class Aim(NamedTuple):
    """What activations or statistics are compared with: a target, how much each position counts, and what the sum of
    d^2 is divided by (batch,), which never changes.
    """

    target: tf.Tensor
    weight: tf.Tensor | None
    size: tf.Tensor


Size = Callable[[tf.Tensor, tf.Tensor | None], tf.Tensor]


def make_aim(comparison: str, target: tf.Tensor, weight: tf.Tensor | None = None) -> Aim:
    """Return the aim of a comparison, one of COMPARISONS."""
    return Aim(target, weight, COMPARISONS[comparison](target, weight))


def compare(comparison: str, actual: tf.Tensor, aim: Aim) -> tf.Tensor:
    """Return the sum of d^2 over the aim's size, or over what it depends on: (batch,)."""
    difference = tf.cast(actual - aim.target, tf.float32)
    squares = _sum(tf.square(difference), aim.weight)
    if comparison == "scaled_squared":
        return squares / (_sum(tf.abs(difference), aim.weight) + 1e-8)
    return squares / aim.size


def mean_squared(target: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the number of values: the comparison is the mean of d^2."""
    return _count(target, weight)


def sum_squared(target: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return 1: the comparison is the sum of d^2."""
    return tf.ones_like(_count(target, weight))


def root_squared(target: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the root of the number of values; half of this comparison is cysmith/neural-style-tf's."""
    return tf.sqrt(_count(target, weight))


def relative(target: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the sum of target^2: the comparison is 0 when equal, 1 when what is compared is zero.

    A target of zeros, such as a black photograph on an untrained network, counts as the smallest normal number.
    """
    return tf.maximum(_sum(tf.square(target), weight), 1e-30)


def standardised(target: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the sum of (target - m)^2, m being the target's mean over positions.

    The comparison is 1 for what is as far off as one flat colour. A flat target's variance counts as 1e-4 of its
    energy.
    """
    mean = weighted_mean(target, weight)[:, tf.newaxis, tf.newaxis]
    smallest = tf.maximum(1e-4 * _sum(tf.square(target), weight), 1e-30)
    return tf.maximum(_sum(tf.math.squared_difference(target, mean), weight), smallest)


def weighted_mean(features: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the mean activation over positions: (batch, height, width, channels) -> (batch, channels)."""
    features = tf.cast(features, tf.float32)
    if weight is None:
        return tf.reduce_mean(features, axis=(1, 2))
    return tf.reduce_sum(weight * features, axis=(1, 2)) / total_weight(weight)[:, tf.newaxis]


def total_weight(weight: tf.Tensor) -> tf.Tensor:
    """Return the sum of weights to divide by (batch,); of zeros, as under a black mask, the smallest number."""
    return tf.maximum(_sum(weight, None), 1e-30)


def _sum(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the sum of each picture's values."""
    return tf.reduce_sum(values if weight is None else weight * values, axis=list(range(1, values.shape.rank)))


def _count(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the number of each picture's values, positions counting by their weight."""
    if weight is None:
        return _sum(tf.ones_like(values), None)
    return total_weight(weight) * tf.cast(tf.shape(values)[-1], tf.float32)


# What the sum of d^2 is divided by. That of `scaled_squared`, the sum of |d| + 1e-8, is not constant: ScaledMSELoss of
# crowsonkb/style-transfer-pytorch before its Wasserstein loss. Its gradients are of one size wherever the target lies.
COMPARISONS: dict[str, Size] = {
    "mean_squared": mean_squared,
    "sum_squared": sum_squared,
    "root_squared": root_squared,
    "scaled_squared": sum_squared,
    "relative": relative,
    "standardised": standardised,
}
