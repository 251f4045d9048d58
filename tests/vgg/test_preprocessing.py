"""Pixel spaces: what the network sees, against Keras and arithmetic, and the way back."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stylegrid.vgg.preprocessing import PREPROCESSINGS, space_of

PICTURE = np.random.default_rng(0).random((1, 4, 5, 3), dtype=np.float32)
COLOUR = np.array([0.2, 0.5, 0.8])
SEEN = {
    "caffe": [0.8 * 255 - 103.939, 0.5 * 255 - 116.779, 0.2 * 255 - 123.68],
    "caffe_256": [0.8 * 256 - 103.939, 0.5 * 256 - 116.779, 0.2 * 256 - 123.68],
    "imagenet": [(0.2 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (0.8 - 0.406) / 0.225],
    "raw": [0.2 * 255, 0.5 * 255, 0.8 * 255],
    "mean_rgb": [0.2 * 255 - 123.675, 0.5 * 255 - 116.28, 0.8 * 255 - 103.53],
}

EVERY = pytest.mark.parametrize("name", PREPROCESSINGS)
BOTH = pytest.mark.parametrize("pixels", ["unit", "network"])


@EVERY
def test_a_colour_is_seen_as_arithmetic_says(name):
    seen = PREPROCESSINGS[name].to_network(tf.constant(COLOUR.reshape(1, 1, 1, 3)))
    np.testing.assert_allclose(seen[0, 0, 0], SEEN[name], rtol=1e-12)


def test_caffe_is_what_keras_vgg19_sees():
    desired = keras.applications.vgg19.preprocess_input(PICTURE * 255)
    np.testing.assert_allclose(PREPROCESSINGS["caffe"].to_network(tf.constant(PICTURE)), desired, atol=1e-4)


def test_imagenet_is_keras_torch_mode():
    desired = keras.applications.imagenet_utils.preprocess_input(PICTURE * 255, mode="torch")
    np.testing.assert_allclose(PREPROCESSINGS["imagenet"].to_network(tf.constant(PICTURE)), desired, atol=1e-6)


@EVERY
def test_the_way_back_is_the_reverse(name):
    preprocessing = PREPROCESSINGS[name]
    back = preprocessing.to_picture(preprocessing.to_network(tf.constant(PICTURE)))
    np.testing.assert_allclose(back, PICTURE, atol=1e-6)


@BOTH
@EVERY
def test_a_canvas_holds_its_picture(name, pixels):
    space = space_of(name, pixels)
    np.testing.assert_allclose(space.to_picture(space.to_canvas(tf.constant(PICTURE))), PICTURE, atol=1e-6)


@BOTH
@EVERY
def test_the_network_sees_the_same_whichever_pixels_are_painted(name, pixels):
    space = space_of(name, pixels)
    seen = space.to_network(space.to_canvas(tf.constant(PICTURE)))
    np.testing.assert_allclose(seen, PREPROCESSINGS[name].to_network(tf.constant(PICTURE)))


@EVERY
def test_unit_pixels_are_the_pictures_own_from_zero_to_one(name):
    space = space_of(name, "unit")
    np.testing.assert_array_equal(space.to_canvas(tf.constant(PICTURE)), PICTURE)
    np.testing.assert_array_equal(space.bounds(), [[0, 0, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("name", "black", "white"),
    [
        ("caffe", [-103.939, -116.779, -123.68], [151.061, 138.221, 131.32]),
        ("raw", [0, 0, 0], [255, 255, 255]),
        ("imagenet", [-2.117904, -2.035714, -1.804444], [2.248908, 2.428571, 2.64]),
    ],
)
def test_bounds_are_what_the_network_sees_of_black_and_white(name, black, white):
    np.testing.assert_allclose(space_of(name, "network").bounds(), [black, white], rtol=1e-5)


def test_pictures_beyond_black_and_white_are_not_clipped():
    beyond = tf.constant([[[[-0.5, 1.5, 0.5]]]])
    space = space_of("caffe", "network")
    np.testing.assert_allclose(space.to_picture(space.to_canvas(beyond)), beyond, atol=1e-6)


GREYS = np.repeat(PICTURE[..., :1], 3, axis=-1)


@BOTH
@EVERY
def test_a_picture_in_greys_is_one_channel_and_comes_back_in_greys(name, pixels):
    space = space_of(name, pixels, grey=True)
    canvas = space.to_canvas(tf.constant(GREYS))
    assert canvas.shape == (1, 4, 5, 1)
    assert [bound.shape for bound in space.bounds()] == [(1,), (1,)]
    back = space.to_picture(canvas).numpy()
    np.testing.assert_allclose(back, GREYS, atol=1e-6)
    np.testing.assert_array_equal(back.max(axis=-1), back.min(axis=-1))  # exactly, or rounding would colour it


@BOTH
@EVERY
def test_one_channel_stands_for_the_three_that_it_would_be(name, pixels):
    space = space_of(name, pixels, grey=True)
    desired = space_of(name, pixels).to_canvas(tf.constant(GREYS))
    np.testing.assert_allclose(space.to_colours(space.to_canvas(tf.constant(GREYS))), desired, atol=1e-4)
