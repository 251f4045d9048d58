"""The objective in tiles: the losses and gradient of the same objective in one piece, for every recipe and control."""

from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.painting.scratch import Scratch
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of


def picture(width: int, height: int, seed: int) -> np.ndarray:
    return draw(width, height, seed)[np.newaxis].astype(np.float32) / 255


SHALLOW = {"content_layers": "relu2_1", "style_layers": "relu1_1 + relu3_1"}
CONTENT, STYLE, STYLE_2 = picture(53, 37, 0), picture(44, 51, 6), picture(40, 40, 9)
LEFT = np.zeros((1, 37, 53, 1), np.float32)  # white on its left 20 columns, grey on the next
LEFT[:, :, :20], LEFT[:, :, 20:30] = 1, 0.5
ALPHA = np.ones_like(STYLE[..., :1])
ALPHA[:, 20:] = 0.25


class Compared(NamedTuple):
    """What an objective in one piece and one in tiles find: losses, style losses by layer, and gradients."""

    losses: tuple
    by_layer: tuple
    gradients: tuple


@pytest.fixture(scope="session")
def compare(objectives):
    """Return a function that computes a preset's objective, with changes, in one piece and in tiles of a side."""

    def compute(side, *paintings, photograph=CONTENT, alpha=None, content_mask=None, preset="stylegrid", **changes):
        settings = presets.resolve({"preset": preset}, changes)
        loss_config = loss_config_of(settings)
        inputs = ScaleInputs(photograph, alpha, content_mask, paintings or (Painting(STYLE, None, 1.0, None),))
        weights = tf.constant([[settings.content_weight, settings.style_weight, settings.tv_weight]], tf.float32)
        whole, maker = objectives.objective(loss_config, tf.float32), objectives.targets(loss_config)
        tiled = objectives.tiled(loss_config, tf.float32)
        pixels = tf.constant(np.random.default_rng(1).random(photograph.shape, dtype=np.float32))
        found = []
        for each, targets in ((whole, maker.make(inputs)), (tiled, maker.make_tiled(inputs, side, Scratch()))):
            losses, by_layer = each.losses(pixels, targets, weights)
            terms, gradient = each.value_and_gradient(pixels, targets, weights)
            np.testing.assert_allclose(terms[:4], tf.concat([*losses], axis=0), rtol=1e-6)
            assert float(terms[4]) == pytest.approx(float(tf.reduce_sum(gradient)), rel=1e-3, abs=1e-6)
            found.append((losses, by_layer, gradient))
        return Compared(*zip(*found, strict=True))

    return compute


def check(compared: Compared) -> None:
    """Losses agree to 1e-6, and gradients to 1e-5 of their length."""
    whole, tiled = compared.losses
    np.testing.assert_allclose(tiled, whole, rtol=1e-6)
    whole, tiled = compared.by_layer
    assert whole.keys() == tiled.keys()
    for layer, loss in whole.items():
        np.testing.assert_allclose(tiled[layer], loss, rtol=2e-6)
    whole, tiled = compared.gradients
    assert np.linalg.norm(tiled - whole) <= 1e-5 * np.linalg.norm(whole)


AT_ONCE = {"stylegrid", "crowson", "tf-tutorial"}  # the others take half a minute
RECIPES = [pytest.param(name, marks=[] if name in AT_ONCE else pytest.mark.slow) for name in presets.preset_names()]


@pytest.mark.parametrize("preset", RECIPES)
def test_every_recipe_in_tiles_is_the_recipe(compare, preset):
    check(compare(96, photograph=picture(117, 101, 0), preset=preset))


@pytest.mark.parametrize("side", [12, 23, 40])
@pytest.mark.parametrize("size", [(53, 37), (48, 32), (17, 61)])
def test_any_tile_and_any_size_will_do(compare, size, side):
    check(compare(side, photograph=picture(*size, 0), **SHALLOW))


# Beside what the recipes have.
CONTROLS = [
    {"content_loss": "relative", "pooling": "average_scaled", "pool_rounding": "up", "gram_over": "none"},
    {"content_loss": "scaled_squared", "pooling": "l2", "pool_rounding": "up", "padding": "zero"},
    {"style_loss": "sum_squared", "pooling": "l2_scaled", "tv_loss": "sum_squared", "pixels": "network"},
    {"over_layers": "sum", "style_layer_ratio": 2, "content_factor": 3, "content_layers": "conv2_1", "tv_power": 0.5}
    | {"tv_loss": "sum_power", "preprocessing": "imagenet"},
]


@pytest.mark.parametrize("changes", CONTROLS, ids=lambda changes: "-".join(map(str, changes.values())))
def test_every_control_is_the_same_in_tiles(compare, changes):
    check(compare(16, **{**SHALLOW, **changes}))


@pytest.mark.parametrize(("style_loss", "rounding"), [("relative", "up"), ("wasserstein", "down")])
def test_masks_and_transparency_are_the_same_in_tiles(compare, style_loss, rounding):
    masks = {"alpha": LEFT, "content_mask": 1 - LEFT / 2}
    check(compare(16, **masks, pool_rounding=rounding, style_loss=style_loss, tv_loss="nine_point", **SHALLOW))


@pytest.mark.parametrize(("blend", "gram"), [("statistics", "shifted"), ("losses", "plain")])
def test_blends_are_the_same_in_tiles(compare, blend, gram):
    paintings = Painting(STYLE, ALPHA, 0.75, None), Painting(STYLE_2, None, 0.25, None)
    check(compare(16, *paintings, blend=blend, gram=gram, **SHALLOW))


def test_paintings_with_regions_are_the_same_in_tiles(compare):
    paintings = Painting(STYLE, ALPHA, 0.5, LEFT), Painting(STYLE_2, None, 0.5, 1 - LEFT)
    check(compare(16, *paintings, **SHALLOW))


def test_black_masks_leave_the_losses_finite(compare):
    black = 0 * LEFT
    _, losses = compare(16, Painting(STYLE, None, 1.0, black), content_mask=black, **SHALLOW).losses
    assert np.isfinite(losses).all() and float(losses.content[0]) == 0


def test_tiles_whose_halo_is_too_narrow_would_show(compare, monkeypatch):
    """The bounds are tight enough to see a halo that misses some of what the last layer sees."""
    from stylegrid.vgg import tiles

    monkeypatch.setattr(tiles, "halo", lambda layers: 8)
    with pytest.raises(AssertionError):
        check(compare(16, **SHALLOW))
