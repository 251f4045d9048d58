"""Comparisons of activations and statistics: values worked out by thought, and gradients by finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid import losses
from stylegrid.losses import COMPARISONS

RANDOM = np.random.default_rng(0)
ACTUAL, TARGET = RANDOM.normal(size=(2, 1, 3, 4, 2))
WEIGHT = RANDOM.uniform(0.2, 1, size=(1, 3, 4, 1))

EVERY = pytest.mark.parametrize("name", COMPARISONS)


def compare(name, actual=ACTUAL, target=TARGET, weight=None) -> float:
    weight = None if weight is None else tf.constant(weight)
    return float(COMPARISONS[name](tf.constant(actual), tf.constant(target), weight))


@pytest.mark.parametrize(
    ("name", "desired"),
    [
        ("mean_squared", (9 + 16) / 4),
        ("sum_squared", 9 + 16),
        ("root_squared", (9 + 16) / 2),
        ("scaled_squared", (9 + 16) / (3 + 4)),
        ("relative", (9 + 16) / (4 + 4)),
        ("standardised", (9 + 16) / 8),  # the target's mean is 0
    ],
)
def test_comparisons_of_two_threes_and_a_four(name, desired):
    target = np.array([2.0, 0, -2, 0]).reshape(1, 2, 2, 1)
    actual = target + np.array([3.0, 0, 0, -4]).reshape(1, 2, 2, 1)
    assert compare(name, actual, target) == pytest.approx(desired)


@EVERY
def test_equal_activations_are_no_distance_apart(name):
    assert compare(name, TARGET, TARGET) == 0


@EVERY
def test_weights_of_one_change_nothing(name):
    assert compare(name, weight=np.ones_like(WEIGHT)) == pytest.approx(compare(name))


@EVERY
def test_a_position_of_weight_zero_might_be_missing(name):
    weight = np.ones_like(WEIGHT)
    weight[:, 2] = 0
    assert compare(name, weight=weight) == pytest.approx(compare(name, ACTUAL[:, :2], TARGET[:, :2]))


@EVERY
def test_a_position_of_weight_two_counts_twice(name):
    weight = np.ones_like(WEIGHT)
    weight[:, :, 0] = 2
    twice = (np.concatenate([values[:, :, :1], values], axis=2) for values in (ACTUAL, TARGET))
    assert compare(name, weight=weight) == pytest.approx(compare(name, *twice))


@EVERY
def test_where_nothing_counts_there_is_no_loss_and_no_gradient(name):
    actual, nothing = tf.constant(ACTUAL, tf.float32), tf.zeros_like(WEIGHT, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(actual)
        loss = COMPARISONS[name](actual, tf.constant(TARGET, tf.float32), nothing)
    assert float(loss) == 0
    np.testing.assert_array_equal(tape.gradient(loss, actual), np.zeros_like(ACTUAL))


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])
@EVERY
def test_gradients_agree_with_finite_differences(name, weight):
    weight = None if weight is None else tf.constant(weight)
    (analytic,), (numeric,) = tf.test.compute_gradient(
        lambda x: COMPARISONS[name](x, tf.constant(TARGET), weight), [tf.constant(ACTUAL)], delta=1e-6
    )
    np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", ["relative", "standardised"])
def test_shares_do_not_change_with_the_size_of_both(name):
    assert compare(name, 100 * ACTUAL, 100 * TARGET) == pytest.approx(compare(name))


def test_relative_is_one_for_nothing():
    assert compare("relative", np.zeros_like(TARGET)) == pytest.approx(1)


def test_relative_to_a_target_of_zeros_is_finite():
    nothing = np.zeros((1, 1, 3, 1), np.float32)
    assert compare("relative", nothing, nothing) == 0
    assert np.isfinite(compare("relative", nothing + np.float32(1e-3), nothing))


def test_standardised_is_one_for_a_flat_colour_at_the_targets_mean():
    assert compare("standardised", np.broadcast_to(TARGET.mean(axis=(1, 2)), TARGET.shape)) == pytest.approx(1)


def test_standardised_to_a_flat_target_takes_a_ten_thousandth_of_its_energy():
    ones = np.ones((1, 2, 2, 1))
    assert compare("standardised", 2 * ones, ones) == pytest.approx(1e4)


def test_scaled_squared_has_gradients_of_one_size():
    """Its gradient's absolute values add up to as much for a distance of 1e-3 as for one of 1e3."""

    def total(distance):
        x = tf.constant(TARGET) + distance * tf.constant(ACTUAL)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = losses.scaled_squared(x, tf.constant(TARGET))
        return float(tf.reduce_sum(tf.abs(tape.gradient(loss, x))))

    assert total(1e-3) == pytest.approx(total(1e3), rel=1e-4)


def test_the_weighted_mean_is_numpys():
    actual = losses.weighted_mean(tf.constant(ACTUAL), tf.constant(WEIGHT))
    desired = np.average(ACTUAL.reshape(-1, 2), axis=0, weights=WEIGHT.ravel())
    np.testing.assert_allclose(actual, desired)
