"""The objective: the tutorial's four losses against an independent computation, and how terms combine."""

import keras
import numpy as np
import oracle
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid import presets, weights
from stylegrid.features import extractor
from stylegrid.objective import Objective, make_targets
from stylegrid.optimise import Evaluator, adam
from stylegrid.scales import layers_used


def picture(width: int, height: int, seed: int) -> np.ndarray:
    return draw(width, height, seed)[np.newaxis].astype(np.float32) / 255


CONTENT, STYLE = picture(53, 37, 0), picture(44, 51, 6)
OTHER = np.random.default_rng(1).random(CONTENT.shape, dtype=np.float32)


@pytest.fixture(scope="module")
def network(weights_file):
    return weights.read(weights_file)


def objective(network, *, styles=((STYLE, 1.0),), **changes) -> Objective:
    settings = presets.resolve({"preset": "tf-tutorial"}, changes)
    extract = extractor(network, layers_used(settings), settings.pooling, settings.padding)
    return Objective(settings, extract, make_targets(settings, extract, CONTENT, styles))


@pytest.mark.parametrize("start", [CONTENT, OTHER], ids=["content", "noise"])
def test_tutorial_losses_match_an_independent_computation(network, start):
    actual, _ = objective(network).value_and_gradient(tf.constant(start))
    desired = oracle.losses(start[0], CONTENT[0], STYLE[0], network)
    np.testing.assert_allclose(actual, desired, rtol=1e-4, atol=1e-12)


def test_ten_tutorial_steps_match_an_independent_optimiser(network):
    """Keras' Adam on Keras' VGG19, as the tutorial is written, against our preset."""
    ours = objective(network)
    recorded: list = []
    settings = presets.resolve({"preset": "tf-tutorial", "steps": 10})
    descent = adam(CONTENT, Evaluator(ours, 53, 10, 0, recorded.append), settings)
    desired, total = tutorial_steps(network, 10)
    assert np.abs(descent.picture - desired).mean() <= 2 / 255
    actual_total = float(ours.losses(tf.constant(descent.picture))[0].total)
    assert actual_total == pytest.approx(total, rel=0.02)


def tutorial_steps(network, count: int) -> tuple[np.ndarray, float]:
    """Return the picture after the tutorial's training steps and its total loss, with Keras and tf.image only."""
    model = keras.applications.VGG19(include_top=False, weights=None)
    for name, arrays in network.items():
        model.get_layer(name).set_weights(arrays)
    names = [*oracle.STYLE, oracle.CONTENT]
    vgg = keras.Model(model.input, [model.get_layer(name).output for name in names])

    def extract(image):
        *styles, content = vgg(keras.applications.vgg19.preprocess_input(image * 255.0))
        areas = [tf.cast(tf.shape(s)[1] * tf.shape(s)[2], tf.float32) for s in styles]
        grams = [tf.einsum("bijc,bijd->bcd", s, s) / area for s, area in zip(styles, areas, strict=True)]
        return grams, content

    style_targets, _ = extract(tf.constant(STYLE))
    _, content_target = extract(tf.constant(CONTENT))

    def total_loss(image):
        grams, content = extract(image)
        style = tf.add_n([tf.reduce_mean((g - t) ** 2) for g, t in zip(grams, style_targets, strict=True)])
        loss = 1e-2 * style / 5 + 1e4 * tf.reduce_mean((content - content_target) ** 2)
        return loss + 30 * tf.reduce_sum(tf.image.total_variation(image))

    image = tf.Variable(CONTENT)
    optimizer = keras.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)
    for _ in range(count):
        with tf.GradientTape() as tape:
            loss = total_loss(image)
        optimizer.apply_gradients([(tape.gradient(loss, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
    return image.numpy(), float(total_loss(image))


def test_total_is_the_weighted_sum_of_the_terms(network):
    actual, _ = objective(network, content_weight=2, style_weight=3, tv_weight=5).losses(tf.constant(OTHER))
    assert float(actual.total) == pytest.approx(float(2 * actual.content + 3 * actual.style + 5 * actual.tv), rel=1e-5)


def test_weights_do_not_change_the_terms(network):
    light, _ = objective(network, style_weight=1).losses(tf.constant(OTHER))
    heavy, _ = objective(network, style_weight=1000).losses(tf.constant(OTHER))
    assert light[:3] == heavy[:3]


def test_layer_weights_make_a_weighted_mean(network):
    changed = objective(network, style_layers="relu1_1:3 + relu2_1")
    losses, by_layer = changed.losses(tf.constant(OTHER))
    assert float(losses.style) == pytest.approx(float(3 * by_layer["relu1_1"] + by_layer["relu2_1"]) / 4, rel=1e-5)


def test_a_blend_aims_at_the_mean_of_the_gram_matrices(network):
    other_style = picture(40, 40, 9)
    settings = presets.resolve({"preset": "tf-tutorial"})
    extract = extractor(network, layers_used(settings), settings.pooling, settings.padding)

    def grams(*styles):
        return make_targets(settings, extract, CONTENT, styles).style["relu2_1"].gram.numpy()

    desired = 0.75 * grams((STYLE, 1.0)) + 0.25 * grams((other_style, 1.0))
    np.testing.assert_allclose(grams((STYLE, 3.0), (other_style, 1.0)), desired, rtol=1e-5)


def test_gradient_descends(network):
    aim = objective(network)
    losses, gradient = aim.value_and_gradient(tf.constant(OTHER))
    nearer = OTHER - 1e-4 * gradient / tf.reduce_max(tf.abs(gradient))
    assert float(aim.losses(nearer)[0].total) < float(losses.total)
