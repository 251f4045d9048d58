"""The backbone against Keras' own VGG19 and NumPy, on the same weights and pixels."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stylegrid.vgg.architecture import CONVOLUTIONS, layer_size, smallest_side
from stylegrid.vgg.features import POOLINGS, extractor
from stylegrid.vgg.preprocessing import PREPROCESSINGS

PICTURE = np.random.default_rng(0).random((1, 37, 50, 3), dtype=np.float32)  # odd sides: poolings must round alike
SEEN = PREPROCESSINGS["caffe"].to_network(tf.constant(PICTURE))
VALUES = np.random.default_rng(1).normal(size=(1, 5, 6, 2))

EVERY = pytest.mark.parametrize("pooling", POOLINGS)


@pytest.fixture(scope="module")
def keras_model(weights_file):
    model = keras.applications.VGG19(include_top=False, weights=None)
    model.load_weights(weights_file)
    return model


def extract(network, layer, pooling="max", padding="zero", rounding="down", seen=SEEN) -> np.ndarray:
    return extractor(network, [layer], pooling, padding, rounding)(seen)[layer].numpy()


def test_every_layer_after_relu_is_keras_layer(network, keras_model):
    names = [conv.after_relu for conv in CONVOLUTIONS]
    actual = extractor(network, names, "max", "zero")(SEEN)
    outputs = [keras_model.get_layer(conv.keras_name).output for conv in CONVOLUTIONS]
    desired = keras.Model(keras_model.input, outputs)(keras.applications.vgg19.preprocess_input(PICTURE * 255))
    for name, feature in zip(names, desired, strict=True):
        np.testing.assert_allclose(actual[name], feature, rtol=1e-3, atol=1e-3 * float(tf.reduce_max(feature)))


def test_a_layer_before_relu_becomes_the_one_after(network):
    features = extractor(network, ["conv2_1", "relu2_1"], "average", "zero")(SEEN)
    assert float(tf.reduce_min(features["conv2_1"])) < 0
    np.testing.assert_array_equal(tf.nn.relu(features["conv2_1"]), features["relu2_1"])


def pooled(pooling: str, rounding: str) -> np.ndarray:
    """Return what NumPy makes of VALUES: windows of 2 x 2, those over the border of what is there."""
    rows = range(0, 5 if rounding == "up" else 4, 2)
    windows = [[VALUES[0, y : y + 2, x : x + 2].reshape(-1, 2) for x in range(0, 6, 2)] for y in rows]
    of = {
        "max": lambda window: window.max(axis=0),
        "average": lambda window: window.mean(axis=0),
        "average_scaled": lambda window: 2 * window.mean(axis=0),
        "l2": lambda window: 2 * np.sqrt((window**2).mean(axis=0)),
        "l2_scaled": lambda window: 0.78 * 2 * np.sqrt((window**2).mean(axis=0)),
    }[pooling]
    return np.array([[[of(window) for window in row] for row in windows]])


@pytest.mark.parametrize(("rounding", "padding"), [("down", "VALID"), ("up", "SAME")])
@EVERY
def test_poolings_are_numpys_of_windows(pooling, rounding, padding):
    actual = POOLINGS[pooling](tf.constant(VALUES), padding)
    np.testing.assert_allclose(actual, pooled(pooling, rounding), rtol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("pooling", "layer"), [("max", "MaxPooling2D"), ("average", "AveragePooling2D")])
def test_poolings_are_those_of_keras(pooling, layer, padding):
    desired = getattr(keras.layers, layer)(2, padding=padding)(VALUES.astype(np.float32))
    np.testing.assert_allclose(POOLINGS[pooling](tf.constant(VALUES, tf.float32), padding.upper()), desired, rtol=1e-6)


def test_an_l2_pooling_of_a_whole_window_is_the_root_of_its_sum_of_squares():
    window = tf.constant([1.0, -5, 3, 1], shape=(1, 2, 2, 1))
    assert float(POOLINGS["l2"](window, "VALID")[0, 0, 0, 0]) == pytest.approx(6)


@EVERY
def test_the_extractor_pools_as_it_is_told(network, pooling):
    first = extract(network, "relu1_2")
    desired = extract(network, "conv2_1", pooling)
    kernel, bias = network["block2_conv1"]
    actual = tf.nn.conv2d(POOLINGS[pooling](tf.constant(first), "VALID"), kernel, 1, "SAME") + bias
    np.testing.assert_allclose(actual, desired, rtol=1e-4, atol=1e-5 * np.abs(desired).max())


@EVERY
def test_the_gradient_of_a_pooling_is_finite_at_zeros(pooling):
    zeros = tf.zeros((1, 4, 4, 1))
    with tf.GradientTape() as tape:
        tape.watch(zeros)
        sum_ = tf.reduce_sum(POOLINGS[pooling](zeros, "VALID"))
    assert np.isfinite(tape.gradient(sum_, zeros)).all()


@pytest.mark.parametrize(
    ("rounding", "sides"), [("down", [(37, 50), (18, 25), (9, 12), (4, 6)]), ("up", [(37, 50), (19, 25), (10, 13)])]
)
@EVERY
def test_sides_are_halved_and_rounded_as_told(network, pooling, rounding, sides):
    layers = [f"conv{block}_1" for block in range(1, len(sides) + 1)]
    features = extractor(network, layers, pooling, "zero", rounding)(SEEN)
    assert [tuple(features[layer].shape[1:3]) for layer in layers] == sides


def test_even_sides_are_pooled_alike_whatever_the_rounding(network):
    even = SEEN[:, :36, :48]
    down, up = (extract(network, "conv2_1", rounding=rounding, seen=even) for rounding in ("down", "up"))
    np.testing.assert_array_equal(down, up)


def test_replicated_borders_leave_a_flat_picture_flat(network):
    flat = tf.ones((1, 20, 24, 3)) * 0.7
    spread = {
        padding: extract(network, "relu3_1", "average", padding, seen=flat).std(axis=(1, 2)).max()
        for padding in ("zero", "replicate")
    }
    assert spread["replicate"] < 1e-3 * spread["zero"]


def test_a_replicated_border_is_numpys_edge(network):
    wider = tf.constant(np.pad(SEEN, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="edge"))
    desired = extract(network, "conv1_1", seen=wider)[:, 1:-1, 1:-1]
    np.testing.assert_allclose(extract(network, "conv1_1", padding="replicate"), desired, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("padding", ["replicate", "replicate_first"])
def test_all_paddings_agree_away_from_the_border(network, padding):
    zero, other = (extract(network, "relu1_2", "average", each) for each in ("zero", padding))
    np.testing.assert_allclose(zero[:, 2:-2, 2:-2], other[:, 2:-2, 2:-2], rtol=1e-4, atol=1e-2)


def test_replicate_first_replicates_for_the_first_convolution_alone(network):
    first = extract(network, "relu1_1", padding="replicate_first")
    np.testing.assert_array_equal(first, extract(network, "relu1_1", padding="replicate"))
    kernel, bias = network["block1_conv2"]
    desired = tf.nn.conv2d(first, kernel, 1, "SAME") + bias  # zeros beyond the border
    np.testing.assert_allclose(extract(network, "conv1_2", padding="replicate_first"), desired, rtol=1e-4, atol=1e-2)


def test_the_network_is_cut_at_the_deepest_layer(network):
    shallow = {name: arrays for name, arrays in network.items() if name.startswith("block1")}
    assert set(extractor(shallow, ["relu1_2"], "max", "zero")(SEEN)) == {"relu1_2"}


@pytest.mark.parametrize("padding", ["zero", "replicate"])
@EVERY
def test_activations_of_bfloat16_are_about_those_of_float32(network, pooling, padding):
    layers = ["relu1_2", "conv3_1"]
    found = extractor(network, layers, pooling, padding, precision=tf.bfloat16)(SEEN)
    desired = extractor(network, layers, pooling, padding)(SEEN)
    for layer in layers:
        assert (found[layer].dtype, desired[layer].dtype) == (tf.bfloat16, tf.float32)
        apart = tf.norm(tf.cast(found[layer], tf.float32) - desired[layer]) / tf.norm(desired[layer])
        assert 0 < apart < 0.01


def test_pictures_of_a_batch_are_seen_each_for_itself(network):
    pictures = tf.concat([SEEN, -SEEN], axis=0)
    found, *alone = (extract(network, "relu3_1", "l2", "replicate", seen=each) for each in (pictures, SEEN, -SEEN))
    np.testing.assert_allclose(found, np.concatenate(alone), rtol=1e-4, atol=1e-5 * found.max())


@pytest.mark.parametrize("rounding", ["down", "up"])
@pytest.mark.parametrize("size", [(37, 50), (36, 48), (17, 16), (33, 31)])
def test_a_layers_size_is_known_before(network, size, rounding):
    layers = [f"relu{block}_1" for block in range(1, 6)]
    features = extractor(network, layers, "max", "zero", rounding)(SEEN[:, : size[0], : size[1]])
    sizes = {layer: tuple(feature.shape[1:3]) for layer, feature in features.items()}
    assert sizes == {layer: layer_size(layer, size, rounding == "up") for layer in layers}


@pytest.mark.parametrize(("layer", "side"), [("relu1_1", 1), ("relu3_1", 4), ("conv5_4", 16)])
def test_smallest_side_leaves_no_layer_empty(network, layer, side):
    assert smallest_side((layer,)) == side
    assert extract(network, layer, seen=SEEN[:, :side, :side]).shape[1:3] == (1, 1)
