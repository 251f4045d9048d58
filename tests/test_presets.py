"""Presets, and how a picture's settings are resolved from them."""

import pytest

from stylegrid.errors import ConfigError
from stylegrid.presets import load_preset, preset_names, resolve
from stylegrid.settings import PaintSettings


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_gives_every_setting_a_value_and_names_its_source(name):
    preset = load_preset(name)
    assert set(preset.settings) == set(PaintSettings.model_fields) - {"preset"}
    assert "arXiv" in preset.source or "commit" in preset.source
    assert resolve({"preset": name}).preset == name


def test_the_house_preset_is_the_default():
    assert resolve() == resolve({"preset": "stylegrid"})
    assert (resolve().optimizer, resolve().pooling, resolve().style_loss) == ("lbfgs", "average", "relative")


def test_later_layers_override_earlier_ones_and_the_preset():
    settings = resolve({"size": 64, "steps": 5}, {"size": "128"})
    assert (settings.size, settings.steps, settings.seed) == (128, 5, 0)


def test_a_row_may_choose_another_preset_than_the_config():
    settings = resolve({"preset": "stylegrid", "steps": 5}, {"preset": "tf-tutorial"})
    assert (settings.preset, settings.optimizer, settings.steps) == ("tf-tutorial", "adam", 5)


@pytest.mark.parametrize("text", ["100", "100.0", "1e2", " 100 ", "+100"])
def test_a_number_may_be_spelled_in_many_ways(text):
    assert resolve({"style_weight": text}) == resolve({"style_weight": 100})


@pytest.mark.parametrize("text", ["256", "256.0", 256, 256.0])
def test_a_whole_number_may_come_as_spreadsheets_give_it(text):
    assert resolve({"size": text}).size == 256


def test_layers_have_one_spelling():
    assert resolve({"style_layers": "relu1_1:1.0  +  relu2_1:0.50"}).style_layers == "relu1_1 + relu2_1:0.5"


@pytest.mark.parametrize(
    ("setting", "value", "fault"),
    [
        ("size", "big", "must be a valid integer, found 'big'"),
        ("size", "15", "must be greater than or equal to 16, found '15'"),
        ("size", "0", "must be greater than or equal to 16, found '0'"),
        ("size", "-64", "must be greater than or equal to 16, found '-64'"),
        ("size", "64.5", "must be a valid integer, found '64.5'"),
        ("size", "100000", "must be less than or equal to 16384, found '100000'"),
        ("size", True, "must not be yes or no; put a word in quotes, found True"),
        ("steps", "-1", "must be greater than or equal to 0, found '-1'"),
        ("seed", "4294967296", "must be less than 4294967296, found '4294967296'"),
        ("style_weight", "-1", "must be greater than or equal to 0, found '-1'"),
        ("style_weight", "1,5", "must be a valid number, found '1,5'"),
        ("style_weight", "nan", "must be a finite number, found 'nan'"),
        ("style_weight", "inf", "must be a finite number, found 'inf'"),
        ("learning_rate", "0", "must be greater than 0, found '0'"),
        ("optimizer", "sgd", "must be 'lbfgs' or 'adam', found 'sgd'"),
        ("preset", "monet", "must be one of stylegrid, tf-tutorial, found 'monet'"),
        ("preset", "../presets/stylegrid", "must be one of stylegrid, tf-tutorial, found '../presets/stylegrid'"),
        ("style_layers", "relu1_1 + relu1_1", "names a layer twice, found 'relu1_1 + relu1_1'"),
        ("style_layers", "relu1_1:0", "the weight of 'relu1_1' must be above 0, found 0, found 'relu1_1:0'"),
    ],
)
def test_a_wrong_value_is_refused_by_name(setting, value, fault):
    with pytest.raises(ConfigError) as caught:
        resolve({setting: value})
    assert str(caught.value) == f"{setting}: {fault}"


def test_an_unknown_layer_is_refused_with_what_is_allowed():
    with pytest.raises(ConfigError, match=r"^style_layers: must name layers of VGG19 such as relu4_2 .* not 'relu6_1'"):
        resolve({"style_layers": "relu6_1"})


def test_all_wrong_values_are_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        resolve({"size": "big", "pooling": "none"})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["size", "pooling"]
