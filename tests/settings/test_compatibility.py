"""Settings that can't work together."""

import pytest

from stylegrid.errors import ConfigError
from stylegrid.settings.compatibility import conflicts, size_conflict, unused_settings
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.presets import preset_names, resolve


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
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
        resolve({"schedule": "64 + 128", "content_weight": 0, "style_weight": 0, "tv_weight": 0})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["schedule", "style_weight"]


@pytest.mark.parametrize("preset", preset_names())
@pytest.mark.parametrize("given", [{}, {"size": 16}, {"size": "own"}, {"steps": 0}, {"optimizer": "lbfgs"}])
def test_a_preset_clashes_neither_with_itself_nor_with_another_size_or_optimiser(preset, given):
    assert conflicts(resolve({"preset": preset, **given})) == []


FAST = {"method": "fast"}
PICTURE = {
    "preset",
    "method",
    "strength",
    "size",
    "enlarge",
    "aspect",
    "alpha",
    "greys",
    "style_scale",
    "style_crop",
    "style_mask",
}
PICTURE |= {"original_colours", "precision", "format"}

IDLE = [
    (FAST, "steps", "method is fast; leave it out, or set method to descent"),
    (FAST, "style_weight", "method is fast, which only measures losses; leave it out, or set method to descent"),
    ({"strength": 0.5}, "strength", "method is descent; leave it out, or set method to fast"),
    (
        {"style_shape": "stretched", "style_scale": 2},
        "style_scale",
        "style_shape is stretched; leave it out, or set style_shape to own",
    ),
    *(
        (
            {"optimizer": "lbfgs", "decay": 0.5},
            name,
            "optimizer is lbfgs; leave it out, or set optimizer to adam or sgd",
        )
        for name in ("learning_rate", "decay", "decay_every", "decay_form")
    ),
    *(
        ({"optimizer": kind}, name, f"optimizer is {kind}; leave it out, or set optimizer to adam")
        for name in ("beta_1", "beta_2", "epsilon", "adam", "moments")
        for kind in ("lbfgs", "sgd")
    ),
    ({"optimizer": "sgd"}, "corrections", "optimizer is sgd; leave it out, or set optimizer to lbfgs"),
    *(
        ({"optimizer": "adam"}, name, "decay is 1; leave it out, or set decay to less than 1")
        for name in ("decay_every", "decay_form")
    ),
    *(
        ({"init": "grey"}, name, "init is without noise; leave it out, or add noise to init")
        for name in ("seed", "noise", "noise_deviation")
    ),
    ({"init": "noise"}, "noise_deviation", "noise is uniform; leave it out, or set noise to normal"),
    ({}, "tv_power", "tv_loss is mean_squared; leave it out, or set tv_loss to sum_power"),
    *(
        ({"style_loss": "wasserstein"}, name, "style_loss is wasserstein; leave it out, or set style_loss to another")
        for name in ("gram", "gram_over")
    ),
    (
        {"match_colours": "none"},
        "colour_map",
        "match_colours is none; leave it out, or set match_colours to content or style",
    ),
    ({}, "patience", "tolerance is 0; leave it out, or set tolerance to more than 0"),
    *(
        ({"schedule": "64 + 256"}, name, "schedule is '64 + 256'; leave it out, or set schedule to auto")
        for name in ("coarsest", "scale_factor", "sharing")
    ),
    *(
        ({"coarsest": 0}, name, "coarsest is 0; leave it out, or set coarsest to more than 0")
        for name in ("scale_factor", "sharing")
    ),
    *(
        ({"format": kind}, "quality", f"format is {kind}; leave it out, or set format to jpeg or webp")
        for kind in ("png", "tiff")
    ),
    (
        {"snapshots": 6, "steps": 5},
        "snapshots",
        "it is above steps, 5; leave it out, or set it to less, or steps to more",
    ),
    ({"content_weight": 0}, "content_mask", "content_weight is 0; leave it out, or set content_weight to more than 0"),
    (
        {"style_weight": 0, "match_colours": "none"},
        "style_mask",
        "style_weight is 0 and match_colours is none; leave it out, or set style_weight to more than 0",
    ),
]


@pytest.mark.parametrize(("given", "name", "where"), IDLE)
def test_a_setting_without_effect_has_a_sentence_about_why_and_what_to_do(given, name, where):
    assert unused_settings(resolve(given), 2, False)[name] == f"{name}: has no effect where {where}"


def test_with_the_fast_method_only_settings_of_the_picture_have_an_effect():
    settings = resolve({"method": "fast", "style_shape": "stretched", "style_weight": 0, "format": "jpeg"})
    assert set(PaintSettings.model_fields) - set(unused_settings(settings, 2, True)) == {*PICTURE, "quality"}


def test_a_schedule_does_not_clash_with_the_size_of_a_fast_picture():
    assert conflicts(resolve({"method": "fast", "schedule": "64 + 128", "size": 256})) == []


def test_a_tile_that_the_fast_method_ignores_may_be_of_any_side():
    assert conflicts(resolve({"method": "fast", "tile": 16})) == []


@pytest.mark.parametrize(
    ("paintings", "masked", "sentence"),
    [
        (1, False, "blend: has no effect where style is one painting; leave it out, or join several by plus signs"),
        (
            2,
            True,
            "blend: has no effect where style_mask names a mask, as each painting is then compared in its own region; "
            "leave it out, or set style_mask to none",
        ),
        (2, False, None),
    ],
)
def test_how_paintings_blend_is_heard_of_several_without_masks(paintings, masked, sentence):
    assert unused_settings(resolve(), paintings, masked).get("blend") == sentence


@pytest.mark.parametrize(
    "given",
    [
        {"optimizer": "adam", "decay": 0.5, "init": "content + noise", "noise": "normal", "tv_loss": "sum_power"},
        {"optimizer": "sgd", "decay": 0.5, "decay_every": 5, "decay_form": "smooth", "learning_rate": 1},
        {
            "tolerance": 0.1,
            "patience": 5,
            "format": "webp",
            "quality": 80,
            "snapshots": 5,
            "steps": 5,
            "blend": "losses",
        },
        {"coarsest": 16, "scale_factor": 1.5, "sharing": "equal", "content_mask": "a.png", "style_mask": "a.png"},
        {"coarsest": 16, "detail": "photograph"},
        {
            "optimizer": "lbfgs",
            "corrections": 5,
            "schedule": "64 + 256",
            "detail": "photograph",
            "tv_loss": "sum_power",
            "tv_power": 1,
        },
        {"style_mask": "a.png", "style_weight": 0, "match_colours": "content", "colour_map": "histogram"},
    ],
)
def test_settings_that_need_each_other_are_heard_together(given):
    assert not set(given) & set(unused_settings(resolve(given), 2, False))


def test_without_steps_nothing_need_weigh():
    assert resolve({"content_weight": 0, "style_weight": 0, "tv_weight": 0, "steps": 0}).steps == 0


@pytest.mark.parametrize(("kind", "largest"), [("jpeg", 65500), ("webp", 16383)])
def test_a_picture_that_its_format_cannot_hold_is_refused(kind, largest):
    settings = resolve({"format": kind, "size": "own", "style_layers": "relu1_1"})
    assert size_conflict(settings, (largest, 100), [(64, 64)]) == ""
    sentence = size_conflict(settings, (largest + 1, 100), [(64, 64)])
    assert sentence.startswith(f"format: {largest + 1}x100 pixels don't fit into {kind}, at most {largest} a side")


def test_the_pictures_size_counts_for_its_format_not_the_photographs():
    settings = resolve({"format": "webp", "size": 512, "style_layers": "relu1_1"})
    assert size_conflict(settings, (20000, 5000), [(64, 64)]) == ""


def test_pictures_too_small_for_their_layers_are_refused():
    assert size_conflict(resolve(), (64, 48), [(64, 64)]) == ""
    assert size_conflict(resolve({"style_layers": "relu5_1"}), (15, 15), [(64, 64)]).startswith("size: ")


@pytest.mark.parametrize(("layer", "least"), [("relu1_1", 16), ("relu4_2", 40), ("relu5_2", 96)])
def test_a_tile_is_no_smaller_than_its_halo(layer, least):
    given = {"content_layers": layer, "style_layers": "relu1_1"}
    assert conflicts(resolve({**given, "tile": least})) == []
    if least > 16:
        with pytest.raises(
            ConfigError, match=rf"^tile: must be auto, none, or {least} or more, .*, found {least - 1};"
        ):
            resolve({**given, "tile": least - 1})
