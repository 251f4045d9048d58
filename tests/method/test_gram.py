"""Gram matrices against sums of outer products, and their gradient against TensorFlow's own and finite differences."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method.gram import gram_matrix

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(0.5, 1, size=(2, 4, 5, 3)).astype(np.float32)  # of two pictures
WEIGHT = RANDOM.uniform(0.2, 1, size=(2, 4, 5, 1)).astype(np.float32)
SHIFT = RANDOM.normal(size=(2, 3)).astype(np.float32)
UPSTREAM = RANDOM.normal(size=(2, 3, 3)).astype(np.float32)  # not symmetric
ONES = np.ones_like(WEIGHT)
NUMBERS = {"positions": 20, "values": 60, "pixels": 7, "none": 1}
ROUNDING = 2.0**-8  # of bfloat16, relatively

OVER = pytest.mark.parametrize("over", NUMBERS)
SHIFTED = pytest.mark.parametrize("shift", [None, SHIFT], ids=["plain", "shifted"])
WEIGHTED = pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])


def constant(array, dtype=tf.float32):
    return None if array is None else tf.constant(array, dtype)


def gram(features=FEATURES, shift=None, weight=None, over="positions"):
    return gram_matrix(constant(features), constant(shift), constant(weight), over, 7)


def formula(features, shift, weight, over):
    """Return the matrices by a plain formula, in float64."""
    weight = tf.ones_like(ONES, tf.float64) if weight is None else constant(weight, tf.float64)
    shifted = features if shift is None else features - constant(shift, tf.float64)[:, tf.newaxis, tf.newaxis]
    share = 20 / tf.reduce_sum(weight, axis=(1, 2, 3))
    return tf.einsum("bhwi,bhwx,bhwj,b->bij", shifted, weight, shifted, share) / NUMBERS[over]


def gradient(of, x) -> np.ndarray:
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(of(x) * tf.constant(UPSTREAM, tf.float64 if x.dtype == tf.float64 else tf.float32))
    return tf.cast(tape.gradient(loss, x), tf.float64).numpy()


def stands_for(share: float, over: str) -> float:
    """Return the factor of sums: what counts stands for all positions, which means don't show."""
    return share if over in ("pixels", "none") else 1


def test_the_gram_matrix_of_ones_is_ones_at_any_size():
    for height, width in ((2, 3), (5, 7)):
        np.testing.assert_allclose(gram(np.ones((1, height, width, 4))), np.ones((1, 4, 4)))


@OVER
def test_the_gram_matrix_is_the_sum_of_outer_products_over_a_number(over):
    desired = [sum(np.outer(f, f) for f in each.reshape(-1, 3)) / NUMBERS[over] for each in FEATURES]
    np.testing.assert_allclose(gram(over=over), desired, rtol=1e-5)


@OVER
def test_weights_of_one_change_nothing(over):
    np.testing.assert_allclose(gram(weight=ONES, over=over), gram(over=over), rtol=1e-6)


@OVER
def test_a_position_of_weight_zero_might_be_missing(over):
    weight = ONES.copy()
    weight[:, 3] = 0
    desired = gram(FEATURES[:, :3], over=over) * stands_for(20 / 15, over)
    np.testing.assert_allclose(gram(weight=weight, over=over), desired, rtol=1e-5)


@OVER
def test_a_position_of_weight_two_counts_twice(over):
    weight = ONES.copy()
    weight[:, 0] = 2
    twice = np.concatenate([FEATURES[:, :1], FEATURES], axis=1)
    desired = gram(twice, over=over) * stands_for(20 / 25, over)
    np.testing.assert_allclose(gram(weight=weight, over=over), desired, rtol=1e-5)


def test_a_shifted_gram_matrix_is_covariance_plus_what_the_means_differ_by():
    for found, features, shift in zip(gram(shift=SHIFT), FEATURES.reshape(2, -1, 3), SHIFT, strict=True):
        apart = features.mean(axis=0) - shift
        np.testing.assert_allclose(found, np.cov(features.T, bias=True) + np.outer(apart, apart), rtol=1e-5)


@pytest.mark.parametrize("dtype", [tf.float32, tf.bfloat16])
@SHIFTED
@WEIGHTED
@OVER
def test_matrices_are_the_plain_formulas_whatever_the_precision(over, weight, shift, dtype):
    """Those of bfloat16 activations are not rounded on the way."""
    features = tf.constant(FEATURES, dtype)
    found = gram_matrix(features, constant(shift), constant(weight), over, 7)
    desired = formula(tf.cast(features, tf.float64), shift, weight, over)
    assert found.dtype == tf.float32
    np.testing.assert_allclose(found, desired, rtol=1e-5, atol=1e-6 * np.abs(desired).max())


@SHIFTED
@WEIGHTED
@OVER
def test_the_gradient_is_that_of_the_plain_formula(over, weight, shift):
    found = gradient(lambda x: gram_matrix(x, constant(shift), constant(weight), over, 7), tf.constant(FEATURES))
    desired = gradient(lambda x: formula(x, shift, weight, over), tf.constant(FEATURES, tf.float64))
    np.testing.assert_allclose(found, desired, rtol=1e-5, atol=1e-6 * np.abs(desired).max())


@SHIFTED
@WEIGHTED
@OVER
def test_the_gradient_in_bfloat16_is_off_by_its_roundings(over, weight, shift):
    """Three: of activations, of what comes from above, and of the product."""
    features = tf.constant(FEATURES, tf.bfloat16)
    wide = tf.cast(features, tf.float64)
    found = gradient(lambda x: gram_matrix(x, constant(shift), constant(weight), over, 7), features)
    desired = gradient(lambda x: formula(x, shift, weight, over), wide)
    counts = 20 * weight / weight.sum(axis=(1, 2, 3), keepdims=True) if weight is not None else ONES
    apart = np.abs(wide - (0 if shift is None else shift[:, np.newaxis, np.newaxis]))
    sizes = counts * np.einsum("bhwi,bij->bhwj", apart, np.abs(UPSTREAM + UPSTREAM.swapaxes(1, 2))) / NUMBERS[over]
    assert (np.abs(found - desired) <= 3.1 * ROUNDING * sizes).all()
    assert np.abs(found - desired).max() > 0


def test_the_gradient_in_bfloat16_rounds_what_a_large_shift_leaves():
    """Of activations near 100 it would otherwise see steps of a half."""
    shift = np.full((2, 3), 100, np.float32)
    features = tf.constant(FEATURES + 100, tf.bfloat16)
    found = gradient(lambda x: gram_matrix(x, constant(shift + 0.2)), features)
    desired = gradient(lambda x: formula(x, shift + np.float32(0.2), None, "positions"), tf.cast(features, tf.float64))
    assert np.abs(found - desired).max() < 0.02 * np.abs(desired).max()


@SHIFTED
@WEIGHTED
@OVER
def test_the_gradient_agrees_with_finite_differences(over, weight, shift):
    """Those of squares are exact however far apart, which leaves float32 enough digits."""
    (analytic,), (numeric,) = tf.test.compute_gradient(
        lambda x: gram_matrix(x, constant(shift), constant(weight), over, 7), [tf.constant(FEATURES)], delta=0.125
    )
    np.testing.assert_allclose(analytic, numeric, atol=2e-5 * np.abs(numeric).max())


@WEIGHTED
def test_compiled_it_is_the_same(weight):
    found = tf.function(lambda x: gram_matrix(x, constant(SHIFT), constant(weight)))
    desired = gram(shift=SHIFT, weight=weight)
    np.testing.assert_allclose(found(tf.constant(FEATURES)), desired, rtol=1e-6)


def test_the_gradient_of_a_region_without_positions_is_zero():
    found = gradient(lambda x: gram_matrix(x, constant(SHIFT), constant(0 * ONES)), tf.constant(FEATURES))
    np.testing.assert_array_equal(found, np.zeros_like(FEATURES))
