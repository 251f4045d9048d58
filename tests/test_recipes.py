"""Every published recipe against a second computation of its source's formulas, in PyTorch float64."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid import presets, weights
from stylegrid.features import extractor
from stylegrid.objective import Objective, make_targets
from stylegrid.optimise import Evaluator, Watch, descend, fresh
from stylegrid.pixels import space_of
from stylegrid.scales import layers_used
from stylegrid.scene import Painting, Scene

try:
    import oracle_torch as oracle
except ImportError:
    oracle = None

pytestmark = pytest.mark.skipif(oracle is None, reason="needs PyTorch: make proofs")

RECIPES = [name for name in presets.preset_names() if name != "stylegrid"]
SIZES = {"odd": ((45, 37), (52, 33)), "even": ((48, 32), (32, 64))}  # (width, height) of photograph and painting
TERMS, LEVELS = 1e-4, 2.0  # relative difference of a term; mean absolute difference of a picture, in levels of 255


@pytest.fixture(scope="module")
def network(weights_file):
    return weights.read(weights_file)


def picture(size, seed):
    return draw(*size, seed=seed)[np.newaxis].astype(np.float32) / 255


def pictures(name, sizes):
    """Return photograph and painting; recipes that stretch paintings get one of the photograph's size."""
    content, style = SIZES[sizes]
    stretched = presets.resolve({"preset": name}).style_shape == "stretched"
    return picture(content, 1), picture(content if stretched else style, 2)


def noise(like):
    return np.random.default_rng(3).random(like.shape, dtype=np.float32)


class Recipe:
    """A preset's objective and space for one pair of pictures, without files."""

    def __init__(self, name, network, content, style, **changes):
        self.settings = presets.resolve({"preset": name, **changes})
        self.space = space_of(self.settings.preprocessing, self.settings.pixels)
        s = self.settings
        extract = extractor(network, layers_used(s), s.pooling, s.padding, s.pool_rounding)
        scene = Scene(content, None, None, (Painting(style, None, 1.0, None),))
        self.objective = Objective(s, extract, self.space, make_targets(s, extract, self.space, scene))

    def terms(self, start):
        return self.objective.losses(self.space.to_canvas(tf.constant(start)))[0]._asdict()

    def descend(self, start, steps):
        bounds = self.space.bounds() if self.settings.clamp == "steps" else None
        evaluate = Evaluator(self.objective, self.settings, 48, steps, 0, Watch(), [])
        canvas = fresh(self.space.to_canvas(tf.constant(start)).numpy(), 0.0)
        pixels = descend(canvas, evaluate, self.settings, bounds).canvas.pixels
        return np.clip(self.space.to_picture(tf.constant(pixels)).numpy(), 0, 1)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("start", ["content", "noise"])
@pytest.mark.parametrize("name", RECIPES)
def test_terms_are_those_of_the_source(network, name, start, sizes):
    content, style = pictures(name, sizes)
    begin = content if start == "content" else noise(content)
    recipe = Recipe(name, network, content, style)
    actual, desired = recipe.terms(begin), oracle.terms(name, begin, content, style, network)
    for term in ("content", "style", "tv", "total"):
        if desired[term] is not None:
            smallest = 1e-7 * abs(desired["total"]) if start == "content" else 0  # the content term is 0 there
            assert float(actual[term]) == pytest.approx(desired[term], rel=TERMS, abs=smallest), term
    assert start == "content" or desired["content"] > 0 < desired["style"]


@pytest.mark.parametrize("name", RECIPES)
def test_the_picture_after_ten_steps_of_adam_is_the_sources(network, name):
    content, style = pictures(name, "odd")
    changes = {"learning_rate": 2} if name == "keras-io" else {}  # its source has no Adam
    recipe = Recipe(name, network, content, style, optimizer="adam", average=0, **changes)
    start = noise(content)
    actual = recipe.descend(start, 10)
    desired = oracle.adam_steps(name, start, content, style, network, 10)
    assert np.abs(actual - desired).mean() * 255 < LEVELS
    assert np.abs(actual - start).mean() * 255 > 2 * np.abs(actual - desired).mean() * 255  # it has gone some way


def test_keras_io_descends_as_its_source_does(network):
    content, style = pictures("keras-io", "odd")
    actual = Recipe("keras-io", network, content, style, learning_rate=5000).descend(content, 10)
    desired = oracle.sgd_steps("keras-io", content, content, style, network, 10, learning_rate=5000)
    assert np.abs(actual - desired).mean() * 255 < LEVELS


def test_tf_tutorial_without_total_variation_is_its_first_half(network):
    content, style = pictures("tf-tutorial", "odd")
    start = noise(content)
    losses = Recipe("tf-tutorial", network, content, style, tv_weight=0).terms(start)
    desired = oracle.terms("tf-tutorial", start, content, style, network)
    without = 1e4 * desired["content"] + 1e-2 * desired["style"]
    assert float(losses["total"]) == pytest.approx(without, rel=TERMS)
