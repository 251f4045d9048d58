"""Activations at one layer, or their moments: what has a mean and Gram matrices.

Moments are those of a whole picture, merged from its parts: a weight W = sum w over positions, the mean m = sum w F / W
of activations F, and the scatter S = sum w (F - m) (F - m)^T about it. For two parts a and b,

    W = W_a + W_b,   m = m_a + W_b / W (m_b - m_a),   S = S_a + S_b + W_a W_b / W (m_b - m_a) (m_b - m_a)^T,

after Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). No
large numbers are subtracted, and every Gram matrix follows: sum w (F - s) (F - s)^T = S + W (m - s) (m - s)^T.
"""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

import tensorflow as tf

from stylegrid.method.gram import gram_matrix, second_moments
from stylegrid.method.losses import SMALLEST, weighted_mean


class Activations(NamedTuple):
    """Activations at one layer, the weight of their positions, and the number of pixels of a picture."""

    features: tf.Tensor  # (batch, height, width, channels)
    weight: tf.Tensor | None  # (batch, height, width, 1)
    pixels: tf.Tensor | int  # a picture's height * width

    def average(self) -> tf.Tensor:
        """Return the mean over positions (batch, channels)."""
        return weighted_mean(self.features, self.weight)

    def gram(self, shift: tf.Tensor | None, over: str) -> tf.Tensor:
        """Return the Gram matrices of activations minus a shift, as gram_matrix."""
        return gram_matrix(self.features, shift, self.weight, over, self.pixels)


class Moments(NamedTuple):
    """Moments of activations at one layer, in float32, or in float64 while they are merged."""

    total: tf.Tensor  # W (batch,)
    mean: tf.Tensor  # (batch, channels)
    scatter: tf.Tensor  # (batch, channels, channels)
    positions: tf.Tensor  # ()
    pixels: tf.Tensor  # ()

    def average(self) -> tf.Tensor:
        """Return the mean over positions (batch, channels)."""
        return self.mean

    def gram(self, shift: tf.Tensor | None, over: str) -> tf.Tensor:
        """Return the Gram matrices of activations minus a shift, as gram_matrix."""
        channels = tf.cast(tf.shape(self.mean)[-1], tf.float32)
        n = {"positions": self.positions, "values": self.positions * channels, "pixels": self.pixels, "none": 1.0}
        share = self.positions / tf.maximum(self.total, SMALLEST)
        return share[:, tf.newaxis, tf.newaxis] * self._second(shift) / n[over]

    def number(self) -> tf.Tensor:
        """Return the number of values, channels * W: (batch,)."""
        return tf.maximum(self.total, SMALLEST) * tf.cast(tf.shape(self.mean)[-1], tf.float32)

    def energy(self) -> tf.Tensor:
        """Return the sum of squares (batch,)."""
        return tf.linalg.trace(self._second(None))

    def variation(self) -> tf.Tensor:
        """Return the sum of squared differences from the mean (batch,)."""
        return tf.linalg.trace(self.scatter)

    def _second(self, shift: tf.Tensor | None) -> tf.Tensor:
        """Return sum w (F - shift) (F - shift)^T."""
        apart = self.mean if shift is None else self.mean - shift
        return self.scatter + self.total[:, tf.newaxis, tf.newaxis] * _outer(apart)


def moments(activations: Activations) -> Moments:
    """Return the moments of a part of a picture, which may have no positions."""
    features = activations.features
    shape, weight = tf.shape(features), activations.weight
    positions = tf.cast(shape[1] * shape[2], tf.float32)
    total = tf.fill((shape[0],), positions) if weight is None else tf.reduce_sum(weight, axis=(1, 2, 3))
    mean = _weighted_sum(features, weight) / tf.maximum(total, SMALLEST)[:, tf.newaxis]
    pixels = tf.cast(activations.pixels, tf.float32)
    return Moments(total, mean, _scatter(features, mean, weight), positions, pixels)


def merge(parts: Iterable[Moments]) -> Moments:
    """Return the moments of all parts together."""
    doubles = (Moments(*(tf.cast(each, tf.float64) for each in part)) for part in parts)
    return Moments(*(tf.cast(each, tf.float32) for each in reduce(_merge, doubles)))


def gradient_by_moments(activations: Activations, whole: Moments, seed: Moments) -> tf.Tensor:
    """Return the gradient by these activations, a part of the whole's, of a function of the whole's moments.

    `seed` is the function's gradient by them, D by the scatter and e by the mean: w ((F - m) (D + D^T) + e / W). As
    sum w (F - m) is 0, the scatter doesn't change with m.
    """
    features, precision = activations.features, activations.features.dtype
    shifted = tf.cast(features, tf.float32) - whole.mean[:, tf.newaxis, tf.newaxis]
    both = seed.scatter + tf.linalg.matrix_transpose(seed.scatter)
    by_mean = seed.mean / tf.maximum(whole.total, SMALLEST)[:, tf.newaxis]
    # One product, in the precision of the activations, as for a Gram matrix in one piece.
    slope = tf.linalg.matmul(tf.cast(shifted, precision), tf.cast(both, precision)[:, tf.newaxis])
    slope += tf.cast(by_mean, precision)[:, tf.newaxis, tf.newaxis]
    return slope if activations.weight is None else tf.cast(activations.weight, precision) * slope


def _merge(first: Moments, second: Moments) -> Moments:
    total = first.total + second.total
    share = second.total / tf.maximum(total, SMALLEST)
    apart = second.mean - first.mean
    mean = first.mean + share[:, tf.newaxis] * apart
    between = (first.total * share)[:, tf.newaxis, tf.newaxis] * _outer(apart)
    scatter = first.scatter + second.scatter + between
    return Moments(total, mean, scatter, first.positions + second.positions, first.pixels + second.pixels)


def _scatter(features: tf.Tensor, mean: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    shape = tf.shape(features)
    rows = tf.reshape(features, (shape[0], shape[1] * shape[2], shape[3]))
    counts = None if weight is None else tf.reshape(weight, (shape[0], shape[1] * shape[2], 1))
    return second_moments(rows, mean, counts)


def _weighted_sum(features: tf.Tensor, weight: tf.Tensor | None) -> tf.Tensor:
    """Return sum w F over positions (batch, channels)."""
    features = tf.cast(features, tf.float32)
    return tf.reduce_sum(features if weight is None else weight * features, axis=(1, 2))


def _outer(vectors: tf.Tensor) -> tf.Tensor:
    return vectors[:, :, tf.newaxis] * vectors[:, tf.newaxis]
