"""Pictures in one pass, by networks with random weights: mixed, blended, masked, measured."""

import fast_files
import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.fast.networks import predictor, transformer
from stylegrid.painting.one_pass import FastNetworks, paint_in_one_pass
from stylegrid.painting.problem import Problem
from stylegrid.pictures import images
from stylegrid.plan import memory
from stylegrid.plan.job import Job, Source, StyleSource
from stylegrid.settings import presets

FAST = {"preset": "stylegrid-untrained", "method": "fast", "size": 48, "precision": "float32"}
PLAIN = {"style_scale": 1, "style_crop": 0}
WAVE, NIGHT = ("wave", 1.0), ("night", 3.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A photograph, one with a transparent right half, two paintings below 256 px, masks of halves, and a black one."""
    folder = tmp_path_factory.mktemp("pictures")
    for seed, (name, size) in enumerate({"photo": (48, 36), "wave": (40, 44), "night": (50, 30)}.items()):
        Image.fromarray(draw(*size, seed=seed)).save(folder / f"{name}.png")
    left = np.zeros((36, 48), np.uint8)
    left[:, :24] = 255
    Image.fromarray(draw(40, 44, seed=9)).convert("L").save(folder / "etching.png")
    for name, levels in {"left": left, "right": 255 - left, "black": 0 * left}.items():
        Image.fromarray(levels).save(folder / f"{name}.png")
    see_through = Image.fromarray(draw(48, 36))
    see_through.putalpha(Image.fromarray(left))
    see_through.save(folder / "half.png")
    return folder


@pytest.fixture(scope="module")
def weights():
    return fast_files.random_weights()


@pytest.fixture(scope="module")
def networks(weights):
    return FastNetworks(weights)


@pytest.fixture
def paint(folder, networks, objectives):
    def source(name, kind=Source, **more):
        path = folder / f"{name}.png"
        return kind(name=name, path=str(path), sha256=files.sha256(path), **more)

    def paint(styles=(WAVE,), masks=(), content="photo", **changes):
        job = Job(
            content=source(content),
            styles=tuple(source(name, StyleSource, weight=weight) for name, weight in styles),
            style_masks=tuple(source(name) if name else None for name in masks),
            style="style",
            variant="variant",
            settings=presets.resolve(FAST, PLAIN, changes),
        )
        return paint_in_one_pass(job, networks, objectives)

    return paint


@pytest.fixture
def vector(weights, folder):
    return lambda name: predictor(weights)(images.read(folder / f"{name}.png")).numpy()


@pytest.fixture
def painted_by(weights, folder):
    """Return what the transformer makes of the photograph by a vector."""
    return lambda vector: transformer(weights)(images.read(folder / "photo.png"), np.float32(vector)).numpy()


def assert_same(picture, desired):
    assert np.abs(picture - desired).max() < 1e-4
    assert picture.std() > 0.05


def test_a_picture_is_the_photograph_by_the_painting_s_vector(paint, vector, painted_by):
    result = paint()
    assert_same(result.picture, painted_by(vector("wave")))
    assert (result.outcome, result.message, result.steps) == ("finished", "painted in one pass", 0)
    assert np.abs(result.picture - paint(styles=(NIGHT,)).picture).max() > 0.01


def test_each_picture_s_vector_is_computed_once(weights, monkeypatch):
    seen, networks = [], FastNetworks(weights)
    predict = networks._predict
    monkeypatch.setattr(networks, "_predict", lambda picture: seen.append(picture) or predict(picture))
    wide = np.linspace(0, 1, 40 * 50 * 3, dtype=np.float32).reshape(1, 40, 50, 3)
    first = networks.vector(wide)
    assert np.array_equal(networks.vector(wide.copy()), first) and len(seen) == 1
    assert not any(np.array_equal(networks.vector(each), first) for each in (wide.reshape(1, 50, 40, 3), 1 - wide))
    assert len(seen) == 3


@pytest.mark.parametrize("strength", [0, 0.25])
def test_strength_mixes_in_the_photograph_s_own_vector(paint, vector, painted_by, strength):
    mixed = strength * vector("wave") + (1 - strength) * vector("photo")
    assert_same(paint(strength=strength).picture, painted_by(mixed))


def test_a_blend_is_by_the_mean_of_vectors_by_their_weights(paint, vector, painted_by):
    assert_same(paint(styles=(WAVE, NIGHT)).picture, painted_by(vector("wave") / 4 + vector("night") * 3 / 4))


def test_each_region_has_the_picture_of_its_painting(paint, vector, painted_by):
    found = paint(styles=(WAVE, NIGHT), masks=("left", "right")).picture
    assert_same(found[:, :, :24], painted_by(vector("wave"))[:, :, :24])
    assert_same(found[:, :, 24:], painted_by(vector("night"))[:, :, 24:])


def test_what_no_mask_covers_is_the_photograph(paint, folder, vector, painted_by):
    found = paint(masks=("left",)).picture
    assert_same(found[:, :, 24:], images.read(folder / "photo.png")[:, :, 24:])
    assert_same(found[:, :, :24], painted_by(vector("wave"))[:, :, :24])


def test_where_several_paint_their_weights_count(paint, vector, painted_by):
    found = paint(styles=(WAVE, NIGHT), masks=(None, "left")).picture
    both = painted_by(vector("wave")) / 4 + painted_by(vector("night")) * 3 / 4
    assert_same(found[:, :, :24], both[:, :, :24])
    assert_same(found[:, :, 24:], painted_by(vector("wave"))[:, :, 24:])


def test_paintings_whose_weights_differ_do_not_fade_where_one_paints_alone(paint, vector, painted_by):
    found = paint(styles=(("wave", 1e-6), NIGHT), masks=("left", "black")).picture
    assert_same(found[:, :, :24], painted_by(vector("wave"))[:, :, :24])


def test_colours_are_matched_only_for_the_losses(paint):
    first, second = (paint(match_colours=how) for how in ("none", "content"))
    assert np.array_equal(first.picture, second.picture)
    assert first.losses.content != second.losses.content


def test_the_losses_are_those_of_the_objective(paint, objectives, monkeypatch):
    seen = []
    original = Problem.measure
    monkeypatch.setattr(Problem, "measure", lambda problem, *given: seen.append(problem) or original(problem, *given))
    result = paint(style_weight=7, content_weight=2, tv_weight=3)
    content, style, tv, total = result.losses
    assert total == pytest.approx(2 * content + 7 * style + 3 * tv)
    assert original(seen[0], seen[0].to_pixels(result.picture))[0] == pytest.approx(result.losses)
    assert [step.losses for step in result.history] == [result.losses]


def test_losses_in_bfloat16_are_close_to_those_in_float32(paint):
    exact, rounded = (paint(precision=precision) for precision in ("float32", "bfloat16"))
    assert (exact.precision, rounded.precision) == ("float32", "bfloat16")
    assert rounded.losses == pytest.approx(exact.losses, rel=0.03)
    assert 0 < np.abs(rounded.picture - exact.picture).mean() < 0.03


def test_a_picture_too_large_to_measure_has_no_losses(paint, monkeypatch):
    monkeypatch.setattr(memory, "MOST_MEASURED", 48 * 36 - 1)
    result = paint()
    assert (result.losses, result.history, result.outcome) == (None, (), "finished")
    assert "not measured" in result.message


def test_transparency_is_the_photograph_s(paint):
    alpha = paint(content="half").alpha
    assert alpha[0, :, :22].min() == 1 and alpha[0, :, 26:].max() == 0


def test_the_steps_are_reported_and_the_picture_has_its_size(paint):
    result = paint(size=32)
    assert result.picture.shape == (1, 24, 32, 3) and result.history[0].scale == 32


def test_a_picture_too_small_is_refused(paint):
    with pytest.raises(ImageError, match="these layers need"):
        paint(size=16, content_layers="relu5_1")


def test_a_grey_painting_gives_a_grey_picture(paint):
    kept, free = (paint((("etching", 1.0),), greys=greys) for greys in ("kept", "free"))
    assert (np.ptp(kept.picture, axis=-1).max(), kept.grey) == (0, True)
    assert np.ptp(free.picture, axis=-1).max() > 0.01 and not free.grey
