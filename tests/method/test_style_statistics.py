"""Statistics of style: shifted Gram matrices, Wasserstein distances, blends, and gradients by finite differences."""

import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from stylegrid.method.activations import Activations
from stylegrid.method.gram import gram_matrix
from stylegrid.method.style_statistics import WASSERSTEIN_RIDGE, distance, target_statistics
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of

RANDOM = np.random.default_rng(0)
PICTURE, PAINTING, OTHER = RANDOM.normal(0.5, 1, size=(3, 2, 4, 5, 3)).astype(np.float32)  # each of two pictures
WEIGHT = RANDOM.uniform(0.2, 1, size=(2, 4, 5, 1)).astype(np.float32)
OVER = ["positions", "values", "pixels", "none"]
LOSSES = ["mean_squared", "sum_squared", "scaled_squared", "relative", "wasserstein"]
GRAMS = [*(("plain", over) for over in OVER), ("shifted", "positions")]

WEIGHTED = pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])


def loss_config(**changes):
    return loss_config_of(presets.resolve({"gram": "plain", "style_loss": "mean_squared", **changes}))


def activations(features, weight=None, dtype=tf.float32) -> Activations:
    return Activations(tf.cast(features, dtype), None if weight is None else tf.cast(weight, tf.float32), 7)


def apart(picture, painting, chosen) -> np.ndarray:
    return distance(picture, target_statistics([(painting, 1.0)], chosen), chosen).numpy()


def test_shifted_gram_matrices_are_about_the_paintings_mean():
    statistics = target_statistics([(activations(PAINTING), 1.0)], loss_config(gram="shifted"))
    desired = [np.cov(each.reshape(-1, 3).T, bias=True) for each in PAINTING]
    np.testing.assert_allclose(statistics.gram.values, desired, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("gram", ["plain", "shifted"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_painting_is_no_distance_from_itself(name, gram):
    own = activations(PAINTING)
    np.testing.assert_allclose(apart(own, own, loss_config(style_loss=name, gram=gram)), [0, 0], atol=2e-6)


@WEIGHTED
@pytest.mark.parametrize("gram", ["plain", "shifted"])
@pytest.mark.parametrize("name", LOSSES)
def test_pictures_of_a_batch_are_compared_each_with_its_own_painting(name, gram, weight):
    """Their distances and gradients are those of one at a time."""
    chosen = loss_config(style_loss=name, gram=gram)

    def measure(which):
        picture = tf.constant(PICTURE[which])
        statistics = target_statistics([(activations(PAINTING[which]), 0.7), (activations(OTHER[which]), 0.3)], chosen)
        with tf.GradientTape() as tape:
            tape.watch(picture)
            found = distance(activations(picture, None if weight is None else weight[which]), statistics, chosen)
        return found.numpy(), tape.gradient(found, picture).numpy()

    both, first, second = (measure(which) for which in (slice(None), slice(1), slice(1, None)))
    for found, *alone in zip(both, first, second, strict=True):
        np.testing.assert_allclose(found, np.concatenate(alone), rtol=1e-4, atol=1e-5 * np.abs(found).max())


@pytest.mark.parametrize("name", LOSSES)
def test_distances_of_bfloat16_activations_are_of_float32(name):
    """The same numbers give the same distance, but for its own order of sums."""
    chosen, rounded = loss_config(style_loss=name, gram="shifted"), tf.cast(tf.cast(PICTURE, tf.bfloat16), tf.float32)
    statistics = target_statistics([(activations(PAINTING), 1.0)], chosen)
    found, desired = (
        distance(activations(rounded, None, dtype), statistics, chosen) for dtype in (tf.bfloat16, tf.float32)
    )
    assert found.dtype == tf.float32
    np.testing.assert_allclose(found, desired, rtol=1e-5)


def test_a_blend_aims_at_the_mean_of_its_gram_matrices():
    first, second = activations(PAINTING), activations(OTHER)
    statistics = target_statistics([(first, 0.75), (second, 0.25)], loss_config())
    desired = 0.75 * gram_matrix(first.features) + 0.25 * gram_matrix(second.features)
    np.testing.assert_allclose(statistics.gram.values, desired, rtol=1e-6)


def test_paintings_count_by_their_share_whatever_their_size():
    paintings = [(activations(np.ones((1, 9, 9, 1))), 0.5), (activations(np.zeros((1, 2, 2, 1))), 0.5)]
    assert float(target_statistics(paintings, loss_config()).gram.values[0, 0, 0]) == 0.5
    assert float(target_statistics(paintings, loss_config(gram="shifted")).shift[0, 0]) == 0.5


def w2(pictures: np.ndarray, paintings: np.ndarray) -> list[float]:
    """Return squared 2-Wasserstein distances of two normal distributions over their channels, with SciPy's roots."""
    return [one_w2(*each) for each in zip(pictures.astype(np.float64), paintings.astype(np.float64), strict=True)]


def one_w2(picture: np.ndarray, painting: np.ndarray) -> float:
    (m, s), (n, t) = (
        (flat.mean(axis=0), np.cov(flat.T, bias=True) + WASSERSTEIN_RIDGE * np.eye(flat.shape[1]))
        for flat in (picture.reshape(-1, picture.shape[-1]), painting.reshape(-1, painting.shape[-1]))
    )
    root = scipy.linalg.sqrtm(t)
    return (np.sum((m - n) ** 2) + np.trace(s + t - 2 * scipy.linalg.sqrtm(root @ s @ root))) / len(m)


def test_wasserstein_distances_are_those_that_scipy_finds():
    found = apart(activations(PICTURE), activations(PAINTING), loss_config(style_loss="wasserstein"))
    np.testing.assert_allclose(found, w2(PICTURE, PAINTING), rtol=1e-3)


def test_wasserstein_distances_of_one_channel_are_those_of_means_and_deviations():
    picture = np.array([0.0, 2, 0, 2]).reshape(1, 2, 2, 1)  # mean 1, deviation 1
    painting = np.array([2.0, 8, 8, 2]).reshape(1, 2, 2, 1)  # mean 5, deviation 3
    found = apart(activations(picture), activations(painting), loss_config(style_loss="wasserstein"))
    np.testing.assert_allclose(found, [(5 - 1) ** 2 + (3 - 1) ** 2], rtol=1e-4)


def test_a_blend_by_wasserstein_aims_at_the_moments_of_all_positions():
    """Two paintings of equal share and size are one of both, side by side."""
    chosen = loss_config(style_loss="wasserstein")
    both = target_statistics([(activations(PAINTING), 0.5), (activations(OTHER + 2), 0.5)], chosen)
    side_by_side = activations(np.concatenate([PAINTING, OTHER + 2], axis=2))
    found = distance(activations(PICTURE), both, chosen)
    np.testing.assert_allclose(found, apart(activations(PICTURE), side_by_side, chosen), rtol=1e-4)


def test_a_flat_picture_has_a_wasserstein_distance():
    """The covariance of large equal numbers must not be what rounding leaves of their squares."""
    flat = np.full((1, 9, 9, 16), 1, np.float32) * np.random.default_rng(4).uniform(500, 2000, 16).astype(np.float32)
    painting = np.random.default_rng(5).normal(1000, 300, (1, 9, 9, 16)).astype(np.float32)
    found = apart(activations(flat), activations(painting), loss_config(style_loss="wasserstein"))
    np.testing.assert_allclose(found, w2(flat, painting), rtol=1e-3)


@pytest.mark.parametrize("name", LOSSES)
def test_a_region_without_positions_has_a_finite_loss_and_no_gradient(name):
    chosen = loss_config(style_loss=name)
    statistics = target_statistics([(activations(PAINTING), 1.0)], chosen)
    picture = tf.constant(PICTURE)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        loss = distance(activations(picture, 0 * WEIGHT), statistics, chosen)
    assert np.isfinite(loss).all()
    np.testing.assert_array_equal(tape.gradient(loss, picture), np.zeros_like(PICTURE))


@WEIGHTED
@pytest.mark.parametrize(("gram", "over"), GRAMS)
@pytest.mark.parametrize("name", LOSSES[:-1])
def test_gradients_of_gram_losses_agree_with_finite_differences(name, gram, over, weight):
    check_gradient(loss_config(style_loss=name, gram=gram, gram_over=over), weight)


@WEIGHTED
def test_gradients_of_wasserstein_distances_agree_with_finite_differences(weight):
    check_gradient(loss_config(style_loss="wasserstein"), weight)


def check_gradient(chosen, weight):
    """Compare with differences that are as wide as float32 needs."""
    statistics = target_statistics([(activations(PAINTING), 1.0)], chosen)
    (analytic,), (numeric,) = tf.test.compute_gradient(
        tf.function(lambda x: distance(activations(x, weight), statistics, chosen)),
        [tf.constant(PICTURE)],
        delta=2.0**-7,
    )
    np.testing.assert_allclose(analytic, numeric, atol=3e-3 * np.abs(numeric).max())
