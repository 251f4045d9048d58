"""Statistics of style: what is kept of a painting's activations at one layer, and how far a picture's are from it."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from stylegrid.method.gram import gram_matrix
from stylegrid.method.losses import Aim, compare, make_aim, weighted_mean
from stylegrid.method.matrix_sqrt import square_root
from stylegrid.settings.loss_config import LossConfig

WASSERSTEIN_RIDGE = 1e-4  # added to covariances, as crowsonkb/style-transfer-pytorch does


class Activations(NamedTuple):
    """What pictures are at one layer: their activations, how much each position counts, and a picture's pixels."""

    features: tf.Tensor  # (batch, height, width, channels)
    weight: tf.Tensor | None  # (batch, height, width, 1)
    pixels: tf.Tensor | int  # a picture's height * width


class Statistics(NamedTuple):
    """What a picture is to come near: Gram matrices to compare with, after a shift (batch, channels) if there is one.

    For Wasserstein distances the Gram matrices are covariances plus a ridge, `shift` is their mean, and `root` their
    square root; otherwise there is no root.
    """

    gram: Aim
    shift: tf.Tensor | None
    root: tf.Tensor | None


def target(paintings: Sequence[tuple[Activations, float]], loss_config: LossConfig) -> Statistics:
    """Return the statistics of several paintings by their shares: the weighted mean of each.

    With `gram` at `shifted` their mean activation is subtracted first, so that Gram matrices compare covariance and
    mean, instead of mostly the mean. Wasserstein distances are of means and of covariances, which these then are.
    """
    distances = loss_config.style_loss == "wasserstein"
    means = [share * weighted_mean(a.features, a.weight) for a, share in paintings]
    shift = tf.add_n(means) if loss_config.gram == "shifted" or distances else None
    gram = tf.add_n([share * _measure(a, shift, loss_config) for a, share in paintings])
    if not distances:
        return Statistics(make_aim(loss_config.style_loss, gram), shift, None)
    covariance = _ridged(gram)
    return Statistics(make_aim("sum_squared", covariance), shift, square_root(covariance))


def distance(activations: Activations, aim: Statistics, loss_config: LossConfig) -> tf.Tensor:
    """Return how far activations are from a painting's statistics, as `style_loss` measures it: (batch,)."""
    if loss_config.style_loss == "wasserstein":
        mean = weighted_mean(activations.features, activations.weight)
        return wasserstein(mean, _ridged(_measure(activations, mean, loss_config)), aim)
    return compare(loss_config.style_loss, _measure(activations, aim.shift, loss_config), aim.gram)


def _measure(activations: Activations, shift: tf.Tensor | None, loss_config: LossConfig) -> tf.Tensor:
    """Return the Gram matrices of activations, a shift subtracted first."""
    over = "positions" if loss_config.style_loss == "wasserstein" else loss_config.gram_over
    return gram_matrix(activations.features, shift, activations.weight, over, activations.pixels)


def wasserstein(mean: tf.Tensor, covariance: tf.Tensor, aim: Statistics) -> tf.Tensor:
    """Return about the squared 2-Wasserstein distance of two normal distributions, over the number of channels.

    (|m - n|^2 + tr(S + T - 2 (T^1/2 S T^1/2)^1/2)) / channels, for means m, n and covariances S, T plus a ridge, with
    the roots of crowsonkb/style-transfer-pytorch, whose formula this is. Both are measured with their own mean as the
    shift: covariances as differences of large numbers would not be positive for a flat picture, and have no root.
    """
    shared = square_root(aim.root @ covariance @ aim.root)
    means = tf.reduce_mean(tf.math.squared_difference(mean, aim.shift), axis=1)
    return means + tf.reduce_mean(tf.linalg.diag_part(covariance + aim.gram.target - 2 * shared), axis=1)


def _ridged(covariance: tf.Tensor) -> tf.Tensor:
    return covariance + WASSERSTEIN_RIDGE * tf.eye(tf.shape(covariance)[-1], dtype=covariance.dtype)
