"""Losses between activations or statistics: values worked out by thought, and gradients by finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method import losses
from stylegrid.method.losses import NORMALISERS, make_target

RANDOM = np.random.default_rng(0)
ACTUAL, TARGET = RANDOM.normal(size=(2, 2, 3, 4, 2)).astype(np.float32)  # of two pictures
WEIGHT = RANDOM.uniform(0.2, 1, size=(2, 3, 4, 1)).astype(np.float32)
ONES = np.ones_like(WEIGHT)

EVERY = pytest.mark.parametrize("name", NORMALISERS)
WEIGHTED = pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])


def target_of(name, target=TARGET, weight=None):
    return make_target(
        name, tf.constant(target, tf.float32), None if weight is None else tf.constant(weight, tf.float32)
    )


def loss_of(name, actual=ACTUAL, target=TARGET, weight=None) -> np.ndarray:
    return losses.squared_loss(name, tf.constant(actual, tf.float32), target_of(name, target, weight)).numpy()


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
def test_losses_of_two_threes_and_a_four(name, desired):
    target = np.array([2.0, 0, -2, 0]).reshape(1, 2, 2, 1)
    actual = target + np.array([3.0, 0, 0, -4]).reshape(1, 2, 2, 1)
    np.testing.assert_allclose(loss_of(name, actual, target), [desired], rtol=1e-6)


@EVERY
def test_equal_activations_are_no_distance_apart(name):
    np.testing.assert_array_equal(loss_of(name, TARGET, TARGET), [0, 0])


@WEIGHTED
@EVERY
def test_pictures_of_a_batch_are_compared_each_with_its_own_target(name, weight):
    alone = [loss_of(name, ACTUAL[[i]], TARGET[[i]], None if weight is None else weight[[i]])[0] for i in (0, 1)]
    np.testing.assert_allclose(loss_of(name, weight=weight), alone, rtol=1e-6)


@EVERY
def test_weights_of_one_change_nothing(name):
    np.testing.assert_allclose(loss_of(name, weight=ONES), loss_of(name), rtol=1e-6)


@EVERY
def test_a_position_of_weight_zero_might_be_missing(name):
    weight = ONES.copy()
    weight[:, 2] = 0
    np.testing.assert_allclose(loss_of(name, weight=weight), loss_of(name, ACTUAL[:, :2], TARGET[:, :2]), rtol=1e-6)


@EVERY
def test_a_position_of_weight_two_counts_twice(name):
    weight = ONES.copy()
    weight[:, :, 0] = 2
    twice = (np.concatenate([values[:, :, :1], values], axis=2) for values in (ACTUAL, TARGET))
    np.testing.assert_allclose(loss_of(name, weight=weight), loss_of(name, *twice), rtol=1e-6)


@EVERY
def test_where_nothing_counts_there_is_no_loss_and_no_gradient(name):
    actual = tf.constant(ACTUAL)
    with tf.GradientTape() as tape:
        tape.watch(actual)
        loss = losses.squared_loss(name, actual, target_of(name, weight=0 * ONES))
    np.testing.assert_array_equal(loss, [0, 0])
    np.testing.assert_array_equal(tape.gradient(loss, actual), np.zeros_like(ACTUAL))


@WEIGHTED
@EVERY
def test_gradients_agree_with_finite_differences(name, weight):
    """Those of squares are exact however far apart, which leaves float32 enough digits."""
    goal = target_of(name, weight=weight)
    (analytic,), (numeric,) = tf.test.compute_gradient(
        lambda x: losses.squared_loss(name, x, goal), [tf.constant(ACTUAL)], delta=2.0**-6
    )
    np.testing.assert_allclose(analytic, numeric, rtol=2e-3, atol=2e-4 * np.abs(numeric).max())


@WEIGHTED
@EVERY
def test_sums_of_bfloat16_are_taken_in_float32(name, weight):
    """Summed in bfloat16, of 8 bits, most of a thousand squares would be lost."""
    random = np.random.default_rng(1)
    actual, target = (tf.constant(random.normal(size=(2, 32, 32, 1)), tf.bfloat16) for _ in range(2))
    weight = None if weight is None else np.tile(weight, (1, 11, 8, 1))[:, :32]
    exact = tf.cast(actual - target, tf.float32) + tf.cast(target, tf.float32)
    goal = target_of(name, tf.cast(target, tf.float32), weight)
    found = losses.squared_loss(name, actual, goal._replace(values=target))
    assert found.dtype == tf.float32
    np.testing.assert_allclose(found, losses.squared_loss(name, exact, goal), rtol=1e-5)


@pytest.mark.parametrize("name", ["relative", "standardised"])
def test_shares_do_not_change_with_the_size_of_both(name):
    np.testing.assert_allclose(loss_of(name, 100 * ACTUAL, 100 * TARGET), loss_of(name), rtol=1e-5)


def test_relative_is_one_for_nothing():
    np.testing.assert_allclose(loss_of("relative", 0 * TARGET), [1, 1], rtol=1e-6)


def test_relative_to_a_target_of_zeros_is_finite():
    nothing = np.zeros((1, 1, 3, 1))
    np.testing.assert_array_equal(loss_of("relative", nothing, nothing), [0])
    assert np.isfinite(loss_of("relative", nothing + 1e-3, nothing)).all()


def test_standardised_is_one_for_a_flat_colour_at_the_targets_mean():
    flat = np.broadcast_to(TARGET.mean(axis=(1, 2), keepdims=True), TARGET.shape)
    np.testing.assert_allclose(loss_of("standardised", flat), [1, 1], rtol=1e-6)


def test_standardised_to_a_flat_target_takes_a_ten_thousandth_of_its_energy():
    ones = np.ones((1, 2, 2, 1))
    np.testing.assert_allclose(loss_of("standardised", 2 * ones, ones), [1e4], rtol=1e-6)


def test_scaled_squared_has_gradients_of_one_size():
    """Its gradient's absolute values add up to as much for a distance of 1e-3 as for one of 1e3."""

    def total(distance):
        x = distance * tf.constant(ACTUAL)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = losses.squared_loss("scaled_squared", x, target_of("scaled_squared", 0 * TARGET))
        return float(tf.reduce_sum(tf.abs(tape.gradient(loss, x))))

    assert total(1e-3) == pytest.approx(total(1e3), rel=1e-4)


def test_the_weighted_mean_is_numpys():
    desired = [
        np.average(values.reshape(-1, 2), axis=0, weights=weight.ravel())
        for values, weight in zip(ACTUAL, WEIGHT, strict=True)
    ]
    np.testing.assert_allclose(losses.weighted_mean(tf.constant(ACTUAL), tf.constant(WEIGHT)), desired, rtol=1e-5)
    np.testing.assert_allclose(losses.weighted_mean(tf.constant(ACTUAL)), ACTUAL.mean(axis=(1, 2)), rtol=1e-5)
