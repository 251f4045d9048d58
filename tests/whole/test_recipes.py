"""Every published recipe against a second computation of its source's formulas, in PyTorch float64.

Recipes are painted from files by `stylize`, as any picture is, so that nothing between a preset and its losses is left
out. Pictures have the size that is asked for: resizing is another matter.
"""

import functools
import itertools

import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid.painting.stylize import stylize
from stylegrid.plan.job import Job, Source, StyleSource
from stylegrid.settings import presets
from stylegrid.vgg.conventions import for_input
from stylegrid.vgg.preprocessing import PREPROCESSINGS

try:
    import oracle_torch as oracle
    import torch

    torch.set_num_threads(1)  # more wait busily for each other, beside TensorFlow's, on a machine that has other work
except ImportError:
    oracle = None

pytestmark = pytest.mark.skipif(oracle is None, reason="needs PyTorch: make proofs")

RECIPES = [name for name in presets.preset_names() if not name.startswith("stylegrid")]
SIZES = {"odd": ((39, 29), (27, 39)), "even": ((48, 32), (32, 48))}  # (width, height) of photograph and painting
TERMS, LEVELS = 1e-4, 2.0  # relative difference of a term; mean absolute difference of a picture, in levels of 255
STEPS = {"crowson": 3}  # whose matrix roots take long; of the others ten
ADAM = {"optimizer": "adam", "average": 0}


class Easel:
    """One recipe with pictures in files of the size it paints at, and the same pictures for the oracle."""

    def __init__(self, name, sizes, network, objectives, folder):
        settings = presets.resolve({"preset": name})
        (width, height), painting = SIZES[sizes]
        if settings.aspect != "own":
            assert settings.aspect == "3:2"
            height = width * 2 // 3
        self.size = (width, height) if settings.style_shape == "stretched" else painting
        noise = np.random.default_rng(3).integers(256, size=(height, width, 3), dtype=np.uint8)
        levels = {"content": draw(width, height, 1), "style": draw(*self.size, 2), "noise": noise}
        # The network as its source has it, which feeds torchvision's otherwise than Keras'.
        self._network = for_input(network, PREPROCESSINGS[settings.preprocessing].network)
        self._name, self._objectives = name, objectives
        self._side, self._paths = width, {}
        for key, each in levels.items():
            self._paths[key] = folder / f"{key}.png"
            Image.fromarray(each).save(self._paths[key])
        self.pictures = {key: each[np.newaxis] / 255 for key, each in levels.items()}

    def paint(self, start, steps=0, **changes):
        """Return the result of `stylize` from the photograph or from the file of noise."""
        content, style, noise = ({"name": key, "path": str(path), "sha256": key} for key, path in self._paths.items())
        init = {"content": "content", "noise": "noise.png"}[start]
        given = {
            "preset": self._name,
            "size": self._side,
            "init": init,
            "steps": steps,
            "precision": "float32",
            **changes,
        }
        job = Job(
            content=Source(**content),
            styles=(StyleSource(**style),),
            start=Source(**noise) if start == "noise" else None,
            style="style",
            variant="variant",
            settings=presets.resolve(given),
        )
        return stylize(job, self._objectives)

    def terms(self, start):
        """Return the terms of a start as the oracle computes them."""
        return oracle.terms(self._name, *self._given(start))

    def descended(self, start, steps, by="adam_steps", **more):
        """Return the picture after so many steps as the oracle takes them."""
        return getattr(oracle, by)(self._name, *self._given(start), steps, **more)

    def _given(self, start):
        return self.pictures[start], self.pictures["content"], self.pictures["style"], self._network


@pytest.fixture
def easel(network, objectives, tmp_path):
    return functools.partial(Easel, network=network, objectives=objectives, folder=tmp_path)


def apart(actual, desired) -> float:
    """Return the mean absolute difference in levels of 255."""
    return float(np.abs(actual - desired).mean() * 255)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("name", RECIPES)
def test_terms_are_those_of_the_source(easel, name, sizes):
    proof = easel(name, sizes)
    desired = {start: proof.terms(start) for start in ("content", "noise")}
    results = {start: proof.paint(start) for start in desired}
    for start, term in itertools.product(desired, ("content", "style", "tv", "total")):
        wanted, found = desired[start][term], getattr(results[start].losses, term)
        if (start, term) == ("content", "content"):  # 0, but for what pixels lose on the way to the network's and back
            assert wanted == 0 <= found < 1e-5 * desired["noise"]["content"]
        elif wanted is not None:
            assert found == pytest.approx(wanted, rel=TERMS, abs=0), (start, term)
            assert wanted > 0, (start, term)
    for start, result in results.items():
        np.testing.assert_allclose(result.picture, proof.pictures[start], atol=1e-6)


@pytest.mark.parametrize("name", RECIPES)
def test_the_picture_after_ten_steps_of_adam_is_the_sources(easel, name):
    proof, steps = easel(name, "odd"), STEPS.get(name, 10)
    changes = {"learning_rate": 2} if name == "keras-io" else {}  # its source has no Adam
    actual = proof.paint("noise", steps, **ADAM, **changes).picture
    desired = proof.descended("noise", steps)
    assert apart(actual, desired) < LEVELS
    assert apart(actual, proof.pictures["noise"]) > 2 * apart(actual, desired)  # it has gone some way


def test_keras_io_descends_as_its_source_does(easel):
    proof = easel("keras-io", "odd")
    actual = proof.paint("content", 10, learning_rate=5000).picture
    desired = proof.descended("content", 10, "sgd_steps", learning_rate=5000)
    assert apart(actual, desired) < LEVELS


def test_tf_tutorial_without_total_variation_is_its_first_half(easel):
    proof = easel("tf-tutorial", "odd")
    desired = proof.terms("noise")
    without = 1e4 * desired["content"] + 1e-2 * desired["style"]
    assert proof.paint("noise", tv_weight=0).losses.total == pytest.approx(without, rel=TERMS, abs=0)
