"""Statistics of style: what is kept of a painting's activations at one layer, and how far a picture's are from it."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from stylegrid.losses import COMPARISONS, total_weight, weighted_mean
from stylegrid.paint_settings import PaintSettings
from stylegrid.roots import square_root

WASSERSTEIN_RIDGE = 1e-4  # added to covariances, as crowsonkb/style-transfer-pytorch does


class Activations(NamedTuple):
    """What a picture is at one layer: its activations, how much each position counts, and the picture's pixels."""

    features: tf.Tensor  # (1, height, width, channels)
    weight: tf.Tensor | None  # (1, height, width, 1)
    pixels: int  # the picture's height * width


class Statistics(NamedTuple):
    """Mean (channels,) of activations, and second moments (channels, channels), minus a shift if there is one."""

    gram: tf.Tensor
    mean: tf.Tensor
    shift: tf.Tensor | None


def gram_matrix(
    features: tf.Tensor, weight: tf.Tensor | None = None, over: str = "positions", pixels: int = 1
) -> tf.Tensor:
    """Return the Gram matrix of activations, sum over positions p of F[p, i] F[p, j] / n.

    (1, height, width, channels) -> (channels, channels). n is what the matrix is taken `over`: the positions, these
    times channels (`values`), the picture's pixels, or 1 (`none`). Gatys et al., arXiv:1508.06576. With a weight, what
    counts stands for the whole: the mean over positions is a weighted one.
    """
    shape = tf.shape(features)
    rows = tf.reshape(features, (-1, shape[3]))
    positions, channels = (tf.cast(count, features.dtype) for count in (shape[1] * shape[2], shape[3]))
    weighted = rows if weight is None else rows * tf.reshape(weight * (positions / total_weight(weight)), (-1, 1))
    n = {"positions": positions, "values": positions * channels, "pixels": tf.cast(pixels, features.dtype), "none": 1.0}
    return tf.matmul(weighted, rows, transpose_a=True) / n[over]


def measure(activations: Activations, shift: tf.Tensor | None, over: str) -> Statistics:
    """Return the statistics of activations, a shift (channels,) subtracted first."""
    features = activations.features if shift is None else activations.features - shift
    gram = gram_matrix(features, activations.weight, over, activations.pixels)
    return Statistics(gram, weighted_mean(activations.features, activations.weight), shift)


def target(paintings: Sequence[tuple[Activations, float]], settings: PaintSettings) -> Statistics:
    """Return the statistics of several paintings by their shares: the weighted mean of each.

    With `gram` at `shifted` their mean activation is subtracted first, so that Gram matrices compare covariance and
    mean, instead of mostly the mean. Wasserstein distances are of means and of covariances, which these then are.
    """
    means = [share * weighted_mean(a.features, a.weight) for a, share in paintings]
    shift = tf.add_n(means) if settings.gram == "shifted" or settings.style_loss == "wasserstein" else None
    measured = [(measure(a, shift, _over(settings)), share) for a, share in paintings]
    return Statistics(
        tf.add_n([share * statistics.gram for statistics, share in measured]),
        tf.add_n([share * statistics.mean for statistics, share in measured]),
        shift,
    )


def distance(activations: Activations, aim: Statistics, settings: PaintSettings) -> tf.Tensor:
    """Return how far activations are from a painting's statistics, as the setting `style_loss` measures it."""
    if settings.style_loss == "wasserstein":
        mean = weighted_mean(activations.features, activations.weight)
        return wasserstein(measure(activations, mean, _over(settings)), aim)
    actual = measure(activations, aim.shift, _over(settings))
    return COMPARISONS[settings.style_loss](actual.gram, aim.gram, None)


def _over(settings: PaintSettings) -> str:
    return "positions" if settings.style_loss == "wasserstein" else settings.gram_over


def wasserstein(actual: Statistics, aim: Statistics) -> tf.Tensor:
    """Return about the squared 2-Wasserstein distance of two normal distributions, over the number of channels.

    (|m - n|^2 + tr(S + T - 2 (T^1/2 S T^1/2)^1/2)) / channels, for means m, n and covariances S, T plus a ridge, with
    the roots of crowsonkb/style-transfer-pytorch, whose formula this is. Both are measured with their own mean as the
    shift: covariances as differences of large numbers would not be positive for a flat picture, and have no root.
    """
    ours, theirs = _ridged(actual.gram), _ridged(aim.gram)
    root = square_root(theirs)
    shared = square_root(root @ ours @ root)
    means = tf.reduce_mean(tf.math.squared_difference(actual.mean, aim.mean))
    return means + tf.reduce_mean(tf.linalg.diag_part(ours + theirs - 2 * shared))


def _ridged(covariance: tf.Tensor) -> tf.Tensor:
    return covariance + WASSERSTEIN_RIDGE * tf.eye(tf.shape(covariance)[0], dtype=covariance.dtype)
