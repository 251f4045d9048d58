"""Targets: what they hold, and that what was seen once isn't looked at again."""

import numpy as np
import pytest
import tensorflow as tf
from conftest import draw

from stylegrid.method.style_statistics import Statistics
from stylegrid.painting import targets
from stylegrid.painting.inputs import Painting, ScaleInputs
from stylegrid.painting.targets import TargetMaker
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.vgg.architecture import layer_size

LAYERS = ("relu1_1", "relu3_1")


def picture(width: int, height: int, seed: int) -> np.ndarray:
    return draw(width, height, seed)[np.newaxis].astype(np.float32) / 255


PHOTOGRAPH, OTHER_PHOTOGRAPH, STYLE, OTHER_STYLE = (picture(33, 21, seed) for seed in range(4))
LEFT = np.zeros_like(PHOTOGRAPH[..., :1])  # white on its left
LEFT[:, :, :16] = 1


class Eye:
    """Sees pictures as they are, smaller at deeper layers, and remembers what it has seen."""

    def __init__(self, up=False):
        self.seen, self._up = [], up

    def __call__(self, picture):
        self.seen.append(picture.numpy())
        sizes = {layer: layer_size(layer, picture.shape[1:3], self._up) for layer in LAYERS}
        return {layer: tf.image.resize(picture, size, method="area") for layer, size in sizes.items()}


class Maker:
    """Makes targets with two eyes."""

    def __init__(self, eye=Eye, **changes):
        layers = {"content_layers": LAYERS[1], "style_layers": " + ".join(LAYERS)}
        loss_config = loss_config_of(presets.resolve(layers, changes))
        up = loss_config.pool_rounding == "up"
        self.photographs, self.paintings = eye(up), eye(up)
        self._maker = TargetMaker(loss_config, self.photographs, self.paintings)
        self.kept = self._maker._photographs, self._maker._styles

    def make(self, *paintings, photograph=PHOTOGRAPH, alpha=None, mask=None):
        return self._maker.make(ScaleInputs(photograph, alpha, mask, paintings or (painting(),)))

    def looks(self) -> tuple[int, int]:
        return len(self.photographs.seen), len(self.paintings.seen)


def painting(picture=STYLE, alpha=None, share=1.0, mask=None) -> Painting:
    return Painting(picture, alpha, share, mask)


@pytest.fixture
def maker():
    return Maker()


def same(first, second) -> bool:
    """Return whether two structures have the same numbers."""
    leaves = [tf.nest.flatten(each) for each in (first, second)]
    return all((a is None) is (b is None) and (a is None or np.array_equal(a, b)) for a, b in zip(*leaves, strict=True))


def one_pixel_changed(array: np.ndarray) -> np.ndarray:
    changed = array.copy()
    changed[0, 7, 9, 0] = 0.123
    return changed


# What is kept


def test_inputs_are_looked_at_once(maker):
    first, second = maker.make(), maker.make()
    assert maker.looks() == (1, 1)
    assert same(first, second)


def test_equal_pixels_are_the_same_picture_whoever_holds_them(maker):
    maker.make()
    maker.make(painting(STYLE.copy()), photograph=PHOTOGRAPH.copy())
    assert maker.looks() == (1, 1)


def test_another_photograph_leaves_its_painting_seen(maker):
    maker.make()
    second = maker.make(photograph=OTHER_PHOTOGRAPH)
    assert maker.looks() == (2, 1)
    assert same(second, Maker().make(photograph=OTHER_PHOTOGRAPH))


def test_another_painting_leaves_its_photograph_seen(maker):
    maker.make()
    second = maker.make(painting(OTHER_STYLE))
    assert maker.looks() == (1, 2)
    assert same(second, Maker().make(painting(OTHER_STYLE)))


@pytest.mark.parametrize(
    ("inputs", "looks"),
    [
        ({"photograph": one_pixel_changed(PHOTOGRAPH)}, (2, 1)),
        ({"alpha": LEFT}, (2, 1)),
        ({"mask": LEFT}, (2, 1)),
        ({"paintings": [painting(one_pixel_changed(STYLE))]}, (1, 2)),
        ({"paintings": [painting(alpha=LEFT)]}, (1, 2)),
        ({"paintings": [painting(STYLE[:, ::-1])]}, (1, 2)),
        ({"paintings": [painting(STYLE.reshape(1, 33, 21, 3))]}, (1, 2)),
        ({"paintings": [painting(share=0.5), painting(OTHER_STYLE, share=0.5)]}, (1, 3)),
        ({"paintings": [painting(mask=LEFT)]}, (1, 1)),  # which is where it paints, not what it is
    ],
    ids=["pixel", "alpha", "mask", "painting's pixel", "its alpha", "mirrored", "reshaped", "blend", "its mask"],
)
def test_whatever_differs_is_looked_at_again(maker, inputs, looks):
    paintings = inputs.pop("paintings", [])
    first, second = maker.make(), maker.make(*paintings, **inputs)
    assert maker.looks() == looks
    assert not same(first, second)
    assert same(second, Maker().make(*paintings, **inputs))
    assert same(first, maker.make())
    assert maker.looks() == looks


@pytest.mark.parametrize("alpha", [0.5 * LEFT, one_pixel_changed(LEFT)])
def test_alpha_counts_by_its_values(maker, alpha):
    first, second = (maker.make(painting(alpha=each), alpha=each) for each in (LEFT, alpha))
    assert maker.looks() == (2, 2)
    assert not same(first, second)


def test_shares_of_a_blend_count(maker):
    first, second = (maker.make(painting(share=share), painting(OTHER_STYLE, share=1 - share)) for share in (0.5, 0.25))
    assert maker.looks() == (1, 4)
    assert not same(first, second)


@pytest.mark.parametrize("scenes", [1, 2, 5])
def test_what_is_kept_is_bounded(monkeypatch, scenes):
    """Room for two photographs' activations or two paintings' statistics; the one used longest ago goes."""
    one = Maker()
    one.make()
    sizes = [kept.currsize for kept in one.kept]
    for size, eye in zip(sizes, ("photographs", "paintings"), strict=True):
        monkeypatch.setattr(targets, "CACHE_BYTES", 2 * size)
        maker = Maker()
        for seed in range(scenes):
            maker.make(painting(picture(33, 21, seed)), photograph=picture(33, 21, seed))
        kept = maker.kept[eye == "paintings"]
        assert kept.currsize == min(scenes, 2) * size <= kept.maxsize
        maker.make(painting(picture(33, 21, 0)), photograph=picture(33, 21, 0))
        assert len(getattr(maker, eye).seen) == scenes + (scenes > 2)


def test_bytes_are_those_of_the_tensors(maker):
    maker.make()
    channels, positions = 3, 8 * 5  # of relu3_1, where content is compared, and three channels a layer
    assert maker.kept[0].currsize == 4 * (positions * channels + 1)
    assert maker.kept[1].currsize == len(LAYERS) * 4 * (channels**2 + 1 + channels)


def test_what_is_too_large_to_be_kept_is_made_all_the_same(monkeypatch):
    desired = Maker().make()
    monkeypatch.setattr(targets, "CACHE_BYTES", 4)
    maker = Maker()
    assert same(maker.make(), desired) and same(maker.make(), desired)
    assert maker.looks() == (2, 2)


# What targets are


def test_nothing_counts_more_than_anything_else_without_alpha_and_masks(maker):
    found = maker.make()
    np.testing.assert_array_equal(found.visible, np.ones_like(LEFT))
    assert found.content[LAYERS[1]].weight is None
    assert all(target.weight is None for layer in LAYERS for target in found.style[layer])


@pytest.mark.parametrize(("rounding", "size"), [("down", (5, 8)), ("up", (6, 9))])
def test_masks_reach_deeper_layers_at_their_size(rounding, size):
    found = Maker(pool_rounding=rounding).make(painting(mask=LEFT), mask=1 - LEFT)
    weights = [found.content[LAYERS[1]].weight, found.style[LAYERS[1]][0].weight]
    for weight, share in zip(weights, (17 / 33, 16 / 33), strict=True):
        assert weight.shape == (1, *size, 1)
        assert weight.numpy().mean() == pytest.approx(share, rel=1e-3)
    assert found.style[LAYERS[0]][0].weight.shape == LEFT.shape


def test_what_counts_is_both_visible_and_under_the_mask(maker):
    found = maker.make(painting(mask=1 - LEFT / 2), alpha=LEFT, mask=LEFT / 4)
    np.testing.assert_array_equal(found.visible, LEFT)
    np.testing.assert_array_equal(found.style[LAYERS[0]][0].weight, LEFT / 2)
    np.testing.assert_allclose(tf.reduce_mean(found.content[LAYERS[1]].weight), LEFT.mean() / 4, rtol=1e-3)


@pytest.mark.parametrize(
    ("blend", "masks", "shares"),
    [
        ("statistics", (None, None), [1]),
        ("losses", (None, None), [0.75, 0.25]),
        ("statistics", (LEFT, None), [0.75, 0.25]),
        ("statistics", (LEFT, 1 - LEFT), [0.75, 0.25]),
    ],
)
def test_paintings_blend_by_statistics_unless_losses_or_masks_part_them(blend, masks, shares):
    paintings = painting(share=0.75, mask=masks[0]), painting(OTHER_STYLE, share=0.25, mask=masks[1])
    found = Maker(blend=blend).make(*paintings)
    assert [float(target.share[0]) for target in found.style[LAYERS[0]]] == shares
    if len(shares) > 1:  # each as it is alone
        for target, each in zip(found.style[LAYERS[1]], paintings, strict=True):
            alone = Maker().make(each._replace(share=1.0)).style[LAYERS[1]][0]
            assert isinstance(target.statistics, Statistics) and same(target.statistics, alone.statistics)


def test_targets_for_bfloat16_have_their_activations_rounded_and_nothing_else(maker):
    made = maker.make(painting(mask=LEFT), mask=LEFT)
    rounded = made.for_precision(tf.bfloat16)
    content, before = rounded.content[LAYERS[1]], made.content[LAYERS[1]]
    np.testing.assert_array_equal(content.values, tf.cast(before.values, tf.bfloat16))
    assert content.values.dtype == tf.bfloat16
    assert same(content[1:], before[1:]) and same(rounded[1:], made[1:])
    assert same(made.for_precision(tf.float32), made)
