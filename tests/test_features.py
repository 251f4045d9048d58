"""The backbone against Keras' own VGG19, on the same weights and pixels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stylegrid import weights
from stylegrid.features import extractor, preprocess
from stylegrid.vgg19 import CONVOLUTIONS, smallest_side

PICTURE = np.random.default_rng(0).random((1, 37, 50, 3), dtype=np.float32)  # odd sides: poolings must round alike


@pytest.fixture(scope="module")
def keras_model(weights_file):
    model = keras.applications.VGG19(include_top=False, weights=None)
    model.load_weights(weights_file)
    return model


def test_preprocessing_is_keras_caffe_mode():
    desired = keras.applications.vgg19.preprocess_input(PICTURE * 255)
    np.testing.assert_allclose(preprocess(tf.constant(PICTURE)), desired, atol=1e-4)


def test_every_layer_after_relu_is_keras_layer(weights_file, keras_model):
    names = [conv.after_relu for conv in CONVOLUTIONS]
    actual = extractor(weights.read(weights_file), names, "max", "zero")(tf.constant(PICTURE))
    outputs = [keras_model.get_layer(conv.keras_name).output for conv in CONVOLUTIONS]
    desired = keras.Model(keras_model.input, outputs)(keras.applications.vgg19.preprocess_input(PICTURE * 255))
    for name, feature in zip(names, desired, strict=True):
        np.testing.assert_allclose(actual[name], feature, rtol=1e-3, atol=1e-3 * float(tf.reduce_max(feature)))


def test_a_layer_before_relu_becomes_the_one_after(weights_file):
    features = extractor(weights.read(weights_file), ["conv2_1", "relu2_1"], "average", "zero")(tf.constant(PICTURE))
    assert float(tf.reduce_min(features["conv2_1"])) < 0
    np.testing.assert_array_equal(tf.nn.relu(features["conv2_1"]), features["relu2_1"])


def test_average_pooling_keeps_the_mean_where_max_raises_it(weights_file):
    read = weights.read(weights_file)
    even = tf.constant(PICTURE[:, :36])
    average, highest = (
        extractor(read, ["conv2_1"], pooling, "zero")(even)["conv2_1"] for pooling in ("average", "max")
    )
    assert average.shape == highest.shape
    assert float(tf.norm(highest)) > float(tf.norm(average))


def test_replicated_borders_leave_a_flat_picture_flat(weights_file):
    flat = tf.ones((1, 20, 24, 3)) * 0.7
    features = {
        padding: extractor(weights.read(weights_file), ["relu3_1"], "average", padding)(flat)["relu3_1"]
        for padding in ("zero", "replicate")
    }
    spread = {padding: float(tf.reduce_max(tf.math.reduce_std(f, axis=(1, 2)))) for padding, f in features.items()}
    assert spread["replicate"] < 1e-3 * spread["zero"]


def test_both_paddings_agree_away_from_the_border(weights_file):
    zero, replicate = (
        extractor(weights.read(weights_file), ["relu1_2"], "average", padding)(tf.constant(PICTURE))["relu1_2"]
        for padding in ("zero", "replicate")
    )
    np.testing.assert_allclose(zero[:, 2:-2, 2:-2], replicate[:, 2:-2, 2:-2], rtol=1e-4, atol=1e-2)


def test_the_network_is_cut_at_the_deepest_layer(weights_file):
    read = weights.read(weights_file)
    shallow = {name: arrays for name, arrays in read.items() if name.startswith("block1")}
    assert set(extractor(shallow, ["relu1_2"], "max", "zero")(tf.constant(PICTURE))) == {"relu1_2"}


@pytest.mark.parametrize(("layer", "side"), [("relu1_1", 1), ("relu3_1", 4), ("conv5_4", 16)])
def test_smallest_side_leaves_no_layer_empty(weights_file, layer, side):
    assert smallest_side((layer,)) == side
    feature = extractor(weights.read(weights_file), [layer], "max", "zero")(tf.constant(PICTURE[:, :side, :side]))[
        layer
    ]
    assert feature.shape[1:3] == (1, 1)
