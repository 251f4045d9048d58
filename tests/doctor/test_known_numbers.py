"""Statistics of layers: of a network whose activations one can tell, against Keras, and beside known ones."""

import os

import numpy as np
import pytest
from PIL import Image

from stylegrid.doctor import known_numbers
from stylegrid.doctor.known_numbers import KNOWN, Layer, Statistics, check_layers, measure, read_picture
from stylegrid.errors import ImageError
from stylegrid.pictures import images


def flat(red, green, blue, size=(32, 48)):
    return np.full((1, *size, 3), (red, green, blue), np.float32)


def test_of_a_relayed_picture_one_can_tell_every_number(relay):
    layers = measure(relay, flat(0.8, 0.4, 1.0))
    assert [layer.name for layer in layers] == [f"block{block}_conv1" for block in range(1, 6)]
    for block, (layer, channels) in enumerate(zip(layers, (64, 128, 256, 512, 512), strict=True)):
        # Red comes first of raw pixels; blue, less its mean, of those that Keras preprocesses.
        assert layer.activations.shape == (32 >> block, 48 >> block, channels)
        assert layer.activations[1:] == pytest.approx((0, 204, 204 / channels))
        assert layer.gram.shape == (channels, channels)
        assert layer.gram[1:] == pytest.approx((0, 151.061**2, (151.061 / channels) ** 2), rel=1e-5)
        assert layer.ratio == pytest.approx(204 / channels / KNOWN[layer.name].mean)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras itself
def test_statistics_are_those_of_keras_own_network(network, weights_file):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    model = keras.applications.VGG19(weights=None, include_top=False)
    model.load_weights(weights_file)
    shown = keras.Model(model.input, [model.get_layer(name).output for name in KNOWN])
    picture = np.random.default_rng(3).random((1, 32, 48, 3), dtype=np.float32)
    raw = shown(picture * 255)
    seen = shown(keras.applications.vgg19.preprocess_input(picture * 255))
    for layer, activations, preprocessed in zip(measure(network, picture), raw, seen, strict=True):
        expected = np.asarray(activations)[0]
        assert layer.activations.shape == expected.shape
        assert layer.activations[1:] == pytest.approx((expected.min(), expected.max(), expected.mean()), rel=1e-4)
        rows = np.asarray(preprocessed)[0].reshape(-1, expected.shape[-1]).astype(np.float64)
        gram = rows.T @ rows / len(rows)
        assert layer.gram[1:] == pytest.approx((gram.min(), gram.max(), gram.mean()), rel=1e-4)


def beside(*ratios):
    """Return layers whose means are these shares of the known ones."""
    nothing = Statistics((1,), 0, 0, 0)
    return [
        Layer(name, Statistics((1,), 0, 0, ratio * known.mean), known, nothing)
        for (name, known), ratio in zip(KNOWN.items(), ratios, strict=True)
    ]


@pytest.mark.parametrize(
    ("ratios", "level"),
    [
        ((0.924, 0.907, 0.904, 0.904, 0.895), "ok"),  # another scan of the tutorial's picture, the trained network
        ((0.434, 0.383, 0.319, 0.388, 0.514), "ok"),  # the darkest sample, the trained network
        ((1.19, 0.217, 0.28, 0.0783, 1.18), "warning"),  # that scan, an untrained network
        ((0.924, 0.907, 0.904, 0.114, 0.0711), "warning"),  # two layers exchanged
        ((48.5, 51.6, 50.9, 53.2, 56.5), "warning"),  # an input of unit deviation, taken for one of levels
        ((0.0142, 0.00978, 0.00936, 0.0124, 0.014), "warning"),  # an input of 1, taken for one of 255
        ((0.0, 0.0, 0.0, 0.0, 0.0), "warning"),
    ],
)
def test_means_tell_the_trained_network_from_others(ratios, level):
    check = check_layers(beside(*ratios))
    assert check.level == level
    assert ("weights" in check.remedy) == (level == "warning")


def test_the_untrained_network_is_told_from_the_trained_one(network, tmp_path):
    Image.effect_mandelbrot((96, 64), (-2, -1, 1, 1), 60).convert("RGB").save(tmp_path / "a.png")
    assert check_layers(measure(network, read_picture(tmp_path / "a.png"))).level == "warning"


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1024, 512), (256, 512)), ((513, 100), (99, 512)), ((100, 200), (512, 256)), ((3, 3), (512, 512))],
)
def test_a_picture_is_scaled_as_the_tutorial_does(tmp_path, size, expected):
    Image.new("RGB", size, (255, 51, 0)).save(tmp_path / "a.png")
    picture = read_picture(tmp_path / "a.png")
    assert picture.shape == (1, *expected, 3)
    assert picture.dtype == np.float32
    assert np.allclose(picture, (1, 0.2, 0))


def test_scaling_is_bilinear_without_smoothing(tmp_path):
    levels = np.zeros((1, 1024, 3), np.uint8)
    levels[:, 1::4] = 255
    Image.fromarray(np.repeat(levels, 512, axis=0)).save(tmp_path / "a.png")
    row = read_picture(tmp_path / "a.png")[0, 0, :, 0]
    assert np.allclose(row[:4], (0.5, 0, 0.5, 0))  # each pixel between two of the file's


def test_a_picture_too_narrow_for_the_deepest_layer_is_refused(tmp_path):
    Image.new("RGB", (66, 2)).save(tmp_path / "a.png")
    with pytest.raises(ImageError, match=r"a\.png: is 66x2 px.*32 times"):
        read_picture(tmp_path / "a.png")
    Image.new("RGB", (64, 2)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").shape == (1, 16, 512, 3)


def test_the_sample_painting_can_be_looked_at():
    import doctor

    sample = doctor.CHECKOUT / "data/style/night_swirls.jpg"
    assert images.upright_size(sample) == (640, 512)
    assert known_numbers.read_picture(sample).shape == (1, 409, 512, 3)
