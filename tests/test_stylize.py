"""The story of one painting, on tiny pictures and an untrained network."""

import numpy as np
import pytest
from conftest import save_picture

from stylegrid import files, images, presets, weights
from stylegrid.errors import ImageError
from stylegrid.job import Job, Source, StyleSource
from stylegrid.stylize import stylize

FAST = {"size": 48, "coarsest": 24, "steps": 9}


@pytest.fixture(scope="module")
def network(weights_file):
    return weights.read(weights_file)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    names = {"photo": (48, 36), "wave": (40, 44), "night": (50, 30), "strip": (400, 10)}
    return {
        name: save_picture(folder / f"{name}.png", *size, seed=seed) for seed, (name, size) in enumerate(names.items())
    }


def source(path, **more):
    kind = StyleSource if more else Source
    return kind(name=path.stem, path=str(path), sha256=files.sha256(path), **more)


def job(pictures, *, content="photo", styles=(("wave", 1.0),), start=None, **changes) -> Job:
    return Job(
        content=source(pictures[content]),
        styles=tuple(source(pictures[name], weight=weight) for name, weight in styles),
        start=source(pictures[start]) if start else None,
        style="style",
        variant="variant",
        settings=presets.resolve({**FAST, **changes}),
    )


def test_a_painting_lowers_its_loss_and_tells_its_story(pictures, network):
    heard: list = []
    result = stylize(job(pictures), network, heard.append)
    assert result.picture.shape == (1, 36, 48, 3)
    assert result.picture.min() >= 0 and result.picture.max() <= 1
    assert (result.outcome, result.steps) == ("finished", 9)
    assert {step.scale for step in result.history} == {24, 48}
    assert list(result.history) == heard
    assert result.history[-1].losses == result.losses
    assert result.losses.total < result.history[0].losses.total


def test_total_is_what_the_weights_make_of_the_terms(pictures, network):
    given = job(pictures, content_weight=2, style_weight=30, tv_weight=0.5)
    for step in stylize(given, network).history:
        content, style, tv, total = step.losses
        assert total == pytest.approx(2 * content + 30 * style + 0.5 * tv, rel=1e-4)


def test_the_style_loss_is_the_mean_of_its_layers(pictures, network):
    result = stylize(job(pictures, style_layers="relu1_1 + relu2_1:3"), network)
    assert result.losses.style == pytest.approx(
        (result.style_by_layer["relu1_1"] + 3 * result.style_by_layer["relu2_1"]) / 4, rel=1e-4
    )


@pytest.mark.parametrize("preset", presets.preset_names())
def test_no_steps_give_the_start_picture_and_its_losses(pictures, network, preset):
    result = stylize(job(pictures, preset=preset, init="content", steps=0, size=48, match_colours="none"), network)
    np.testing.assert_allclose(result.picture, images.read(pictures["photo"], 48), atol=1e-6)
    assert result.losses is not None
    assert len(result.history) == 1


def test_matched_colours_are_the_start_and_the_painting_s(pictures, network):
    result = stylize(job(pictures, match_colours="content", steps=0), network)
    painting, photograph = (images.read(pictures[name], 48).mean(axis=(0, 1, 2)) for name in ("wave", "photo"))
    actual = result.picture.mean(axis=(0, 1, 2))
    assert np.abs(actual - painting).max() < np.abs(photograph - painting).max() / 2
    assert result.losses is not None and result.losses.content == 0


def test_the_same_job_gives_the_same_bytes(pictures, network):
    first, second = (images.encode_png(stylize(job(pictures, init="noise"), network).picture) for _ in range(2))
    assert first == second


def test_another_seed_starts_from_other_noise(pictures, network):
    first, second = (stylize(job(pictures, init="noise", steps=0, seed=seed), network).picture for seed in (1, 2))
    assert np.abs(first - second).mean() > 0.1


def test_a_start_file_is_cropped_to_the_photographs_shape(pictures, network):
    result = stylize(job(pictures, init="night.png", start="night", steps=0), network)
    np.testing.assert_allclose(result.picture, images.read_filling(pictures["night"], (48, 36)))


def test_a_blend_lies_between_its_paintings(pictures, network):
    grams = [(("wave", 1.0),), (("night", 1.0),), (("wave", 1.0), ("night", 1.0))]
    wave, night, both = (stylize(job(pictures, styles=styles), network).picture for styles in grams)
    assert np.abs(both - wave).mean() < np.abs(night - wave).mean()
    assert np.abs(both - night).mean() < np.abs(night - wave).mean()


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_a_loss_that_is_not_finite_is_an_outcome_with_the_last_finite_picture(pictures, network, optimizer):
    result = stylize(job(pictures, optimizer=optimizer, style_weight=1e38, style_loss="mean_squared"), network)
    assert result.outcome == "non_finite"
    assert "total loss was not finite at step 0" in result.message
    assert result.losses is None
    assert np.isfinite(result.picture).all()
    assert np.abs(result.picture - images.read(pictures["photo"], 48)).mean() < 0.1  # no black picture


def test_a_picture_too_narrow_for_the_layers_is_refused(pictures, network):
    with pytest.raises(ImageError, match="size 48 is too small for these layers; needs 640 or more"):
        stylize(job(pictures, content="strip", style_layers="relu5_1"), network)


def test_scales_too_coarse_for_a_picture_are_left_out(pictures, network):
    result = stylize(
        job(pictures, styles=(("strip", 1.0),), size=96, steps=6, content_layers="relu2_1", style_layers="relu2_1"),
        network,
    )
    assert {step.scale for step in result.history} == {96}
