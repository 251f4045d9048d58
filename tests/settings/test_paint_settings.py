"""The controls of one picture: what they may be, and how they are spelled."""

from typing import Literal, get_args, get_origin

import pytest

from stylegrid.errors import ConfigError
from stylegrid.settings.paint_settings import PaintSettings, needed, start_file
from stylegrid.settings.presets import preset_names, resolve

FIELDS = PaintSettings.model_fields
CHOICES = [name for name, field in FIELDS.items() if get_origin(field.annotation) is Literal]
NUMBERS = [name for name, field in FIELDS.items() if field.annotation in (int, float)]


def refusal(setting: str, value: object) -> str:
    """Return the one sentence about a wrong value, which names its setting first."""
    with pytest.raises(ConfigError) as caught:
        resolve({setting: value})
    assert str(caught.value).startswith(f"{setting}: ") and "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{setting}: ")


def test_every_setting_says_what_it_is():
    assert all(field.description for field in FIELDS.values())


def test_a_setting_is_a_choice_a_number_or_text():
    text = {"preset", "size", "aspect", "init", "content_layers", "style_layers", "content_mask", "style_mask"}
    assert set(CHOICES) | set(NUMBERS) | text | {"schedule", "tile"} == set(FIELDS)


def test_what_makes_a_recipe_has_no_neutral_value():
    assert set(needed()) == {
        *("size", "steps", "optimizer", "pooling", "content_loss", "style_loss", "content_layers", "style_layers"),
        *("content_weight", "style_weight", "tv_weight"),
    }


@pytest.mark.parametrize("setting", CHOICES)
def test_a_choice_that_is_none_is_refused_with_those_there_are(setting):
    sentence = refusal(setting, "monet")
    assert sentence.endswith(", found 'monet'")
    assert all(repr(choice) in sentence for choice in get_args(FIELDS[setting].annotation))


@pytest.mark.parametrize("setting", NUMBERS)
def test_what_is_no_number_is_refused(setting):
    kind = "whole number" if FIELDS[setting].annotation is int else "number"
    assert refusal(setting, "much") == f"must be a {kind}, found 'much'"


@pytest.mark.parametrize("setting", NUMBERS)
@pytest.mark.parametrize("value", [-1, 1e39])
def test_every_number_has_limits_but_for_counts_of_steps(setting, value):
    if value > 0 and setting in ("steps", "snapshots", "patience", "decay_every"):
        assert getattr(resolve({setting: 10**9}), setting) == 10**9
    else:
        assert refusal(setting, value).startswith("must be ")


@pytest.mark.parametrize("setting", sorted(set(FIELDS) - {"preset"}))
@pytest.mark.parametrize("value", [True, [1], {"a": 1}, None])
def test_a_yes_a_list_and_nothing_are_refused(setting, value):
    assert refusal(setting, value).startswith("must ")


@pytest.mark.parametrize("setting", ["aspect", "init", "schedule", "style_layers", "content_mask", "style_mask"])
def test_a_number_instead_of_text_is_refused(setting):
    """YAML reads 3:2 as a number of base 60."""
    assert refusal(setting, 182) == "must be text; put it in quotes, found 182"


SIZE = "must be a whole number of pixels from 16 to 16384, or own"
SCHEDULE = "must be auto, or ascending sizes with shares of the steps such as '64:80 + 128:60 + 256:40'"
LAYERS = "must name layers of VGG19 such as relu4_2 or, before the activation, conv4_2"


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        *(("size", value, f"{SIZE}, found {value!r}") for value in ("big", "15", "-64", "64.5", 64.5, "16385", "1e2")),
        *(("schedule", value, f"{SCHEDULE}, found {value!r}") for value in ("128 + 64", "64 + 64:3", "8 + 32", "a:3")),
        *(
            ("aspect", value, f"must be own, or width:height such as '3:2', found {value!r}")
            for value in ("3/2", "0:1")
        ),
        ("steps", "-1", "must be 0 or more, found '-1'"),
        ("steps", "2.5", "must be a whole number, found '2.5'"),
        ("steps", "9" * 5000, f"must be a whole number, found '{'9' * 76}..."),
        ("seed", "4294967296", "must be from 0 to below 4294967296, found '4294967296'"),
        (
            "style_weight",
            "1,5",
            "must be a number, found '1,5'; write 0.5 with a point, and semicolons between several",
        ),
        ("style_weight", "nan", "must be a finite number, found 'nan'"),
        ("style_weight", "inf", "must be a finite number, found 'inf'"),
        ("style_weight", "1e39", "must be from 0 to 1e38, found '1e39'"),
        *(
            (name, value, f"must be from 1e-30 to 1e38, found '{value}'")
            for name in ("learning_rate", "epsilon", "content_factor", "style_factor", "tv_factor")
            for value in ("0", "1e-31", "1e39")
        ),
        *(
            (name, value, f"must be from 1e-3 to 1e3, found '{value}'")
            for name in ("content_layer_ratio", "style_layer_ratio")
            for value in ("0.0009", "1001")
        ),
        ("average", "1", "must be from 0 to below 1, found '1'"),
        ("noise_deviation", "0", "must be above 0, up to 255, found '0'"),
        ("quality", "0", "must be from 1 to 100, found '0'"),
        ("optimizer", "rprop", "must be 'lbfgs', 'adam' or 'sgd', found 'rprop'"),
        ("style_layers", "relu6_1", f"{LAYERS}, found 'relu6_1'"),
        ("style_layers", "pool1", f"{LAYERS}, found 'pool1'"),
        ("style_layers", "relu1_1 + relu1_1", "must name a layer only once, found 'relu1_1 + relu1_1'"),
        ("style_layers", "relu1_1:0", "the weight of 'relu1_1' must be from 1e-30 to 1e30, found 0"),
        ("style_layers", "", "an entry between the plus signs is empty, found ''"),
        ("init", "a.png + b.png", "must name one picture file at most, found 'a.png + b.png'"),
        ("init", "noise + noise:2", "must name a start only once, found 'noise + noise:2'"),
        ("init", "style + painting", "must name a start only once, found 'style + painting'"),
        ("content_mask", "", "must have at least 1 character, found ''"),
        ("style_mask", "a.png:2", "must name masks without weights, which belong to the paintings, found 'a.png:2'"),
        ("preset", "monet", f"there is no 'monet'. Allowed are {', '.join(preset_names())}"),
        ("preset", "../presets/crowson", f"there is no '../presets/crowson'. Allowed are {', '.join(preset_names())}"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(setting, value, sentence):
    assert refusal(setting, value) == sentence


@pytest.mark.parametrize(
    ("setting", "values"),
    [
        ("size", ["256", "256.0", 256, 256.0, " +256 "]),
        ("size", ["own", " own "]),
        ("style_weight", ["100", "100.0", "1e2", " 100 ", "+100", 100]),
        ("steps", ["20", "20.0", 20, 20.0]),
        ("init", ["style", "painting", "style:1", " painting "]),
        ("init", ["grey", "gray"]),
        ("init", ["content + noise:0.2", "content:1.0  +  noise:.20"]),
        ("aspect", ["3:2", "6:4", "300:200"]),
        ("style_layers", ["relu1_1 + relu2_1:0.5", "relu1_1:1.0  +  relu2_1:0.50"]),
        ("schedule", ["64:8 + 256:4", "064:8.0 + 256:4"]),
        ("style_mask", ["a.png + none", "a.png  +  none:1"]),
    ],
)
def test_what_means_the_same_is_spelled_the_same(setting, values):
    assert len({getattr(resolve({setting: value}), setting) for value in values}) == 1


@pytest.mark.parametrize(
    ("init", "file"),
    [
        ("content", None),
        ("content + noise:0.2", None),
        ("a/b c.png", "a/b c.png"),
        ("style:3 + a.png:2 + noise", "a.png"),
        ("a+b.png", "a+b.png"),
    ],
)
def test_a_start_names_one_file_or_none(init, file):
    assert start_file(resolve({"init": init})) == file


def test_all_wrong_values_are_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        resolve({"size": "big", "pooling": "none", "aspect": 5})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["size", "aspect", "pooling"]


@pytest.mark.parametrize(("given", "kept"), [("auto", "auto"), ("none", "none"), (512, 512), (" 512.0", 512)])
def test_a_tile_is_a_side_or_a_word(given, kept):
    assert resolve({"tile": given}).tile == kept


@pytest.mark.parametrize("given", ["off", 15, 20000, -512, 51.5, ""])
def test_no_tile_is_anything_else(given):
    assert refusal("tile", given).startswith("must be auto, none, or a whole number of pixels from 16 to 16384, found")
