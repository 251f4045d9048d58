"""The two networks, with random weights, where their output can be known by thought."""

import fast_files
import numpy as np
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid.fast.architecture import SMALLEST, TO_PICTURE, TO_VECTOR, VECTOR
from stylegrid.fast.networks import predictor, transformer

VECTORS = np.random.default_rng(2).normal(size=(2, VECTOR)).astype(np.float32)


@pytest.fixture(scope="module")
def weights():
    return fast_files.random_weights()


def picture(width, height, seed=0):
    return np.float32(draw(width, height, seed))[np.newaxis] / 255


def matrix(weights, conv, vectors):
    kernel, bias = weights[conv.name]
    return vectors @ kernel[0, 0] + bias


@pytest.mark.parametrize("size", [(64, 48), (33, 47), (SMALLEST, 30), (SMALLEST, SMALLEST)])
def test_pictures_have_the_photograph_s_size_and_are_within_black_and_white(weights, size):
    photograph = picture(*size)
    painted = transformer(weights)(photograph, VECTORS[:1]).numpy()
    assert painted.shape == photograph.shape
    assert painted.min() >= 0 and painted.max() <= 1 and painted.std() > 0.01


@pytest.mark.parametrize("precision", [tf.float32, tf.bfloat16], ids=lambda kind: kind.name)
def test_a_photograph_of_one_colour_becomes_the_colour_of_the_last_shift(weights, precision):
    """Its activations don't vary, so that normalising leaves the shifts alone."""
    grey = np.full((1, 24, 16, 3), 0.3, np.float32)
    found = transformer(weights, precision)(grey, VECTORS[:1]).numpy()
    shift = matrix(weights, TO_PICTURE.shift, VECTORS[:1])[0]
    inside = found[0, 8:-8, 6:-6].reshape(-1, 3)
    assert np.ptp(found, axis=(1, 2)).max() < 0.02
    assert np.abs(inside - 1 / (1 + np.exp(-shift))).max() < 0.02


def test_the_last_channels_have_the_mean_and_deviation_that_the_vector_asks_for(weights):
    painted = transformer(weights)(picture(64, 48), VECTORS[:1]).numpy().astype(np.float64)
    before = np.log(painted / (1 - painted))
    scale, shift = (matrix(weights, part, VECTORS[:1])[0] for part in (TO_PICTURE.scale, TO_PICTURE.shift))
    assert np.allclose(before.mean(axis=(0, 1, 2)), shift, atol=1e-3)
    assert np.allclose(before.std(axis=(0, 1, 2)), np.abs(scale), rtol=1e-3)


def test_a_batch_is_painted_as_each_alone(weights):
    photographs, transform = np.concatenate([picture(32, 24, 0), picture(32, 24, 3)]), transformer(weights)
    together = transform(photographs, VECTORS).numpy()
    alone = [transform(photographs[n : n + 1], VECTORS[n : n + 1]).numpy()[0] for n in range(2)]
    assert np.abs(together - alone).max() < 1e-5
    assert np.abs(together[0] - together[1]).max() > 0.1


def test_bfloat16_paints_nearly_the_same(weights):
    photograph = picture(64, 48)
    exact, rounded = (transformer(weights, kind)(photograph, VECTORS[:1]).numpy() for kind in (tf.float32, tf.bfloat16))
    assert rounded.dtype == np.float32
    assert 0 < np.abs(rounded - exact).mean() < 0.02


def test_any_size_is_traced_once(weights):
    traced = []

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3)), tf.TensorSpec((None, VECTOR))])
    def paint(photographs, vectors):
        traced.append(1)
        return transformer(weights)(photographs, vectors)

    for size in ((30, 21), (64, 48)):
        desired = transformer(weights)(picture(*size), VECTORS[:1])
        assert np.allclose(paint(picture(*size), VECTORS[:1]), desired, atol=1e-5)
    assert len(traced) == 1


def test_vectors_tell_paintings_apart_and_a_batch_is_read_as_each_alone(weights):
    paintings, predict = np.concatenate([picture(256, 256, 0), picture(256, 256, 4)]), predictor(weights)
    vectors = predict(paintings).numpy()
    assert vectors.shape == (2, VECTOR) and np.abs(vectors[0] - vectors[1]).max() > 1e-3
    assert np.allclose(vectors[1], predict(paintings[1:]).numpy()[0], atol=1e-5)


def test_a_vector_is_the_last_matrix_of_means(weights):
    kernel, bias = weights[TO_VECTOR.name]
    without = {**weights, TO_VECTOR.name: (np.zeros_like(kernel), bias)}
    assert np.array_equal(predictor(without)(picture(256, 256)).numpy()[0], bias)
