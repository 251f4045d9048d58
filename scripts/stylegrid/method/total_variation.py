"""Total variation: differences between neighbouring pixels, by the seven formulas in use.

x: pixels (batch, height, width, 3); dy, dx: differences of neighbours down and across. A difference is weighted by the
product of its two pixels' `weight` (batch, height, width, 1), and means are weighted means. Each returns (batch,).
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

Variation = Callable[[tf.Tensor, tf.Tensor, float], tf.Tensor]


class Difference(NamedTuple):
    """Differences between pixels and their neighbours in one direction, and their weights."""

    values: tf.Tensor
    weight: tf.Tensor

    def sum(self, function: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
        """Return the weighted sum of a function of the differences."""
        return _sum(function(self.values) * self.weight)

    def mean(self, function: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor:
        """Return the weighted mean of a function of the differences; 0 where all weights are 0."""
        channels = tf.cast(tf.shape(self.values)[-1], self.values.dtype)
        return tf.math.divide_no_nan(self.sum(function), channels * _sum(self.weight))


def sum_absolute(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return sum |dy| + sum |dx|, as tf.image.total_variation."""
    return tf.add_n([difference.sum(tf.abs) for difference in _down_and_across(x, weight)])


def mean_absolute(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return mean |dy| + mean |dx|."""
    return tf.add_n([difference.mean(tf.abs) for difference in _down_and_across(x, weight)])


def sum_squared(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return sum dy^2 + sum dx^2."""
    return tf.add_n([difference.sum(tf.square) for difference in _down_and_across(x, weight)])


def mean_squared(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return mean dy^2 + mean dx^2."""
    return tf.add_n([difference.mean(tf.square) for difference in _down_and_across(x, weight)])


def padded_mean_squared(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return the mean over all pixels of dy^2 + dx^2, with the last row and column repeated."""
    below, right = _padded_differences(x, weight)
    return below.mean(tf.square) + right.mean(tf.square)


def sum_power(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return the sum of (dy^2 + dx^2)^power over the pixels that have both neighbours."""
    down, across = (difference for difference in _down_and_across(x, weight))
    squares = tf.square(down.values[:, :, :-1]) + tf.square(across.values[:, :-1])
    both = Difference(squares, down.weight[:, :, :-1] * across.weight[:, :-1])
    if power == 1:
        return both.sum(tf.identity)
    # At 0 a power below 1 has no gradient.
    return both.sum(lambda values: tf.pow(tf.maximum(values, values.dtype.as_numpy_dtype(1e-12)), power))


def nine_point(x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
    """Return 2 (a/3 + b/3 + c/12 + d/12): mean squared differences below, right and along both diagonals.

    The nine-point stencil of crowsonkb/style-transfer-pytorch, with the outermost pixels repeated.
    """
    below, right = _padded_differences(x, weight)
    x, weight = _pad_edges(x), _pad_edges(weight)
    falling, rising = _difference(x, weight, 1, 1), _difference(x[:, :, ::-1], weight[:, :, ::-1], 1, 1)
    near, far = ([difference.mean(tf.square) for difference in pair] for pair in ((below, right), (falling, rising)))
    return 2 * (tf.add_n(near) / 3 + tf.add_n(far) / 12)


def _down_and_across(x: tf.Tensor, weight: tf.Tensor) -> tuple[Difference, Difference]:
    return _difference(x, weight, 1, 0), _difference(x, weight, 0, 1)


def _padded_differences(x: tf.Tensor, weight: tf.Tensor) -> tuple[Difference, Difference]:
    """Return the differences down and across of all pixels, 0 for the last row and column."""
    x, weight = _pad_edges(x)[:, 1:, 1:], _pad_edges(weight)[:, 1:, 1:]
    return _difference(x[:, :, :-1], weight[:, :, :-1], 1, 0), _difference(x[:, :-1], weight[:, :-1], 0, 1)


def _difference(x: tf.Tensor, weight: tf.Tensor, rows: int, columns: int) -> Difference:
    """Return the differences of pixels to those `rows` below and `columns` to the right."""
    height, width = tf.shape(x)[1] - rows, tf.shape(x)[2] - columns
    first, second = (slice(None), slice(height), slice(width)), (slice(None), slice(rows, None), slice(columns, None))
    return Difference(x[second] - x[first], weight[second] * weight[first])


def _sum(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(values, axis=(1, 2, 3))


def _pad_edges(x: tf.Tensor) -> tf.Tensor:
    """Return a picture with its outermost pixels repeated once on every side."""
    return tf.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="SYMMETRIC")


VARIATIONS: dict[str, Variation] = {
    "sum_absolute": sum_absolute,
    "mean_absolute": mean_absolute,
    "sum_squared": sum_squared,
    "mean_squared": mean_squared,
    "padded_mean_squared": padded_mean_squared,
    "sum_power": sum_power,
    "nine_point": nine_point,
}
