"""Measures of a picture beside its photograph and paintings, worked out by thought or a second time."""

from pathlib import Path

import fast_files
import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid import files
from stylegrid.fast.networks import predictor
from stylegrid.painting.measures import Meter, edges_kept, grain, specks
from stylegrid.pictures import images
from stylegrid.pictures.colour_transfer import luma
from stylegrid.plan.job import Job, Source, StyleSource
from stylegrid.settings import presets


@pytest.fixture(scope="module")
def weights():
    return fast_files.random_weights()


@pytest.fixture(scope="module")
def meter(weights):
    return Meter(weights)


@pytest.fixture
def source(tmp_path):
    """Return a function that saves pixels, or a drawing of a size, and returns its source."""

    def make(name, pixels, **weight):
        path = tmp_path / f"{name}.png"
        Image.fromarray(pixels if isinstance(pixels, np.ndarray) else draw(*pixels, seed=len(name))).save(path)
        return (StyleSource if weight else Source)(name=name, path=str(path), sha256=files.sha256(path), **weight)

    return make


@pytest.fixture
def job(source):
    def make(content=(48, 36), styles=None, **settings):
        styles = styles or (source("wave", (40, 44), weight=1.0),)
        given = {"preset": "stylegrid-untrained", "style_crop": 0, **settings}
        names = {"style": "style", "variant": "variant"}
        return Job(content=source("photo", content), styles=styles, settings=presets.resolve(given), **names)

    return make


def read(source, size=None):
    return images.read(Path(source.path), size)


def plain(*colour, size=(12, 16)):
    return np.full((1, *size, 3), colour, np.float32)


def test_a_photograph_keeps_all_its_edges_and_a_painting_is_its_own_style_and_colours(meter, job):
    made = job()
    as_photograph = meter.measure(made, read(made.content), None)
    as_painting = meter.measure(made, read(made.styles[0], (48, 36)), None)
    assert as_photograph.edges_kept == pytest.approx(1)
    assert as_painting.edges_kept < 0.7
    assert as_painting.colour_distance < as_photograph.colour_distance / 5
    itself = meter.measure(made, read(made.styles[0]), None)
    assert itself.style_cosine == pytest.approx(1) and itself.style_cosine > as_photograph.style_cosine + 0.01
    assert itself.colour_distance == pytest.approx(0, abs=0.5)


def test_style_is_the_cosine_of_vectors_less_that_of_a_grey_square(meter, job, weights):
    made, picture = job(), images.to_array(Image.fromarray(draw(256, 256, seed=8)))
    squares = [picture, read(made.styles[0], (256, 256)), plain(0.5, 0.5, 0.5, size=(256, 256))]
    own, style, grey = (predictor(weights)(square).numpy()[0] for square in squares)
    own, style = own - grey, style - grey
    expected = own @ style / np.sqrt((own @ own) * (style @ style))
    assert meter.style_cosine(made, picture) == pytest.approx(expected, rel=1e-5)
    assert meter.style_cosine(made, squares[2]) == 0


def test_a_blend_is_measured_by_its_paintings_weights(meter, job, source):
    both = [source("wave", (40, 44), weight=3.0), source("night", (50, 30), weight=1.0)]
    ends = [read(each, (48, 36)) for each in both]
    near, far = (meter.measure(job(styles=tuple(both)), picture, None) for picture in ends)
    assert near.style_cosine > far.style_cosine
    alone = meter.measure(job(styles=(both[0],)), ends[0], None)
    assert alone.colour_distance < near.colour_distance < far.colour_distance


def test_colours_are_told_by_the_distance_of_their_means_where_nothing_else_differs(meter, job, source):
    grey = (source("grey", np.full((20, 20, 3), 119, np.uint8), weight=1.0),)  # L* 50.03
    assert meter.measure(job(styles=grey), plain(1, 1, 1), None).colour_distance == pytest.approx(49.97, abs=0.02)


def test_the_edge_of_a_painting_that_is_cut_off_does_not_count(meter, job, source):
    framed = np.full((40, 40, 3), 200, np.uint8)
    framed[4:-4, 4:-4] = 60
    painting = (source("framed", framed, weight=1.0),)
    inside = plain(60 / 255, 60 / 255, 60 / 255)
    whole, cropped = (meter.measure(job(styles=painting, style_crop=crop), inside, None) for crop in (0, 0.1))
    assert cropped.colour_distance < 0.1 < whole.colour_distance
    assert cropped.style_cosine == pytest.approx(1) and whole.style_cosine < 0.999


def test_without_networks_all_but_the_style_is_measured(job):
    made = job()
    found = Meter(None).measure(made, read(made.content), None)
    assert found.style_cosine is None and found.edges_kept == pytest.approx(1)


def test_a_large_picture_is_compared_reduced(job, source):
    made = job(content=(1030, 515))
    whole = read(made.content)
    noisy = np.clip(whole + np.random.default_rng(0).choice([-0.1, 0.1], whole.shape[1:3])[None, ..., None], 0, 1)
    found = Meter(None).measure(made, np.float32(noisy), None)
    assert found.edges_kept > edges_kept(luma(np.float32(noisy)), luma(whole)) + 0.05
    assert found.grain > 20  # of all pixels


def test_hidden_pixels_do_not_count(meter, job, source):
    pixels = draw(48, 36, seed=2) // 2 + 60
    half = np.full((36, 48), 255, np.uint8)
    half[:, 24:] = 0
    made = job(content=np.dstack([pixels, half]), styles=(source("own", pixels[:, :24].copy(), weight=1.0),))
    picture = images.to_array(Image.fromarray(pixels)).copy()
    picture[:, :, 26:] = np.random.default_rng(1).random((1, 36, 22, 3)) > 0.5
    alpha = np.float32(half / 255)[None, ..., None]
    found, seen = meter.measure(made, picture, alpha), meter.measure(made, picture, None)
    assert found.specks == 0 and seen.specks > 0.05 and found.grain < seen.grain / 2
    assert found.colour_distance < 1


def white_noise(deviation, mean=128):
    return np.float32(np.random.default_rng(3).normal(mean, deviation, (1, 200, 300)) / 255)


@pytest.mark.parametrize("deviation", [2, 20])
def test_grain_is_the_deviation_of_noise_and_a_plane_has_none(deviation):
    slope = np.float32(np.add.outer(np.arange(200), np.arange(300)) / 1000)[np.newaxis]
    assert grain(slope) < 0.05
    assert grain(slope * 0.1 + white_noise(deviation)) == pytest.approx(deviation, rel=0.03)


def test_a_straight_edge_is_no_grain():
    edge = np.zeros((1, 20, 30), np.float32)
    edge[..., 15:] = 1
    assert grain(edge) < 1e-3


def ssim_structure(x, y):
    """Return the mean of the structure term by its definition, a loop over pixels; borders are reflected."""
    gauss = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(gauss, gauss) / gauss.sum() ** 2
    x, y = (np.pad(np.float64(each[0]), 5, mode="symmetric") for each in (x, y))
    found = []
    for row in range(x.shape[0] - 10):
        for column in range(x.shape[1] - 10):
            a, b = (each[row : row + 11, column : column + 11] for each in (x, y))
            a, b = a - (window * a).sum(), b - (window * b).sum()
            deviations = np.sqrt((window * a * a).sum() * (window * b * b).sum())
            found.append(((window * a * b).sum() + 0.00045) / (deviations + 0.00045))
    return np.mean(found)


def test_edges_are_those_of_a_second_computation():
    first, second = (luma(images.to_array(Image.fromarray(draw(31, 23, seed=seed)))) for seed in (1, 2))
    mixed = np.float32(0.7 * first + 0.3 * second)
    assert edges_kept(mixed, first) == pytest.approx(ssim_structure(mixed, first), abs=1e-4)
    assert edges_kept(1 - first, first) == pytest.approx(ssim_structure(1 - first, first), abs=1e-4)
    assert edges_kept(1 - first, first) < -0.7


def test_edges_do_not_mind_contrast_and_brightness():
    first = luma(images.to_array(Image.fromarray(draw(48, 36))))
    assert edges_kept(first * 0.5 + 0.3, first) > 0.99


def test_specks_are_clipped_pixels_alone_among_others():
    picture = plain(0.5, 0.5, 0.5, size=(10, 10))
    assert specks(picture) == 0
    picture[0, 2, 2] = (0.5, 0.5, 1)  # one channel
    picture[0, 5, 5] = 0  # all three, once
    picture[0, 7:, 7:] = 1  # a field, whose corner alone is more than half surrounded by others
    assert specks(picture) == pytest.approx(3 / 100)


def test_what_rounds_to_white_is_white():
    picture = plain(0.5, 0.5, 0.5, size=(10, 10))
    picture[0, 2, 2], picture[0, 6, 6] = 0.9985, 0.997
    assert specks(picture) == pytest.approx(1 / 100)


def test_the_smallest_pictures_are_measured(meter, job):
    assert meter.measure(job(content=(16, 2)), plain(0.2, 0.4, 0.6, size=(2, 16)), None).specks == 0
