"""Weights turned from one input convention into another: activations inside the border change by one factor."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.conventions import CAFFE, FIRST, MATCONVNET, TORCHVISION, fold, for_input
from stylegrid.vgg.features import extractor

PICTURE = np.random.default_rng(0).random((1, 48, 52, 3))
LAYERS = ("relu1_1", "conv2_1", "relu3_2")
REACH = {"relu1_1": 1, "conv2_1": 2, "relu3_2": 4}  # of the first zero padding into a layer, in its own pixels
OWN_MEAN = MATCONVNET._replace(name="of the file", mean=(0.5, 0.25, 0.75))
EVERY = pytest.mark.parametrize(
    "convention", [CAFFE, MATCONVNET, TORCHVISION, OWN_MEAN], ids=lambda convention: convention.name
)


@pytest.fixture(scope="module")
def weights(network):
    """The untrained network with biases, without which a part of the conversion would not show."""
    generator = np.random.default_rng(1)
    return {name: (kernel, generator.normal(0, 5, len(bias)).astype("f4")) for name, (kernel, bias) in network.items()}


def seen(convention, picture=PICTURE):
    """Return what a network sees of a picture, by the definition, in float64."""
    values = (picture - np.array(convention.mean)) * np.array(convention.scale)
    return values[..., ::-1] if convention.bgr else values


def activations(weights, convention, picture=PICTURE, pooling="max"):
    extract = extractor(weights, LAYERS, pooling, "zero", precision=tf.float64)
    return {name: value.numpy() for name, value in extract(tf.constant(seen(convention, picture).copy())).items()}


def inside(layer, values):
    edge = REACH[layer]
    return values[:, edge:-edge, edge:-edge]


def assert_same_inside(actual, desired):
    for layer in LAYERS:
        largest = np.abs(desired[layer]).max()
        np.testing.assert_allclose(inside(layer, actual[layer]), inside(layer, desired[layer]), atol=1e-5 * largest)


@pytest.mark.parametrize("pooling", ["max", "average"])
@EVERY
def test_folding_multiplies_every_activation_inside_the_border_by_the_gain(weights, convention, pooling):
    own = activations(weights, convention, pooling=pooling)
    folded = activations(fold(weights, convention), CAFFE, pooling=pooling)
    assert_same_inside(folded, {layer: convention.gain * value for layer, value in own.items()})


@EVERY
def test_a_network_for_another_input_has_the_same_activations_over_the_gain(weights, convention):
    own = activations(weights, CAFFE)
    turned = activations(for_input(weights, convention), convention)
    assert_same_inside(turned, {layer: value / convention.gain for layer, value in own.items()})


@pytest.mark.parametrize(("there", "back"), [(fold, for_input), (for_input, fold)])
@EVERY
def test_there_and_back_is_the_same(weights, convention, there, back):
    again = back(there(weights, convention), convention)
    assert list(again) == list(weights)
    for name, arrays in weights.items():
        for array, expected in zip(again[name], arrays, strict=True):
            np.testing.assert_allclose(array, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())
            assert array.dtype == np.float32


def test_gains_are_those_of_the_size_of_inputs():
    gains = {convention.name: convention.gain for convention in (CAFFE, MATCONVNET, TORCHVISION)}
    assert gains == {"caffe": 1, "matconvnet": 1, "torchvision": pytest.approx(255 * (0.229 + 0.224 + 0.225) / 3)}


def test_folding_rgb_levels_only_reverses_the_channels(weights):
    folded = fold(weights, MATCONVNET)
    assert np.array_equal(folded[FIRST][0], weights[FIRST][0][:, :, ::-1])
    assert all(np.array_equal(folded[name][1], weights[name][1]) for name in weights)
    assert all(folded[conv.keras_name][0] is weights[conv.keras_name][0] for conv in CONVOLUTIONS[1:])


def test_keras_own_weights_stay_as_they_are(weights):
    assert fold(weights, CAFFE) is weights


def test_torchvision_is_folded_as_arithmetic_says():
    """One pixel of 1 in red's centre; a bias of 2; and a later layer's bias of 3."""
    kernel = np.zeros((3, 3, 3, 1), np.float32)
    kernel[1, 1, 0, 0] = 1
    folded = fold({FIRST: (kernel, np.array([2.0], "f4")), "b": (kernel, np.array([3.0], "f4"))}, TORCHVISION)
    gain = 255 * 0.226
    assert folded[FIRST][0][1, 1, 2, 0] == pytest.approx(gain / (255 * 0.229))
    assert np.count_nonzero(folded[FIRST][0]) == 1
    assert folded[FIRST][1][0] == pytest.approx(gain * (2 + (123.68 / 255 - 0.485) / 0.229))
    assert folded["b"][1][0] == pytest.approx(3 * gain)


def test_at_the_border_torchvision_s_black_is_half_a_level_from_caffe_s(weights):
    """Zero padding stands for each convention's mean colour: there, half a level's difference is seen."""
    own, folded = activations(weights, TORCHVISION), activations(fold(weights, TORCHVISION), CAFFE)
    for layer in LAYERS:
        desired = TORCHVISION.gain * own[layer]
        edge = np.abs(folded[layer] - desired).max() / np.abs(desired).max()
        assert 1e-5 < edge < 0.02, layer
