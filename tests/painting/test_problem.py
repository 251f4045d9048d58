"""The problem: which precision a job is painted in. What else it does is tested in test_stylize.py."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import make_job, save_picture

from stylegrid import files
from stylegrid.method.optimizer_state import initial_state
from stylegrid.painting import problem
from stylegrid.painting.painter import Painter
from stylegrid.painting.problem import Problem
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import Backbone

TUTORIAL = {"preset": "tf-tutorial"}  # keeps relu5_2 of the photograph, from the photograph on


@pytest.fixture
def job(tmp_path):
    """Return a function that makes a job of two pictures that are there."""
    paths = [save_picture(tmp_path / "cat.png"), save_picture(tmp_path / "night.png", 40, 44, seed=5)]

    def make(**settings):
        job = make_job(**{"size": 32, "steps": 1, "precision": "auto", **settings})
        content, style = (
            source.model_copy(update={"path": str(path), "sha256": files.sha256(path)})
            for source, path in zip((job.content, job.styles[0]), paths, strict=True)
        )
        return job.model_copy(update={"content": content, "styles": (style,)})

    return make


@pytest.fixture
def bfloat16_here(monkeypatch):
    """Pretend that this machine computes with bfloat16."""
    monkeypatch.setattr(problem, "precision_of", lambda setting: "bfloat16" if setting == "auto" else setting)


@pytest.mark.parametrize(
    ("settings", "precision"),
    [
        ({}, "bfloat16"),
        ({"init": "noise"}, "bfloat16"),
        (TUTORIAL, "float32"),
        ({**TUTORIAL, "precision": "bfloat16"}, "bfloat16"),
        ({**TUTORIAL, "precision": "float32"}, "float32"),
        ({"precision": "bfloat16"}, "bfloat16"),
        ({"precision": "float32"}, "float32"),
    ],
)
def test_auto_is_bfloat16_where_machine_and_objective_bear_it(job, objectives, bfloat16_here, settings, precision):
    assert Problem(job(**settings), objectives).precision == tf.as_dtype(precision)


@pytest.mark.parametrize("preset", ["stylegrid", "gatys2015"])  # pixels from 0 to 1, and as the network sees them
def test_the_photograph_enlarged_with_its_detail_is_the_photograph(job, objectives, preset):
    found = Problem(job(preset=preset, coarsest=16, detail="photograph", clamp="end"), objectives)
    small, large = (found.to_pixels(found.inputs(side).photograph) for side in (16, 32))
    np.testing.assert_allclose(found.enlarge(initial_state(small, 0), 32).pixels, large, atol=1e-4)
    assert float(tf.reduce_max(tf.abs(found.rescale(initial_state(small, 0), 32).pixels - large))) > 0.05


def test_detail_is_added_to_a_flat_picture_within_its_bounds(job, objectives):
    found = Problem(job(coarsest=16, detail="photograph"), objectives)
    grey = found.to_pixels(np.full_like(found.inputs(16).photograph, 0.5))
    small, large = (found.inputs(side).photograph for side in (16, 32))
    lacking = large - tf.image.resize(small, large.shape[1:3], method="bicubic").numpy()
    enlarged = found.enlarge(initial_state(grey, 0), 32).pixels
    np.testing.assert_allclose(enlarged, np.clip(0.5 + lacking, 0, 1), atol=1e-5)


def test_the_alpha_of_a_scale_is_known_before_its_inputs_are_asked_for_and_after_they_are_let_go(job, objectives):
    found = Problem(job(), objectives)
    side = found.longest_side
    assert found.alpha(side) is found.inputs(side).alpha
    found.inputs.cache_clear()
    found.alpha(side)
    assert found.inputs.cache_info().currsize == 0


@pytest.mark.parametrize("settings", [{}, TUTORIAL])
def test_auto_is_float32_on_other_machines(job, objectives, monkeypatch, settings):
    monkeypatch.setattr(problem, "precision_of", lambda setting: "float32")
    assert Problem(job(**settings), objectives).precision == tf.float32


@pytest.mark.parametrize(
    ("error", "precision"), [(0.0, "bfloat16"), (0.24, "bfloat16"), (0.26, "float32"), (float("nan"), "float32")]
)
def test_a_first_gradient_may_be_wrong_by_a_quarter(job, objectives, bfloat16_here, monkeypatch, error, precision):
    """The exact one is (3, 4), and the rounded one is off by so many times its length, 5, in one direction."""
    gradients = {tf.float32: tf.constant([3.0, 4.0]), tf.bfloat16: tf.constant([3.0 + 5 * error, 4.0])}
    sides = []

    def value_and_gradient(self, side, precision):
        sides.append(side)
        return lambda pixels: (None, gradients[precision])

    monkeypatch.setattr(Problem, "_value_and_gradient", value_and_gradient)
    made = Problem(job(size=48, coarsest=24, steps=9), objectives)
    assert [made.precision for _ in range(2)] == [tf.as_dtype(precision)] * 2
    assert sides == [24, 24]  # asked once, where the descent begins


def test_a_precision_that_is_named_is_not_tried_out(job, objectives, bfloat16_here, monkeypatch):
    monkeypatch.setattr(Problem, "_value_and_gradient", None)
    assert Problem(job(precision="bfloat16"), objectives).precision == tf.bfloat16


def test_the_record_says_what_was_painted_in(job, weights_file, bfloat16_here, tmp_path):
    backbone = Backbone(name="untrained", path=str(weights_file), sha256=files.sha256(weights_file))
    painter = Painter(backbone, Cache(tmp_path / "cache"))
    jobs = [job(), job(**TUTORIAL), job(precision="float32")]
    for each in jobs:
        painter.paint(each, lambda step: None)
    records = [painter.publish(each).record for each in jobs]
    assert [record.precision for record in records] == ["bfloat16", "float32", "float32"]
    assert [record.settings.precision for record in records] == ["auto", "auto", "float32"]
