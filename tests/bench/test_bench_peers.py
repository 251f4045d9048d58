"""TensorFlow's tutorial and the PyTorch script compute and paint the same."""

import numpy as np
import pytest
from conftest import draw

torch = pytest.importorskip("torch", reason="needs PyTorch: make proofs")

from stylegrid.bench.pytorch import PyTorch  # noqa: E402
from stylegrid.bench.tutorial import Tutorial  # noqa: E402

pytestmark = pytest.mark.usefixtures("one_torch_thread")
WIDTH, HEIGHT = 64, 48


@pytest.fixture(scope="module")
def pictures():
    """A photograph, a painting, and noise."""
    drawn = [np.float32(draw(WIDTH, HEIGHT, seed))[np.newaxis] / 255 for seed in (1, 2)]
    return [*drawn, np.random.default_rng(3).random(drawn[0].shape, dtype=np.float32)]


@pytest.fixture(scope="module")
def tutorial(pictures, network):
    return Tutorial(*pictures[:2], network)


@pytest.mark.parametrize("channels_last", [False, True])
def test_losses_agree(pictures, network, tutorial, channels_last):
    peer = PyTorch(*pictures[:2], network, channels_last=channels_last)
    for picture in pictures:
        assert peer.loss(picture) == pytest.approx(tutorial.loss(picture), rel=1e-3)


def test_pictures_agree_after_three_steps(pictures, network):
    """Rounding turns the sign of some differences between neighbours, so that later steps agree less well."""
    sides = [make(*pictures[:2], network) for make in (Tutorial, PyTorch)]
    assert all(np.array_equal(side.picture(), pictures[0]) for side in sides)
    for farthest in (1e-5, 2e-4, 2e-3):  # mean difference, white is 1
        for side in sides:
            side.step()
        first, second = (side.picture() for side in sides)
        assert np.abs(first - second).mean() < farthest
    assert np.abs(first - pictures[0]).mean() > 0.01
    for picture in (first, second):
        assert (picture.shape, picture.dtype) == (pictures[0].shape, np.float32)
        assert picture.min() >= 0 and picture.max() <= 1


def test_bfloat16_is_near(pictures, network, tutorial):
    peer = PyTorch(*pictures[:2], network, bfloat16=True)
    assert peer.loss(pictures[2]) == pytest.approx(tutorial.loss(pictures[2]), rel=0.05)
    peer.step()
    assert np.isfinite(peer.picture()).all()
