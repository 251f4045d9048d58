"""The engine: what it keeps for other pictures, and that what is kept computes the same."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid.painting.compiled import CACHED_CONFIGS, ObjectiveCache
from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of

PHOTOGRAPH, STYLE = (draw(20, 14, seed)[np.newaxis].astype(np.float32) / 255 for seed in (0, 6))
SHALLOW = {"content_layers": "relu1_1", "style_layers": "relu1_1 + relu2_1"}
WEIGHTS = tf.constant([[1.0, 30, 1]])


def loss_config(**changes):
    return loss_config_of(presets.resolve(SHALLOW, changes))


def inputs() -> ScaleInputs:
    return ScaleInputs(PHOTOGRAPH, None, None, (Painting(STYLE, None, 1.0, None),))


@pytest.fixture
def fresh(network):
    """An engine for which nothing has been compiled yet."""
    return ObjectiveCache(network)


def test_a_formula_has_one_objective_in_each_precision(fresh):
    first, again = (fresh.objective(loss_config(style_weight=weight), tf.float32) for weight in (1, 2))
    assert again is first
    assert fresh.objective(loss_config(), tf.bfloat16) is not first
    assert fresh.objective(loss_config(gram="plain"), tf.float32) is not first


def test_a_formula_has_one_maker_of_targets(fresh):
    first, again = (fresh.targets(loss_config(seed=seed)) for seed in (1, 2))
    assert again is first
    assert fresh.targets(loss_config(gram="plain")) is not first


def test_only_the_last_formulas_are_remembered(fresh):
    makers = [fresh.targets(loss_config(tv_factor=1 + number)) for number in range(CACHED_CONFIGS + 1)]
    assert fresh.targets(loss_config(tv_factor=1 + CACHED_CONFIGS)) is makers[-1]
    assert fresh.targets(loss_config(tv_factor=1)) is not makers[0]


@pytest.mark.parametrize("preset", ["stylegrid", "d2l", "keras-io"])
def test_a_photograph_that_is_its_own_style_and_start_has_no_content_and_style_loss(objectives, preset):
    """Targets are seen as the picture is: in the same pixels, with the same padding and pooling."""
    chosen = loss_config_of(presets.resolve({"preset": preset}, SHALLOW))
    itself = inputs()._replace(paintings=(Painting(PHOTOGRAPH, None, 1.0, None),))
    objective, targets = objectives.objective(chosen, tf.float32), objectives.targets(chosen).make(itself)
    pixels = objective._space.to_canvas(tf.constant(PHOTOGRAPH))
    function = objective.compiled("value_and_gradient", targets)
    (own, _), (other, _) = (function(each, targets, WEIGHTS) for each in (pixels, 0.5 * pixels))
    for term in (0, 1):
        assert abs(own[term]) < 1e-4 * other[term]


def test_xla_computes_the_same(network, objectives):
    chosen, pixels = loss_config(style_layers="relu1_1"), tf.constant(0.7 * PHOTOGRAPH)
    targets = objectives.targets(chosen).make(inputs())
    found, desired = (
        each.objective(chosen, tf.float32).compiled("value_and_gradient", targets)(pixels, targets, WEIGHTS)
        for each in (ObjectiveCache(network, xla=True), objectives)
    )
    np.testing.assert_allclose(found[0][:4], desired[0][:4], rtol=1e-4)
    np.testing.assert_allclose(found[1], desired[1], atol=1e-4 * np.abs(desired[1]).max())


def test_a_recipe_for_torchvisions_network_sees_the_same_network_in_that_form(fresh):
    """Its activations are 255 times the mean deviation smaller, and the Gram matrices' energy that to the fourth."""
    weights, gain = tf.constant([[1.0, 1.0, 0.0]]), 255 * (0.229 + 0.224 + 0.225) / 3
    styles = []
    for preprocessing in ("caffe", "imagenet"):
        chosen = loss_config(preprocessing=preprocessing, style_loss="sum_squared", gram="plain", padding="replicate")
        objective, targets = fresh.objective(chosen, tf.float32), fresh.targets(chosen).make(inputs())
        losses, _ = objective.compiled("losses", targets)(tf.constant(PHOTOGRAPH), targets, weights)
        styles.append(float(losses.style[0]))
    assert styles[0] / styles[1] == pytest.approx(gain**4, rel=1e-3)
