"""The objective over octaves: a mean of losses at several sizes, its gradient, and how pixels are reduced."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from stylegrid.method.objective import Losses
from stylegrid.method.octaves import Octave, mean_losses, over_octaves, reduce_to, shares

PIXELS = tf.constant(np.random.default_rng(3).random((1, 12, 16, 3), dtype=np.float32))


def quadratic(pixels):
    """Return losses 1, 2 and 3 times the mean square of pixels, and 6 times it as their total, with its gradient."""
    square = tf.reduce_mean(tf.square(pixels))
    gradient = 12 * pixels / tf.size(pixels, out_type=tf.float32)
    return tf.stack([square, 2 * square, 3 * square, 6 * square, tf.reduce_sum(gradient)]), gradient


def test_one_octave_is_the_objective_itself():
    found, expected = over_octaves([Octave((16, 12), quadratic)])(PIXELS), quadratic(PIXELS)
    for each, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(each, other, rtol=1e-6)


def test_an_octave_weighs_twice_as_much_as_the_next_larger_one():
    assert shares(1) == (1,)
    assert shares(3) == (1 / 7, 2 / 7, 4 / 7)


def test_the_losses_are_the_mean_of_those_at_each_size():
    values, _ = over_octaves([Octave((16, 12), quadratic), Octave((8, 6), quadratic)])(PIXELS)
    whole, half = quadratic(PIXELS)[0], quadratic(reduce_to((8, 6), PIXELS))[0]
    np.testing.assert_allclose(values[:4], (whole[:4] + 2 * half[:4]) / 3, rtol=1e-6)


def test_the_gradient_is_that_of_the_total():
    total = over_octaves([Octave((16, 12), quadratic), Octave((8, 6), quadratic), Octave((5, 4), quadratic)])
    direction = tf.constant(np.random.default_rng(4).standard_normal(PIXELS.shape), tf.float32)
    values, gradient = total(PIXELS)
    # Of a quadratic function central differences are exact but for rounding.
    rise = (total(PIXELS + 0.5 * direction)[0][3] - total(PIXELS - 0.5 * direction)[0][3]).numpy()
    assert tf.reduce_sum(gradient * direction).numpy() == pytest.approx(rise, rel=1e-4)
    assert values[4].numpy() == pytest.approx(tf.reduce_sum(gradient).numpy(), rel=1e-5)


def test_pixels_are_reduced_as_pictures_are():
    channel = Image.fromarray(PIXELS.numpy()[0, ..., 0])
    expected = np.asarray(channel.resize((7, 5), Image.Resampling.LANCZOS))
    np.testing.assert_allclose(reduce_to((7, 5), PIXELS)[0, ..., 0], expected, atol=1 / 255)


def test_one_colour_stays_that_colour():
    np.testing.assert_allclose(reduce_to((5, 7), tf.fill((1, 13, 11, 3), 0.3)), np.full((1, 7, 5, 3), 0.3), rtol=1e-5)


def test_means_are_of_each_term_and_each_layer():
    first = Losses(*(tf.constant([x]) for x in (1.0, 2.0, 3.0, 4.0))), {"relu1_1": tf.constant([1.0])}
    second = Losses(*(tf.constant([x]) for x in (3.0, 4.0, 5.0, 6.0))), {"relu1_1": tf.constant([4.0])}
    losses, by_layer = mean_losses([first, second])
    assert [float(term[0]) for term in losses] == pytest.approx([7 / 3, 10 / 3, 13 / 3, 16 / 3])
    assert float(by_layer["relu1_1"][0]) == pytest.approx(3)
