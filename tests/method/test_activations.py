"""Moments: parts merged are the whole, whatever its Gram matrix is about, and seeds give the whole's gradient."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method.activations import Activations, Moments, gradient_by_moments, merge, moments
from stylegrid.method.losses import Values

RANDOM = np.random.default_rng(0)
FEATURES = RANDOM.normal(3, 1, size=(2, 6, 5, 4)).astype(np.float32)
WEIGHT = RANDOM.uniform(0, 1, size=(2, 6, 5, 1)).astype(np.float32)
WEIGHT[:, :2] = 0  # a part that doesn't count at all
SHIFT = np.array([[1.0, -2, 0, 3]] * 2, np.float32)
ENDS = [(0, 0), (0, 2), (2, 3), (3, 6)]  # one part is empty

WEIGHTED = pytest.mark.parametrize("weight", [None, WEIGHT], ids=["unweighted", "weighted"])


def activations(features=FEATURES, weight=None, rows=slice(None)) -> Activations:
    part = tf.constant(features)[:, rows]
    return Activations(part, None if weight is None else tf.constant(weight[:, rows]), part.shape[1] * 7)


def merged(weight=None, features=FEATURES) -> Moments:
    return merge(moments(activations(features, weight, slice(*ends))) for ends in ENDS)


@WEIGHTED
@pytest.mark.parametrize("shift", [None, SHIFT], ids=["plain", "shifted"])
@pytest.mark.parametrize("over", ["positions", "values", "pixels", "none"])
def test_the_gram_matrix_of_merged_parts_is_the_wholes(over, shift, weight):
    whole, shift = activations(weight=weight), None if shift is None else tf.constant(shift)
    np.testing.assert_allclose(merged(weight).gram(shift, over), whole.gram(shift, over), rtol=1e-5, atol=1e-5)


@WEIGHTED
def test_the_mean_and_the_measures_of_merged_parts_are_the_wholes(weight):
    whole, found = activations(weight=weight), merged(weight)
    values = Values(whole.features, whole.weight)
    np.testing.assert_allclose(found.average(), whole.average(), rtol=1e-6)
    np.testing.assert_allclose(found.number(), values.number(), rtol=1e-6)
    np.testing.assert_allclose(found.energy(), values.energy(), rtol=1e-6)
    np.testing.assert_allclose(found.variation(), values.variation(), rtol=1e-5)


def test_where_nothing_counts_moments_are_zero():
    nothing = merged(0 * WEIGHT)
    assert all(not each.numpy().any() for each in (nothing.total, nothing.mean, nothing.scatter))
    assert not nothing.gram(None, "values").numpy().any()


def test_the_scatter_of_large_equal_numbers_is_nothing():
    """A difference of their squares would be what rounding leaves."""
    flat = np.broadcast_to(RANDOM.uniform(500, 2000, 4), FEATURES.shape).astype(np.float32)
    assert np.abs(merged(features=flat).scatter).max() < 1e-3


@WEIGHTED
def test_seeded_parts_have_the_gradient_of_a_function_of_the_wholes_moments(weight):
    def loss(of) -> tf.Tensor:
        return tf.reduce_sum(tf.sin(of.average())) + tf.reduce_sum(tf.sin(of.gram(tf.constant(SHIFT), "positions")))

    whole = tf.constant(FEATURES)
    with tf.GradientTape() as tape:
        tape.watch(whole)
        value = loss(Activations(whole, None if weight is None else tf.constant(weight), 1))
    desired = tape.gradient(value, whole)
    summed = merged(weight)
    with tf.GradientTape() as tape:
        tape.watch(summed)
        value = loss(summed)
    seed = tape.gradient(value, summed, unconnected_gradients="zero")
    parts = []
    for ends in ENDS:
        part = activations(weight=weight, rows=slice(*ends))
        parts.append(gradient_by_moments(part, summed, seed))
    np.testing.assert_allclose(tf.concat(parts, axis=1), desired, rtol=1e-4, atol=1e-5)
