"""Loss terms: values worked out by thought, and gradients against finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid import losses


def test_gram_matrix_of_ones_is_ones_at_any_size():
    for height, width in ((2, 3), (5, 7)):
        actual = losses.gram_matrix(tf.ones((1, height, width, 4)))
        np.testing.assert_allclose(actual, np.ones((4, 4)))


def test_gram_matrix_is_the_mean_outer_product():
    features = np.random.default_rng(0).normal(size=(1, 3, 5, 2)).astype(np.float32)
    desired = np.mean([np.outer(f, f) for f in features.reshape(-1, 2)], axis=0)
    np.testing.assert_allclose(losses.gram_matrix(tf.constant(features)), desired, rtol=1e-5)


def test_mean_squared_of_a_shift_is_its_square():
    assert float(losses.mean_squared(tf.fill((2, 3), 3.0), tf.ones((2, 3)))) == pytest.approx(4)


def test_relative_is_zero_when_equal_and_one_for_nothing():
    target = tf.constant([[3.0, -4.0]])
    assert float(losses.relative(target, target)) == 0
    assert float(losses.relative(tf.zeros((1, 2)), target)) == pytest.approx(1)


def test_relative_does_not_change_with_the_scale_of_both():
    actual, target = tf.constant([1.0, 2.0]), tf.constant([2.0, 2.0])
    assert float(losses.relative(100 * actual, 100 * target)) == pytest.approx(float(losses.relative(actual, target)))


def test_relative_to_a_target_of_zeros_is_finite_and_zero_when_equal():
    assert float(losses.relative(tf.zeros(3), tf.zeros(3))) == 0


def test_standardised_is_one_for_a_flat_colour_at_the_targets_mean():
    target = tf.constant(np.random.default_rng(4).normal(5, 1, (1, 6, 7, 3)).astype(np.float32))
    flat = tf.ones_like(target) * tf.reduce_mean(target, axis=(0, 1, 2))
    assert float(losses.standardised(flat, target)) == pytest.approx(1, rel=1e-4)
    assert float(losses.standardised(target, target)) == 0


def test_standardised_to_a_flat_target_is_finite():
    assert float(losses.standardised(tf.fill((1, 2, 2, 1), 2.0), tf.ones((1, 2, 2, 1)))) == pytest.approx(1e4)


def test_a_shifted_gram_matrix_is_covariance_plus_what_the_means_differ_by():
    features = np.random.default_rng(5).normal(2, 1, (1, 5, 6, 3)).astype(np.float32)
    flat, shift = features.reshape(-1, 3), np.array([1.0, 2.0, 3.0], np.float32)
    difference = flat.mean(axis=0) - shift
    desired = np.cov(flat.T, bias=True) + np.outer(difference, difference)
    np.testing.assert_allclose(losses.gram_matrix(tf.constant(features), tf.constant(shift)), desired, rtol=1e-4)


def checkerboard(size: int) -> tf.Tensor:
    y, x = np.mgrid[:size, :size]
    return tf.constant(((x + y) % 2).astype(np.float32)[np.newaxis, :, :, np.newaxis])


def test_total_variation_of_a_checkerboard():
    board = checkerboard(4)
    assert float(losses.mean_absolute(board)) == pytest.approx(2)  # every neighbour differs by 1, down and across
    assert float(losses.sum_absolute(board)) == pytest.approx(2 * 3 * 4)


def test_sum_absolute_is_tensorflows_total_variation():
    picture = tf.constant(np.random.default_rng(1).random((1, 5, 6, 3), dtype=np.float32))
    np.testing.assert_allclose(losses.sum_absolute(picture), tf.image.total_variation(picture)[0], rtol=1e-6)


PICTURE = np.random.default_rng(2).normal(size=(1, 3, 4, 2))
TARGET = np.random.default_rng(3).normal(size=(1, 3, 4, 2))


@pytest.mark.parametrize(
    "term",
    [
        lambda x: losses.mean_squared(x, tf.constant(TARGET)),
        lambda x: losses.relative(x, tf.constant(TARGET)),
        lambda x: losses.mean_squared(losses.gram_matrix(x), losses.gram_matrix(tf.constant(TARGET))),
        lambda x: losses.relative(losses.gram_matrix(x), losses.gram_matrix(tf.constant(TARGET))),
        lambda x: losses.standardised(x, tf.constant(TARGET)),
        lambda x: losses.relative(
            losses.gram_matrix(x, tf.constant([0.5, -1.0], tf.float64)), tf.eye(2, dtype=tf.float64)
        ),
        losses.mean_absolute,
        losses.sum_absolute,
    ],
    ids=[
        "mean_squared",
        "relative",
        "gram mean_squared",
        "gram relative",
        "standardised",
        "shifted gram",
        "mean_absolute",
        "sum_absolute",
    ],
)
def test_gradients_agree_with_finite_differences(term):
    (analytic,), (numeric,) = tf.test.compute_gradient(term, [tf.constant(PICTURE)], delta=1e-6)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-7)
