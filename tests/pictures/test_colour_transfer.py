"""Colours moved from picture to picture."""

import numpy as np
import pytest
from PIL import Image, ImageCms
from scipy import linalg

from stylegrid.pictures import colour_transfer, images
from stylegrid.pictures.colour_transfer import (
    Moments,
    frechet_distance,
    from_lab,
    is_grey,
    luma,
    match_colours,
    moments,
    original_colours,
    to_grey,
    to_lab,
)


def picture(mean, spread, seed=0, size=(1, 40, 50, 3)):
    return np.random.default_rng(seed).normal(mean, spread, size).clip(0, 1).astype(np.float32)


def plain(*colour, size=(1, 8, 9, 3)):
    return np.broadcast_to(np.float32(colour), size)


BLACK, WHITE = plain(0, 0, 0, size=(1, 4, 4, 3)), plain(1, 1, 1, size=(1, 2, 9, 3))
BOTH = pytest.mark.parametrize("how", ["linear", "histogram"])


def test_a_large_picture_is_matched_in_parts_as_in_one(monkeypatch):
    random = np.random.default_rng(0)
    picture, reference = (random.random((1, *size, 3), dtype=np.float32) for size in ((30, 20), (25, 40)))
    whole = match_colours(picture, [(reference, 1.0)], "linear")
    monkeypatch.setattr(colour_transfer, "PART", 77)
    np.testing.assert_allclose(match_colours(picture, [(reference, 1.0)], "linear"), whole, atol=1e-6)


def test_mean_and_covariance_become_the_references():
    reference = picture((0.6, 0.4, 0.5), (0.05, 0.1, 0.08), seed=1)
    matched = match_colours(picture((0.3, 0.5, 0.5), (0.1, 0.02, 0.1)), [(reference, 1.0)], "linear")
    actual, desired = moments([(matched, 1.0)]), moments([(reference, 1.0)])
    np.testing.assert_allclose(actual.mean, desired.mean, atol=1e-3)
    np.testing.assert_allclose(actual.covariance, desired.covariance, atol=5e-4)


@BOTH
def test_a_picture_matched_to_itself_stays(how):
    own = picture(0.5, 0.1)
    np.testing.assert_allclose(match_colours(own, [(own, 1.0)], how), own, atol=1e-5)


@BOTH
def test_a_grey_picture_takes_the_mean_colour_without_noise(how):
    reference = picture((0.2, 0.4, 0.6), 0.05, seed=2)  # whose median is its mean
    actual = match_colours(plain(0.5, 0.5, 0.5), [(reference, 1.0)], how)
    assert np.ptp(actual, axis=(0, 1, 2)).max() < 1e-6
    assert actual[0, 0, 0] == pytest.approx([0.2, 0.4, 0.6], abs=0.01)


@BOTH
def test_a_plain_reference_gives_a_plain_picture(how):
    actual = match_colours(picture(0.5, 0.1), [(plain(0.2, 0.4, 0.6), 1.0)], how)
    np.testing.assert_allclose(actual, np.broadcast_to([0.2, 0.4, 0.6], actual.shape), atol=0.02)


@BOTH
def test_matched_colours_are_a_picture(how):
    actual = match_colours(picture(0.5, 0.3), [(picture(0.9, 0.3, seed=1), 1.0)], how)
    assert actual.dtype == np.float32 and actual.shape == (1, 40, 50, 3)
    assert actual.min() >= 0 and actual.max() <= 1


def test_a_blend_of_black_and_white_is_grey_with_their_contrast():
    blended = moments([(BLACK, 3.0), (WHITE, 1.0)])
    np.testing.assert_allclose(blended.mean, 0.25)
    np.testing.assert_allclose(blended.covariance, 0.25 * 0.75, atol=1e-4)


def test_each_rank_of_a_channel_takes_the_references_value_of_that_rank():
    own, reference = (np.random.default_rng(seed).random((1, 20, 30, 3), dtype=np.float32) for seed in (0, 1))
    actual = match_colours(own, [(reference, 1.0)], "histogram").reshape(-1, 3)
    ranks = own.reshape(-1, 3).argsort(axis=0)
    np.testing.assert_allclose(np.take_along_axis(actual, ranks, axis=0), np.sort(reference.reshape(-1, 3), axis=0))


def test_histograms_of_references_are_mixed_by_weight_not_by_size():
    values = np.arange(1, 9, dtype=np.float32) / 10
    own = np.broadcast_to(values[None, None, :, None], (1, 3, 8, 3))
    actual = match_colours(own, [(BLACK, 1.0), (WHITE, 3.0)], "histogram")
    assert actual[0, 1, :, 2].tolist() == [0, 0, 1, 1, 1, 1, 1, 1]  # a quarter is black


def test_mixed_histograms_have_the_quantiles_that_numpy_finds():
    first, second = picture(0.3, 0.05, seed=1, size=(1, 60, 70, 3)), picture(0.7, 0.1, seed=2, size=(1, 90, 50, 3))
    actual = match_colours(picture(0.5, 0.2, seed=3), [(first, 2.0), (second, 1.0)], "histogram")[..., 0]
    aim = np.concatenate([first[..., 0].ravel(), second[..., 0].ravel()])
    weights = np.repeat([2 / 4200, 1 / 4500], [4200, 4500])
    shares = np.linspace(0.02, 0.98, 49)
    expected = np.quantile(aim, shares, weights=weights, method="inverted_cdf")
    np.testing.assert_allclose(np.quantile(actual, shares), expected, atol=0.005)


def test_equal_values_stay_equal():
    steps = np.rint(picture(0.5, 0.1) * 10) / 10
    actual = match_colours(steps, [(picture(0.3, 0.2, seed=1), 1.0)], "histogram")[..., 1]
    for value in np.unique(steps[..., 1]):
        assert np.ptp(actual[steps[..., 1] == value]) == 0


SPACES = pytest.mark.parametrize("space", ["ycbcr", "lab"])


@SPACES
def test_a_photograph_painted_as_it_is_keeps_its_colours(space):
    own = picture(0.5, 0.3)
    np.testing.assert_allclose(original_colours(own, own, space), own, atol=1e-6)


@SPACES
def test_a_grey_photograph_makes_the_painting_grey(space):
    actual = original_colours(picture(0.5, 0.2), plain(0.4, 0.4, 0.4, size=(1, 40, 50, 3)), space)
    assert np.ptp(actual, axis=-1).max() < 1e-6


@SPACES
def test_a_grey_painting_of_a_grey_photograph_stays(space):
    grey = picture(0.5, 0.2)[..., :1].repeat(3, axis=-1)
    np.testing.assert_allclose(original_colours(grey, 1 - grey, space), grey, atol=1e-6)


@SPACES
def test_colours_brought_back_are_a_picture(space):
    actual = original_colours(picture(0.8, 0.4), picture(0.4, 0.4, seed=1), space)
    assert actual.dtype == np.float32 and actual.shape == (1, 40, 50, 3)
    assert actual.min() == 0 and actual.max() == 1


def test_a_small_change_of_luminance_is_not_rounded_away():
    own = picture(0.5, 0.1)
    np.testing.assert_allclose(original_colours(own + np.float32(1e-4), own, "ycbcr"), own + 1e-4, rtol=0, atol=1e-6)


def test_luma_moves_all_channels_alike():
    actual = original_colours(plain(0.4, 0.4, 0.4), plain(0.6, 0.5, 0.4), "ycbcr")  # of luma 0.5185
    np.testing.assert_allclose(actual[0, 0, 0], [0.4815, 0.3815, 0.2815], atol=1e-6)


def test_ycbcr_is_that_of_jpeg():
    painted, photograph = picture(0.5, 0.3), picture((0.3, 0.5, 0.6), 0.2, seed=1)
    luma = images.to_image(painted).convert("YCbCr").getchannel("Y")
    chroma = images.to_image(photograph).convert("YCbCr").split()[1:]
    expected = images.to_array(Image.merge("YCbCr", (luma, *chroma)).convert("RGB"))
    # Pillow's two ways round Cb to whole levels, each worth 1.772 of blue, and cut the fraction off.
    np.testing.assert_allclose(original_colours(painted, photograph, "ycbcr"), expected, atol=4.5 / 255)


@pytest.mark.parametrize(
    ("colour", "lab"),
    [
        ((0, 0, 0), (0, 0, 0)),
        ((1, 1, 1), (100, 0, 0)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 1, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0, 1, 1), (91.11, -48.09, -14.13)),
        ((1, 0, 1), (60.32, 98.23, -60.82)),
        ((1, 1, 0), (97.14, -21.55, 94.48)),
    ],
)
def test_lab_is_what_tables_say(colour, lab):
    np.testing.assert_allclose(to_lab(plain(*colour))[0, 0, 0], lab, atol=0.02)
    np.testing.assert_allclose(from_lab(np.float64([lab])), [colour], atol=2e-3)


def test_lightness_of_grey_is_what_little_cms_finds():
    """Its Lab is under D50, where only greys have the same numbers."""
    greys = np.arange(256, dtype=np.uint8)[None].repeat(2, axis=0)
    image = Image.fromarray(greys).convert("RGB")
    to_lab_8 = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    expected = np.asarray(ImageCms.applyTransform(image, to_lab_8))[..., 0] / 2.55
    np.testing.assert_allclose(to_lab(images.to_array(image))[0, ..., 0], expected, atol=0.3)


def test_what_lies_beyond_srgb_is_clipped_on_its_way_to_lab():
    np.testing.assert_allclose(to_lab(plain(-0.2, 0.5, 1.3)), to_lab(plain(0, 0.5, 1)))


def test_lab_there_and_back_changes_nothing():
    own = np.random.default_rng(0).random((1, 30, 40, 3), dtype=np.float32)
    np.testing.assert_allclose(from_lab(to_lab(own)), own, atol=1e-9)


def test_lab_keeps_the_paintings_lightness_and_the_photographs_chroma():
    painted, photograph = picture(0.5, 0.05), picture((0.45, 0.5, 0.55), 0.03, seed=1)  # too pale to be clipped
    actual = to_lab(original_colours(painted, photograph, "lab"))
    np.testing.assert_allclose(actual[..., 0], to_lab(painted)[..., 0], atol=1e-4)
    np.testing.assert_allclose(actual[..., 1:], to_lab(photograph)[..., 1:], atol=1e-4)


@pytest.mark.parametrize("how", ["linear", "histogram"])
def test_only_the_sample_comes_to_have_the_references_distribution(how):
    generator = np.random.default_rng(8)
    visible, hidden = generator.uniform(0.2, 0.5, (1, 8, 8, 3)), np.ones((1, 8, 8, 3))
    reference = generator.uniform(0.4, 0.8, (1, 8, 8, 3)).astype(np.float32)
    both = np.concatenate([visible, hidden], axis=2).astype(np.float32)
    alone = match_colours(visible.astype(np.float32), [(reference, 1.0)], how)
    matched = match_colours(both, [(reference, 1.0)], how, visible.astype(np.float32))
    np.testing.assert_allclose(matched[:, :, :8], alone, atol=1e-5)


@pytest.mark.parametrize(("blue", "grey"), [(100, True), (104, True), (96, True), (105, False), (95, False)])
def test_a_picture_is_grey_to_four_levels_in_every_pixel(blue, grey):
    levels = np.full((1, 8, 9, 3), 100, np.float32)
    levels[0, 3, 4, 2] = blue
    assert is_grey(levels / np.float32(255)) == grey


def test_greys_have_the_luma_of_colours():
    np.testing.assert_allclose(to_grey(plain(1, 0, 0)), plain(0.299, 0.299, 0.299))
    np.testing.assert_allclose(to_grey(plain(0.2, 0.4, 0.6)), plain(0.363, 0.363, 0.363), rtol=1e-6)
    np.testing.assert_array_equal(to_grey(BLACK), BLACK)
    found = to_grey(picture(0.5, 0.2))
    assert found.dtype == np.float32 and (found.max(axis=-1) == found.min(axis=-1)).all()


def test_the_distance_of_colours_is_that_of_their_means_and_spreads():
    mean, covariance = np.array([1.0, 2.0, 3.0]), np.diag([4.0, 9.0, 16.0])
    own = Moments(mean, covariance)
    assert frechet_distance(own, own) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(own, Moments(mean + np.array([3, 0, 4]), covariance)) == pytest.approx(5)
    # Of axes in common it is that of their deviations: 2 - 1, 3 - 1 and 4 - 1.
    assert frechet_distance(own, Moments(mean, np.eye(3))) == pytest.approx(np.sqrt(1 + 4 + 9))


def test_the_distance_of_turned_spreads_is_that_of_their_definition():
    pairs = np.random.default_rng(4).normal(size=(2, 3, 3))
    first, second = (Moments(np.zeros(3), each @ each.T) for each in pairs)
    product = linalg.sqrtm(first.covariance @ second.covariance)
    expected = np.trace(first.covariance + second.covariance - 2 * product.real)
    assert frechet_distance(first, second) == pytest.approx(np.sqrt(expected))
    assert frechet_distance(second, first) == pytest.approx(np.sqrt(expected))


def test_luma_is_that_of_every_channel_of_a_grey_picture():
    own = picture((0.6, 0.4, 0.5), 0.1)
    assert luma(own).shape == own.shape[:3]
    np.testing.assert_array_equal(to_grey(own), np.repeat(luma(own)[..., np.newaxis], 3, axis=-1))
    assert luma(plain(1, 0, 0)).max() == pytest.approx(0.299)
