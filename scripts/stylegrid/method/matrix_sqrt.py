"""Matrix square root and its gradient by Newton-Schulz iterations: matrix products alone, which suit GPUs."""

import tensorflow as tf

ITERATIONS = 12  # as crowsonkb/style-transfer-pytorch takes


@tf.custom_gradient  # type: ignore[untyped-decorator]
def square_root(matrix: tf.Tensor) -> tuple[tf.Tensor, object]:
    """Return approximate square roots of symmetric positive matrices (batch, n, n) by 12 Newton-Schulz iterations.

    With A = matrix / |matrix| (Frobenius norm), Y = A and Z = I: T = (3 I - Z Y) / 2, Y = Y T, Z = T Z; the root is
    Y |matrix|^1/2. Roots of eigenvalues below about 1e-4 of the norm come out too small. The gradient solves the
    Lyapunov equation by as many iterations. Lin and Maji, "Improved bilinear pooling with CNNs", arXiv:1707.06772.
    """
    norm, identity = _norm(matrix), tf.eye(tf.shape(matrix)[-1], dtype=matrix.dtype)
    root, inverse = matrix / norm, identity
    for _ in range(ITERATIONS):
        step = (3 * identity - inverse @ root) / 2
        root, inverse = root @ step, step @ inverse
    root *= tf.sqrt(norm)

    def gradient(upstream: tf.Tensor) -> tf.Tensor:
        size = _norm(root)
        a, q = root / size, upstream / size
        for _ in range(ITERATIONS):
            rest = 3 * identity - a @ a
            at = tf.linalg.matrix_transpose(a)
            q, a = (q @ rest - at @ (at @ q - q @ a)) / 2, a @ rest / 2
        return q / 2

    return root, gradient


def _norm(matrix: tf.Tensor) -> tf.Tensor:
    return tf.norm(matrix, axis=(-2, -1), keepdims=True)
