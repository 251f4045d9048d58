"""Gram matrices of activations, with a gradient of one matrix product."""

import tensorflow as tf

from stylegrid.method.losses import total_weight


def gram_matrix(
    features: tf.Tensor,
    shift: tf.Tensor | None = None,
    weight: tf.Tensor | None = None,
    over: str = "positions",
    pixels: tf.Tensor | int = 1,
) -> tf.Tensor:
    """Return the Gram matrices G[i, j] = sum over positions p of F[p, i] F[p, j] / n, (batch, channels, channels).

    F is `features` (batch, height, width, channels) minus a shift (batch, channels); n, by `over`, is the number of
    positions, positions * channels (`values`), the picture's `pixels`, or 1 (`none`). Gatys et al., arXiv:1508.06576.
    With a weight w (batch, height, width, 1), position p counts w[p] / mean(w) times. G is float32 whatever F is.
    """
    shape = tf.shape(features)
    positions, channels = tf.cast(shape[1] * shape[2], tf.float32), tf.cast(shape[3], tf.float32)
    n = {"positions": positions, "values": positions * channels, "pixels": tf.cast(pixels, tf.float32), "none": 1.0}
    rows = tf.reshape(features, (shape[0], -1, shape[3]))
    counts = None
    if weight is not None:
        share = positions / total_weight(weight)
        counts = tf.reshape(weight * share[:, tf.newaxis, tf.newaxis, tf.newaxis], (shape[0], -1, 1))
    return second_moments(rows, shift, counts) / n[over]


def second_moments(rows: tf.Tensor, shift: tf.Tensor | None, counts: tf.Tensor | None) -> tf.Tensor:
    """Return R^T diag(counts) R for R = rows - shift: (batch, positions, channels) -> (batch, channels, channels).

    Its gradient, counts * R (D + D^T) for the matrix's gradient D, is one product in the precision of the activations,
    to which it is rounded in any case; TensorFlow's own takes two products of float32.
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def moments(rows: tf.Tensor) -> tuple[tf.Tensor, object]:
        shifted = tf.cast(rows, tf.float32)
        if shift is not None:
            shifted -= shift[:, tf.newaxis]
        weighted = shifted if counts is None else counts * shifted
        # Rounded only after the shift, which may be much larger than what is left.
        rounded = tf.cast(weighted, rows.dtype)

        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            return tf.matmul(rounded, tf.cast(upstream + tf.linalg.matrix_transpose(upstream), rows.dtype))

        return tf.matmul(weighted, shifted, transpose_a=True), gradient

    return moments(rows)
