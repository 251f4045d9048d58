"""Style statistics of a layer: Gram matrices or covariances of paintings, and a picture's distance from them."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from stylegrid.method.activations import Activations, Moments
from stylegrid.method.losses import Target, make_target, squared_loss
from stylegrid.method.matrix_sqrt import square_root
from stylegrid.settings.loss_config import LossConfig

WASSERSTEIN_RIDGE = 1e-4  # added to covariances, as crowsonkb/style-transfer-pytorch does


class Statistics(NamedTuple):
    """Target Gram matrices, and the shift (batch, channels) that is subtracted from activations first, if any.

    For Wasserstein distances the Gram matrices are covariances plus a ridge, `shift` is their mean, and `root` their
    square root; otherwise there is no root.
    """

    gram: Target
    shift: tf.Tensor | None
    root: tf.Tensor | None


def target_statistics(paintings: Sequence[tuple[Activations | Moments, float]], loss_config: LossConfig) -> Statistics:
    """Return the statistics of paintings, sum of share * statistics.

    With `gram: shifted` the mean activation is subtracted first, so that Gram matrices compare covariances and means
    rather than mostly means. For Wasserstein distances the statistics are means and covariances.
    """
    is_wasserstein = loss_config.style_loss == "wasserstein"
    means = [share * a.average() for a, share in paintings]
    shift = tf.add_n(means) if loss_config.gram == "shifted" or is_wasserstein else None
    gram = tf.add_n([share * _gram(a, shift, loss_config) for a, share in paintings])
    if not is_wasserstein:
        return Statistics(make_target(loss_config.style_loss, gram), shift, None)
    covariance = _ridged(gram)
    return Statistics(make_target("sum_squared", covariance), shift, square_root(covariance))


def distance(activations: Activations | Moments, statistics: Statistics, loss_config: LossConfig) -> tf.Tensor:
    """Return the style loss of activations, as `style_loss` defines it: (batch,)."""
    if loss_config.style_loss == "wasserstein":
        mean = activations.average()
        return wasserstein(mean, _ridged(_gram(activations, mean, loss_config)), statistics)
    return squared_loss(loss_config.style_loss, _gram(activations, statistics.shift, loss_config), statistics.gram)


def _gram(activations: Activations | Moments, shift: tf.Tensor | None, loss_config: LossConfig) -> tf.Tensor:
    """Return the Gram matrices of activations minus a shift."""
    over = "positions" if loss_config.style_loss == "wasserstein" else loss_config.gram_over
    return activations.gram(shift, over)


def wasserstein(mean: tf.Tensor, covariance: tf.Tensor, target: Statistics) -> tf.Tensor:
    """Return the approximate squared 2-Wasserstein distance of two normal distributions, over the number of channels.

    (|m - n|^2 + tr(S + T - 2 (T^1/2 S T^1/2)^1/2)) / channels, for means m, n and covariances S, T plus a ridge, with
    the roots of crowsonkb/style-transfer-pytorch, whose formula this is. Each covariance is taken about its own mean:
    as a difference of large numbers it would not be positive for a flat picture, and have no root.
    """
    shared = square_root(target.root @ covariance @ target.root)
    means = tf.reduce_mean(tf.math.squared_difference(mean, target.shift), axis=1)
    return means + tf.reduce_mean(tf.linalg.diag_part(covariance + target.gram.values - 2 * shared), axis=1)


def _ridged(covariance: tf.Tensor) -> tf.Tensor:
    return covariance + WASSERSTEIN_RIDGE * tf.eye(tf.shape(covariance)[-1], dtype=covariance.dtype)
