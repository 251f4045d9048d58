"""Settings that can't work together."""

import pytest

from stylegrid.clashes import clashes, size_clash
from stylegrid.errors import ConfigError
from stylegrid.paint_settings import PaintSettings
from stylegrid.presets import preset_names, resolve


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"style_shape": "stretched", "style_scale": 0.5},
            "style_scale: must be 1 where style_shape is stretched, found 0.5; set style_shape to own",
        ),
        (
            {"schedule": "64 + 128", "size": 256},
            "schedule: must end at the setting size, 256, found 128 at its end",
        ),
        (
            {"schedule": "64 + 128:0.5", "size": "own"},
            "schedule: must be auto where size is own, found '64 + 128:0.5'; set size to 128",
        ),
        (
            {"content_weight": 0, "style_weight": 0, "tv_weight": 0},
            "style_weight: must be above 0 where content_weight and tv_weight are 0 too, found 0; or set steps to 0",
        ),
    ],
)
def test_settings_that_clash_are_refused_in_a_sentence(given, sentence):
    with pytest.raises(ConfigError) as caught:
        resolve(given)
    assert str(caught.value) == sentence
    assert sentence.split(":")[0] in PaintSettings.model_fields


def test_every_clash_is_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        resolve({"schedule": "64 + 128", "style_shape": "stretched", "style_scale": 2})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["style_scale", "schedule"]


@pytest.mark.parametrize("preset", preset_names())
@pytest.mark.parametrize("given", [{}, {"size": 16}, {"size": "own"}, {"steps": 0}, {"optimizer": "lbfgs"}])
def test_a_preset_clashes_neither_with_itself_nor_with_another_size_or_optimiser(preset, given):
    assert clashes(resolve({"preset": preset, **given})) == []


def test_without_steps_nothing_need_weigh():
    assert resolve({"content_weight": 0, "style_weight": 0, "tv_weight": 0, "steps": 0}).steps == 0


@pytest.mark.parametrize(("kind", "largest"), [("jpeg", 65500), ("webp", 16383)])
def test_a_picture_that_its_format_cannot_hold_is_refused(kind, largest):
    settings = resolve({"format": kind, "size": "own", "style_layers": "relu1_1"})
    assert size_clash(settings, (largest, 100), [(64, 64)]) == ""
    sentence = size_clash(settings, (largest + 1, 100), [(64, 64)])
    assert sentence.startswith(f"format: {largest + 1}x100 pixels don't fit into {kind}, at most {largest} a side")


def test_the_pictures_size_counts_for_its_format_not_the_photographs():
    settings = resolve({"format": "webp", "size": 512, "style_layers": "relu1_1"})
    assert size_clash(settings, (20000, 5000), [(64, 64)]) == ""


def test_pictures_too_small_for_their_layers_are_refused():
    assert size_clash(resolve(), (64, 48), [(64, 64)]) == ""
    assert size_clash(resolve({"style_layers": "relu5_1"}), (15, 15), [(64, 64)]).startswith("size: ")
