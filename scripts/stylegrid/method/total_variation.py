"""Total variation: differences between neighbouring pixels, by the seven formulas in use.

x: pixels (batch, height, width, 3); dy, dx: differences of neighbours down and across. A difference is weighted by the
product of its two pixels' `weight` (batch, height, width, 1), and means are weighted means. Each returns (batch,).

Each is a function of sums over differences, so that rows of a picture can be summed one after another.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

Sums = tuple[tuple[tf.Tensor, tf.Tensor], ...]  # of each kind of difference: sum of f(d) w, and channels * sum of w


class Rows(NamedTuple):
    """Rows of a picture and their weights; a row more lies below, if the picture has one, for differences with it.

    `own` is the number of rows without it; None: all. `top` and `bottom` are 1 where the picture ends there, else 0.
    """

    x: tf.Tensor
    weight: tf.Tensor
    own: Any = None
    top: Any = 1
    bottom: Any = 1


class Difference(NamedTuple):
    """Differences between pixels and their neighbours in one direction, and their weights."""

    values: tf.Tensor
    weight: tf.Tensor

    def sums(self, function: Callable[[tf.Tensor], tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the weighted sum of a function of the differences, and what to divide it by for the weighted mean."""
        channels = tf.cast(tf.shape(self.values)[-1], self.values.dtype)
        return _sum(function(self.values) * self.weight), channels * _sum(self.weight)


class Variation(NamedTuple):
    """One formula: which differences it takes of rows, the function of each by the power, and what it makes of sums."""

    differences: Callable[[Rows], Sequence[Difference]]
    function: Callable[[tf.Tensor, float], tf.Tensor]
    combine: Callable[[Sums], tf.Tensor]

    def __call__(self, x: tf.Tensor, weight: tf.Tensor, power: float) -> tf.Tensor:
        """Return the total variation of whole pictures."""
        return self.combine(self.sums(Rows(x, weight), power))

    def sums(self, rows: Rows, power: float) -> Sums:
        """Return the sums of rows; those of all rows, added up, are the picture's."""
        return tuple(each.sums(lambda values: self.function(values, power)) for each in self.differences(rows))


def _absolute(values: tf.Tensor, power: float) -> tf.Tensor:
    return tf.abs(values)


def _squared(values: tf.Tensor, power: float) -> tf.Tensor:
    return tf.square(values)


def _power(squares: tf.Tensor, power: float) -> tf.Tensor:
    if power == 1:
        return squares
    # At 0 a power below 1 has no gradient.
    return tf.pow(tf.maximum(squares, squares.dtype.as_numpy_dtype(1e-12)), power)


def _total(sums: Sums) -> tf.Tensor:
    return tf.add_n([total for total, _ in sums])


def _means(sums: Sums) -> tf.Tensor:
    """Return the sum of the means; 0 where all weights are 0."""
    return tf.add_n([tf.math.divide_no_nan(total, weight) for total, weight in sums])


def _stencil(sums: Sums) -> tf.Tensor:
    return 2 * (_means(sums[:2]) / 3 + _means(sums[2:]) / 12)


def _down_and_across(rows: Rows) -> tuple[Difference, Difference]:
    down, across = _difference(rows.x, rows.weight, 1, 0), _difference(rows.x, rows.weight, 0, 1)
    return down, Difference(across.values[:, : rows.own], across.weight[:, : rows.own])


def _gradient_squared(rows: Rows) -> tuple[Difference]:
    """Return dy^2 + dx^2 of the pixels that have both neighbours."""
    down, across = _difference(rows.x, rows.weight, 1, 0), _difference(rows.x, rows.weight, 0, 1)
    squares = tf.square(down.values[:, :, :-1]) + tf.square(across.values[:, :-1])
    return (Difference(squares, down.weight[:, :, :-1] * across.weight[:, :-1]),)


def _padded(rows: Rows) -> tuple[Difference, Difference]:
    """Return the differences down and across of all pixels, 0 for the picture's last row and column."""
    padded = rows._replace(top=0)
    x, weight = _pad_edges(rows.x, padded)[:, :, 1:], _pad_edges(rows.weight, padded)[:, :, 1:]
    return _difference(x[:, :, :-1], weight[:, :, :-1], 1, 0), _difference(x[:, :-1], weight[:, :-1], 0, 1)


def _padded_and_diagonal(rows: Rows) -> tuple[Difference, ...]:
    """Return the padded differences, and those along both diagonals with the outermost pixels repeated on all sides."""
    x, weight = _pad_edges(rows.x, rows), _pad_edges(rows.weight, rows)
    falling, rising = _difference(x, weight, 1, 1), _difference(x[:, :, ::-1], weight[:, :, ::-1], 1, 1)
    return *_padded(rows), falling, rising


def _difference(x: tf.Tensor, weight: tf.Tensor, rows: int, columns: int) -> Difference:
    """Return the differences of pixels to those `rows` below and `columns` to the right."""
    height, width = tf.shape(x)[1] - rows, tf.shape(x)[2] - columns
    first, second = (slice(None), slice(height), slice(width)), (slice(None), slice(rows, None), slice(columns, None))
    return Difference(x[second] - x[first], weight[second] * weight[first])


def _sum(values: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(values, axis=(1, 2, 3))


def _pad_edges(x: tf.Tensor, rows: Rows) -> tf.Tensor:
    """Return rows with the outermost pixels of their picture repeated once at its borders."""
    return tf.pad(x, ((0, 0), (rows.top, rows.bottom), (1, 1), (0, 0)), mode="SYMMETRIC")


VARIATIONS: dict[str, Variation] = {
    # sum |dy| + sum |dx|, as tf.image.total_variation; and mean |dy| + mean |dx|
    "sum_absolute": Variation(_down_and_across, _absolute, _total),
    "mean_absolute": Variation(_down_and_across, _absolute, _means),
    # sum dy^2 + sum dx^2; and mean dy^2 + mean dx^2
    "sum_squared": Variation(_down_and_across, _squared, _total),
    "mean_squared": Variation(_down_and_across, _squared, _means),
    # the mean over all pixels of dy^2 + dx^2, with the last row and column repeated
    "padded_mean_squared": Variation(_padded, _squared, _means),
    # the sum of (dy^2 + dx^2)^power over the pixels that have both neighbours
    "sum_power": Variation(_gradient_squared, _power, _total),
    # 2 (a/3 + b/3 + c/12 + d/12): mean squared differences below, right and along both diagonals, the stencil of
    # crowsonkb/style-transfer-pytorch, with the outermost pixels repeated
    "nine_point": Variation(_padded_and_diagonal, _squared, _stencil),
}
