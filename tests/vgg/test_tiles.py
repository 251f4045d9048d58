"""Tiles: halos by the field's numbers, and activations and gradients by tiles against the whole's, in float64."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.vgg.features import POOLINGS, extractor
from stylegrid.vgg.tiles import Box, at_layer, halo, plan_tiles, stride

LAYERS = ("relu1_1", "conv2_1", "relu3_1")
SIZES = [(53, 37), (64, 48), (45, 70)]


@pytest.mark.parametrize(
    ("layer", "pixels", "apart"),
    [
        ("relu1_1", 1, 1),
        ("relu2_1", 4, 2),
        ("conv3_1", 12, 4),
        ("relu4_1", 32, 8),
        ("relu4_2", 40, 8),
        ("relu5_1", 80, 16),
        ("relu5_2", 96, 16),
    ],
)
def test_a_halo_is_what_a_layer_sees_beyond_a_tile(layer, pixels, apart):
    assert halo(["relu1_1", layer]) == pixels
    assert stride(layer) == apart


@pytest.mark.parametrize("side", [16, 20, 33, 1000])
@pytest.mark.parametrize("size", SIZES)
def test_tiles_cover_each_pixel_once_within_crops_of_a_halo_more(size, side):
    width, height = size
    covered = np.zeros((1, height, width, 1), int)
    for tile in plan_tiles(size, side, LAYERS):
        tile.own.of(covered)[...] += 1
        assert max(tile.own.bottom - tile.own.top, tile.own.right - tile.own.left) <= side
        assert tile.own.top % 4 == tile.own.left % 4 == tile.crop.top % 4 == tile.crop.left % 4 == 0
        assert tile.crop.top == max(0, tile.own.top - 12) and tile.crop.right == min(width, tile.own.right + 12)
    assert (covered == 1).all()


def test_tiles_are_about_as_large_as_each_other():
    assert [tile.own[:2] for tile in plan_tiles((40, 100), 48, LAYERS)] == [(0, 36), (36, 72), (72, 100)]


def test_a_box_is_counted_from_the_corner_of_another():
    assert Box(20, 30, 40, 41).within(Box(8, 90, 40, 99)) == Box(12, 22, 0, 1)


@pytest.mark.parametrize(("up", "rows"), [(False, (4, 9)), (True, (4, 10))])
def test_a_box_ends_where_the_layer_does(up, rows):
    assert at_layer("relu3_1", Box(16, 37, 0, 4), up)[:2] == rows


def by_tiles(picture, extract, size, up):
    """Return each layer's activations put together from tiles, and the sum of the crops' gradients of `weighted`."""
    gradient, layers = np.zeros(picture.shape), {}
    for tile in plan_tiles(size, 20, LAYERS):
        crop, own = tf.constant(tile.crop.of(picture)), tile.own.within(tile.crop)
        with tf.GradientTape() as tape:
            tape.watch(crop)
            features = extract(crop)
            parts = {layer: at_layer(layer, own, up).of(each) for layer, each in features.items()}
            places = {layer: at_layer(layer, tile.own, up) for layer in parts}
            loss = tf.add_n([weighted(part, places[layer]) for layer, part in parts.items()])
        tile.crop.of(gradient)[...] += tape.gradient(loss, crop)
        for layer, part in parts.items():
            whole = layers.setdefault(layer, np.full(extract(tf.constant(picture))[layer].shape, np.nan))
            places[layer].of(whole)[...] = part
    return layers, gradient


def weighted(features, place):
    """Return a number that every activation counts in, each differently by its place in the picture."""
    rows, columns = np.mgrid[place.top : place.bottom, place.left : place.right]
    return tf.reduce_sum(features**2 * np.cos(rows + 2 * columns)[..., np.newaxis])


@pytest.mark.parametrize("rounding", ["down", "up"])
@pytest.mark.parametrize(
    ("pooling", "padding"),
    [(pooling, "replicate") for pooling in POOLINGS] + [("max", "zero")] + [("average", "replicate_first")],
)
@pytest.mark.parametrize("size", [SIZES[0], pytest.param(SIZES[2], marks=pytest.mark.slow)])
def test_activations_and_gradients_of_tiles_are_those_of_the_whole(network, size, pooling, padding, rounding):
    picture = np.random.default_rng(0).normal(0, 50, (1, size[1], size[0], 3))
    extract = extractor(network, LAYERS, pooling, padding, rounding, tf.float64)
    seen = tf.constant(picture)
    with tf.GradientTape() as tape:
        tape.watch(seen)
        features = extract(seen)
        loss = tf.add_n([weighted(each, Box(0, each.shape[1], 0, each.shape[2])) for each in features.values()])
    slope = tape.gradient(loss, seen).numpy()
    layers, gradient = by_tiles(picture, extract, size, rounding == "up")
    for layer, desired in features.items():
        np.testing.assert_allclose(layers[layer], desired, rtol=1e-9, atol=1e-12 * np.abs(desired).max())
    np.testing.assert_allclose(gradient, slope, rtol=0, atol=1e-12 * np.abs(slope).max())
