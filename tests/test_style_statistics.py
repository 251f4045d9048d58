"""Statistics of style: Gram matrices, Wasserstein distances, blends, and gradients by finite differences."""

import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from stylegrid import presets
from stylegrid.style_statistics import WASSERSTEIN_RIDGE, Activations, distance, gram_matrix, measure, target

RANDOM = np.random.default_rng(0)
PICTURE, PAINTING, OTHER = RANDOM.normal(0.5, 1, size=(3, 1, 4, 5, 3))
WEIGHT = RANDOM.uniform(0.2, 1, size=(1, 4, 5, 1))
OVER = {"positions": 20, "values": 60, "pixels": 7, "none": 1}
LOSSES = ["mean_squared", "sum_squared", "scaled_squared", "relative", "wasserstein"]


def settings(**changes):
    return presets.resolve({"gram": "plain", "style_loss": "mean_squared", **changes})


def activations(features, weight=None, pixels=7) -> Activations:
    return Activations(tf.constant(features), None if weight is None else tf.constant(weight), pixels)


def apart(picture, painting, chosen) -> float:
    return float(distance(picture, target([(painting, 1.0)], chosen), chosen))


def test_the_gram_matrix_of_ones_is_ones_at_any_size():
    for height, width in ((2, 3), (5, 7)):
        np.testing.assert_allclose(gram_matrix(tf.ones((1, height, width, 4))), np.ones((4, 4)))


@pytest.mark.parametrize("over", OVER)
def test_the_gram_matrix_is_the_sum_of_outer_products_over_a_number(over):
    desired = sum(np.outer(f, f) for f in PICTURE.reshape(-1, 3)) / OVER[over]
    np.testing.assert_allclose(gram_matrix(tf.constant(PICTURE), None, over, 7), desired)


@pytest.mark.parametrize("over", OVER)
def test_weights_of_one_change_nothing(over):
    one, none = (gram_matrix(tf.constant(PICTURE), weight, over, 7) for weight in (tf.ones_like(WEIGHT), None))
    np.testing.assert_allclose(one, none)


@pytest.mark.parametrize("over", OVER)
def test_a_position_of_weight_zero_might_be_missing(over):
    weight = np.ones_like(WEIGHT)
    weight[:, 3] = 0
    actual = gram_matrix(tf.constant(PICTURE), tf.constant(weight), over, 7)
    rest = gram_matrix(tf.constant(PICTURE[:, :3]), None, over, 7)
    np.testing.assert_allclose(actual, rest * stands_for(20 / 15, over))


@pytest.mark.parametrize("over", OVER)
def test_a_position_of_weight_two_counts_twice(over):
    weight = np.ones_like(WEIGHT)
    weight[:, 0] = 2
    actual = gram_matrix(tf.constant(PICTURE), tf.constant(weight), over, 7)
    twice = np.concatenate([PICTURE[:, :1], PICTURE], axis=1)
    np.testing.assert_allclose(actual, gram_matrix(tf.constant(twice), None, over, 7) * stands_for(20 / 25, over))


def stands_for(share: float, over: str) -> float:
    """Return the factor of sums: what counts stands for all positions, which means don't show."""
    return share if over in ("pixels", "none") else 1


def test_a_shifted_gram_matrix_is_covariance_plus_what_the_means_differ_by():
    shift = np.array([1.0, 2.0, 3.0])
    flat = PICTURE.reshape(-1, 3)
    difference = flat.mean(axis=0) - shift
    desired = np.cov(flat.T, bias=True) + np.outer(difference, difference)
    np.testing.assert_allclose(measure(activations(PICTURE), tf.constant(shift), "positions").gram, desired)


def test_shifted_gram_matrices_are_about_the_paintings_mean():
    aim = target([(activations(PAINTING), 1.0)], settings(gram="shifted"))
    np.testing.assert_allclose(aim.gram, np.cov(PAINTING.reshape(-1, 3).T, bias=True))


@pytest.mark.parametrize("gram", ["plain", "shifted"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_painting_is_no_distance_from_itself(name, gram):
    own = activations(PAINTING)
    assert apart(own, own, settings(style_loss=name, gram=gram)) == pytest.approx(0, abs=1e-6)


def test_a_blend_aims_at_the_mean_of_its_gram_matrices():
    first, second = activations(PAINTING), activations(OTHER)
    aim = target([(first, 0.75), (second, 0.25)], settings())
    desired = 0.75 * gram_matrix(first.features) + 0.25 * gram_matrix(second.features)
    np.testing.assert_allclose(aim.gram, desired)


def test_paintings_count_by_their_share_whatever_their_size():
    aim = target([(activations(np.ones((1, 9, 9, 1))), 0.5), (activations(np.zeros((1, 2, 2, 1))), 0.5)], settings())
    assert (float(aim.gram[0, 0]), float(aim.mean[0])) == (0.5, 0.5)


def w2(picture: np.ndarray, painting: np.ndarray) -> float:
    """Return the squared 2-Wasserstein distance of two normal distributions over their channels, with SciPy's roots."""
    (m, s), (n, t) = (
        (flat.mean(axis=0), np.cov(flat.T, bias=True) + WASSERSTEIN_RIDGE * np.eye(flat.shape[1]))
        for flat in (picture.reshape(-1, picture.shape[-1]), painting.reshape(-1, painting.shape[-1]))
    )
    root = scipy.linalg.sqrtm(t)
    return (np.sum((m - n) ** 2) + np.trace(s + t - 2 * scipy.linalg.sqrtm(root @ s @ root))) / len(m)


def test_wasserstein_distances_are_those_that_scipy_finds():
    found = apart(activations(PICTURE), activations(PAINTING), settings(style_loss="wasserstein"))
    assert found == pytest.approx(w2(PICTURE, PAINTING), rel=1e-4)


def test_wasserstein_distances_of_one_channel_are_those_of_means_and_deviations():
    picture = np.array([0.0, 2, 0, 2]).reshape(1, 2, 2, 1)  # mean 1, deviation 1
    painting = np.array([2.0, 8, 8, 2]).reshape(1, 2, 2, 1)  # mean 5, deviation 3
    found = apart(activations(picture), activations(painting), settings(style_loss="wasserstein"))
    assert found == pytest.approx((5 - 1) ** 2 + (3 - 1) ** 2, rel=1e-4)


def test_a_blend_by_wasserstein_aims_at_the_moments_of_all_positions():
    """Two paintings of equal share and size are one of both, side by side."""
    chosen = settings(style_loss="wasserstein")
    both = target([(activations(PAINTING), 0.5), (activations(OTHER + 2), 0.5)], chosen)
    side_by_side = activations(np.concatenate([PAINTING, OTHER + 2], axis=2))
    found = float(distance(activations(PICTURE), both, chosen))
    assert found == pytest.approx(apart(activations(PICTURE), side_by_side, chosen))


def test_a_flat_picture_has_a_wasserstein_distance():
    """The covariance of large equal numbers must not be what rounding leaves of their squares."""
    flat = np.full((1, 9, 9, 16), 1, np.float32) * np.random.default_rng(4).uniform(500, 2000, 16).astype(np.float32)
    painting = np.random.default_rng(5).normal(1000, 300, (1, 9, 9, 16)).astype(np.float32)
    found = apart(activations(flat), activations(painting), settings(style_loss="wasserstein"))
    assert found == pytest.approx(w2(flat.astype(np.float64), painting.astype(np.float64)), rel=1e-3)


@pytest.mark.parametrize("name", LOSSES)
def test_a_region_without_positions_has_a_finite_loss_and_no_gradient(name):
    chosen = settings(style_loss=name)
    aim = target([(activations(PAINTING.astype(np.float32)), 1.0)], chosen)
    picture = tf.constant(PICTURE, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(picture)
        loss = distance(Activations(picture, tf.zeros((1, 4, 5, 1)), 7), aim, chosen)
    assert np.isfinite(loss)
    np.testing.assert_array_equal(tape.gradient(loss, picture), np.zeros_like(PICTURE))


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])
@pytest.mark.parametrize(("gram", "over"), [*(("plain", over) for over in OVER), ("shifted", "positions")])
@pytest.mark.parametrize("name", LOSSES[:-1])
def test_gradients_of_gram_losses_agree_with_finite_differences(name, gram, over, weight):
    check_gradient(settings(style_loss=name, gram=gram, gram_over=over), weight, 1e-5)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])
def test_gradients_of_wasserstein_distances_agree_with_finite_differences(weight):
    check_gradient(settings(style_loss="wasserstein"), weight, 1e-4)  # roots and their gradients are iterations


def check_gradient(chosen, weight, tolerance):
    aim = target([(activations(PAINTING), 1.0)], chosen)
    (analytic,), (numeric,) = tf.test.compute_gradient(
        tf.function(
            lambda x: distance(Activations(x, None if weight is None else tf.constant(weight), 7), aim, chosen)
        ),
        [tf.constant(PICTURE)],
        delta=1e-6,
    )
    np.testing.assert_allclose(analytic, numeric, rtol=tolerance, atol=tolerance * np.abs(numeric).max())
