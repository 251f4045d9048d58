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

Means are weighted means. Sums are of float32 whatever the precision of activations. Losses and normalisers are
functions of sums over positions, so that those of a picture's parts can be added up.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import tensorflow as tf

SMALLEST = 1e-30  # in place of a normaliser of zero, such as that of a black photograph on an untrained network


class Target(NamedTuple):
    """Activations or statistics to compare with, the weight of positions if any, and the normaliser (batch,)."""

    values: tf.Tensor
    weight: tf.Tensor | None
    normaliser: tf.Tensor


class Measured(Protocol):
    """What a normaliser is made of: numbers (batch,) over a picture's values v with weights w of their positions."""

    def number(self) -> tf.Tensor:
        """Return the number of values N = channels * sum w."""

    def energy(self) -> tf.Tensor:
        """Return sum w v^2."""

    def variation(self) -> tf.Tensor:
        """Return sum w (v - mean)^2, for the mean of each channel."""


class Values(NamedTuple):
    """Activations or statistics, measured at once."""

    values: tf.Tensor
    weight: tf.Tensor | None

    def number(self) -> tf.Tensor:
        """Return N."""
        if self.weight is None:
            return _sum(tf.ones_like(self.values), None)
        return total_weight(self.weight) * tf.cast(tf.shape(self.values)[-1], tf.float32)

    def energy(self) -> tf.Tensor:
        """Return sum w v^2."""
        return _sum(tf.square(self.values), self.weight)

    def variation(self) -> tf.Tensor:
        """Return sum w (v - mean)^2."""
        mean = weighted_mean(self.values, self.weight)[:, tf.newaxis, tf.newaxis]
        return _sum(tf.math.squared_difference(self.values, mean), self.weight)


def make_target(loss: str, values: tf.Tensor, weight: tf.Tensor | None = None) -> Target:
    """Return the target of a loss, one of NORMALISERS."""
    return Target(values, weight, NORMALISERS[loss](Values(values, weight)))


def squared_loss(loss: str, actual: tf.Tensor, target: Target) -> tf.Tensor:
    """Return sum w d^2 / n for a loss, one of NORMALISERS: (batch,)."""
    return loss_of_sums(loss, difference_sums(loss, actual, target), target.normaliser)


def difference_sums(loss: str, actual: tf.Tensor, target: Target) -> tuple[tf.Tensor, ...]:
    """Return the sums over positions that a loss is made of, each (batch,): sum w d^2, and for some sum w |d|."""
    difference = tf.cast(actual - target.values, tf.float32)
    functions = (tf.square, tf.abs) if loss == "scaled_squared" else (tf.square,)
    return tuple(_sum(function(difference), target.weight) for function in functions)


def loss_of_sums(loss: str, sums: tuple[tf.Tensor, ...], normaliser: tf.Tensor) -> tf.Tensor:
    """Return a loss (batch,) by its sums over positions."""
    if loss == "scaled_squared":
        return sums[0] / (sums[1] + 1e-8)
    return sums[0] / normaliser


def _count(measured: Measured) -> tf.Tensor:
    return measured.number()


def _one(measured: Measured) -> tf.Tensor:
    return tf.ones_like(measured.number())


def _root_count(measured: Measured) -> tf.Tensor:
    return tf.sqrt(measured.number())


def _energy(measured: Measured) -> tf.Tensor:
    return tf.maximum(measured.energy(), SMALLEST)


def _variation(measured: Measured) -> tf.Tensor:
    """Return sum w (values - mean)^2, at least 1e-4 of the energy, which a flat picture has."""
    return tf.maximum(measured.variation(), tf.maximum(1e-4 * measured.energy(), SMALLEST))


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


NORMALISERS: dict[str, Callable[[Measured], tf.Tensor]] = {
    "mean_squared": _count,
    "sum_squared": _one,
    "root_squared": _root_count,
    "scaled_squared": _one,  # by the difference instead
    "relative": _energy,
    "standardised": _variation,
}
