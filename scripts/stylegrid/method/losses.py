"""Losses between activations or statistics: sum w d^2 / n, one number a picture, without the weights of terms.

Activations are (batch, height, width, channels), Gram matrices (batch, channels, channels). d = actual - target, w is
the weight of positions (batch, height, width, 1), 1 where there is none, and n a normaliser by the loss's name:

    mean_squared      the number of values N: the mean of d^2
    sum_squared       1
    root_squared      sqrt(N); half of this loss is cysmith/neural-style-tf's
    scaled_squared    sum w |d| + 1e-8: ScaledMSELoss of crowsonkb/style-transfer-pytorch before its Wasserstein loss,
                      whose gradients are of one size wherever the target lies
    relative          sum w target^2: 0 when equal, 1 when actual is zero
    standardised      sum w (target - mean of target)^2: 1 for one flat colour

Means are weighted means. Sums are of float32 whatever the precision of activations.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

SMALLEST = 1e-30  # in place of a normaliser of zero, such as that of a black photograph on an untrained network


class Target(NamedTuple):
    """Activations or statistics to compare with, the weight of positions if any, and the normaliser (batch,)."""

    values: tf.Tensor
    weight: tf.Tensor | None
    normaliser: tf.Tensor


def make_target(loss: str, values: tf.Tensor, weight: tf.Tensor | None = None) -> Target:
    """Return the target of a loss, one of NORMALISERS."""
    return Target(values, weight, NORMALISERS[loss](values, weight))


def squared_loss(loss: str, actual: tf.Tensor, target: Target) -> tf.Tensor:
    """Return sum w d^2 / n for a loss, one of NORMALISERS: (batch,)."""
    difference = tf.cast(actual - target.values, tf.float32)
    squares = _sum(tf.square(difference), target.weight)
    if loss == "scaled_squared":
        return squares / (_sum(tf.abs(difference), target.weight) + 1e-8)
    return squares / target.normaliser


def _one(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    return tf.ones_like(_count(values, weight))


def _root_count(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    return tf.sqrt(_count(values, weight))


def _energy(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    return tf.maximum(_sum(tf.square(values), weight), SMALLEST)


def _variation(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return sum w (values - mean)^2, at least 1e-4 of the energy, which a flat picture has."""
    mean = weighted_mean(values, weight)[:, tf.newaxis, tf.newaxis]
    smallest = tf.maximum(1e-4 * _sum(tf.square(values), weight), SMALLEST)
    return tf.maximum(_sum(tf.math.squared_difference(values, mean), weight), smallest)


def weighted_mean(features: tf.Tensor, weight: tf.Tensor | None = None) -> tf.Tensor:
    """Return the mean activation over positions: (batch, height, width, channels) -> (batch, channels)."""
    features = tf.cast(features, tf.float32)
    if weight is None:
        return tf.reduce_mean(features, axis=(1, 2))
    return tf.reduce_sum(weight * features, axis=(1, 2)) / total_weight(weight)[:, tf.newaxis]


def total_weight(weight: tf.Tensor) -> tf.Tensor:
    """Return the sum of weights (batch,) as a divisor: above zero even for a black mask."""
    return tf.maximum(_sum(weight, None), SMALLEST)


def _sum(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the weighted sum of each picture's values: (batch,)."""
    return tf.reduce_sum(values if weight is None else weight * values, axis=list(range(1, values.shape.rank)))


def _count(values: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return the number of values N = channels * sum w: (batch,)."""
    if weight is None:
        return _sum(tf.ones_like(values), None)
    return total_weight(weight) * tf.cast(tf.shape(values)[-1], tf.float32)


NORMALISERS: dict[str, Callable[[tf.Tensor, tf.Tensor | None], tf.Tensor]] = {
    "mean_squared": _count,
    "sum_squared": _one,
    "root_squared": _root_count,
    "scaled_squared": _one,  # by the difference instead
    "relative": _energy,
    "standardised": _variation,
}
