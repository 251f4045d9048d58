"""L-BFGS within bounds: curvature pairs stay on the device, their inner products come to the host.

Nocedal, "Updating quasi-Newton matrices with limited storage" (1980), with Bertsekas' projection, "Projected Newton
methods for optimization problems with simple constraints" (1982): pixels at a bound that the gradient pushes against
are held, the others follow the quasi-Newton direction and are clipped. The two loops work on coefficients, after Chen,
Wang and Zhou, "Large-scale L-BFGS using MapReduce" (2014), so that a step reads the pairs four times.

SciPy's L-BFGS-B takes as many evaluations; its own work for bounds, on one core, takes longer than a GPU's step.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf

BLOCK = 2**20  # columns
LEAST_CURVATURE = 1e-10  # least s^T y / y^T y of a pair that is kept


class Point(NamedTuple):
    """Pixels (1, height, width, channels), their total loss, and its gradient."""

    pixels: tf.Tensor
    loss: float
    gradient: tf.Tensor


class Bounds(NamedTuple):
    """The lowest and the highest value of each channel (channels,); infinite where there is none."""

    low: np.ndarray
    high: np.ndarray

    def clip(self, pixels: tf.Tensor) -> tf.Tensor:
        """Return pixels clipped to the bounds."""
        return tf.clip_by_value(pixels, self.low, self.high)

    def free_gradient(self, point: Point) -> tf.Tensor:
        """Return the gradient, 0 for pixels at a bound that it pushes against."""
        pushed_down = (point.pixels <= self.low) & (point.gradient > 0)
        pushed_up = (point.pixels >= self.high) & (point.gradient < 0)
        return tf.where(pushed_down | pushed_up, 0.0, point.gradient)


class CurvaturePairs:
    """The last `corrections` steps s and changes of the gradient y, as rows of a matrix, and their inner products.

    Changed in place: the rows take as much memory as 2 * corrections pictures of type `kept`, float32 or bfloat16.
    The matrix is in blocks of BLOCK columns, since TensorFlow copies what it multiplies. Only pairs with curvature
    s^T y > 0 are kept. H is L-BFGS's approximation of the inverse Hessian by these pairs.
    """

    def __init__(self, size: int, corrections: int, kept: tf.DType = tf.float32):
        widths = [min(BLOCK, size - start) for start in range(0, size, BLOCK)]
        self._blocks = [tf.Variable(tf.zeros((2 * corrections, width), kept), trainable=False) for width in widths]
        self._products = np.zeros((2 * corrections, 2 * corrections))
        self._corrections = corrections
        self._pairs: list[int] = []  # rows of s, oldest first; y lies so many corrections further on
        self._next = 0

    @property
    def is_empty(self) -> bool:
        """Return whether there is no pair."""
        return not self._pairs

    def arrays(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the pairs as named arrays, row by row: all at once take as much memory as 2 * corrections pictures."""
        yield "products", self._products
        yield "pairs", np.array(self._pairs, dtype=np.int64)
        yield "next", np.array(self._next)
        for row in self._rows_used():
            yield f"row{row}", self._row(row).numpy()

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Restore what `arrays` yielded, bit for bit."""
        self._products = arrays["products"]
        self._pairs, self._next = arrays["pairs"].tolist(), int(arrays["next"])
        for row in self._rows_used():
            self._put(row, tf.constant(arrays[f"row{row}"]))

    def clear(self) -> None:
        """Remove all pairs."""
        self._pairs = []

    def add(self, step: tf.Tensor, change: tf.Tensor) -> None:
        """Add a pair (size,), replacing the oldest where there are `corrections`; ignore one without curvature."""
        curvature, square = tf.tensordot(step, change, 1).numpy(), tf.tensordot(change, change, 1).numpy()
        if not curvature > LEAST_CURVATURE * square:
            return
        s, y = self._next, self._next + self._corrections
        self._put(s, step)
        self._put(y, change)
        for row in (s, y):
            self._products[row] = self._products[:, row] = self._times(self._row(row))
        self._pairs = [*(other for other in self._pairs if other != s), s]
        self._next = (s + 1) % self._corrections

    def direction(self, gradient: tf.Tensor) -> tf.Tensor:
        """Return the quasi-Newton direction -H g (size,) for a gradient g (size,)."""
        rows, share = self._two_loops(self._times(gradient))
        factors = tf.constant(rows, tf.float32)
        combined = [tf.linalg.matvec(tf.cast(block, tf.float32), factors, transpose_a=True) for block in self._blocks]
        return -(tf.concat(combined, 0) + np.float32(share) * gradient)

    def _times(self, vector: tf.Tensor) -> np.ndarray:
        """Return the inner products of all rows with a vector: (size,) -> (2 * corrections,)."""
        parts = tf.split(vector, [block.shape[1] for block in self._blocks])
        products = map(_block_times, self._blocks, parts)
        return sum(product.numpy().astype(np.float64) for product in products)

    def _two_loops(self, products_with_g: np.ndarray) -> tuple[np.ndarray, float]:
        """Return H g as coefficients of the rows (2 * corrections,) and of g, from the rows' inner products with g."""
        rows, products, alphas = np.zeros(len(products_with_g)), self._products, {}
        for s, y in reversed(list(self._pair_rows())):
            alphas[s] = (products_with_g[s] + rows @ products[s]) / products[s, y]
            rows[y] -= alphas[s]
        newest = self._pairs[-1], self._pairs[-1] + self._corrections
        scale = products[newest] / products[newest[1], newest[1]]
        rows *= scale
        for s, y in self._pair_rows():
            rows[s] += alphas[s] - (scale * products_with_g[y] + rows @ products[y]) / products[s, y]
        return rows, scale

    def _put(self, row: int, vector: tf.Tensor) -> None:
        """Store a vector (size,) as a row."""
        for block, part in zip(self._blocks, tf.split(vector, [block.shape[1] for block in self._blocks]), strict=True):
            block.scatter_nd_update([[row]], tf.cast(part, block.dtype)[tf.newaxis])

    def _row(self, row: int) -> tf.Tensor:
        """Return a row as float32 (size,), rounded as it is kept."""
        return tf.cast(tf.concat([block.sparse_read([row])[0] for block in self._blocks], 0), tf.float32)

    def _rows_used(self) -> list[int]:
        return [row for pair in self._pair_rows() for row in pair]

    def _pair_rows(self) -> Iterator[tuple[int, int]]:
        for s in self._pairs:
            yield s, s + self._corrections


def _block_times(block: tf.Variable, part: tf.Tensor) -> tf.Tensor:
    """Return the inner products of a block's rows with a part of a vector, float32: (2 * corrections,)."""
    return tf.linalg.matvec(tf.cast(block, tf.float32), part)
