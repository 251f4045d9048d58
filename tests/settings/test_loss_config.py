"""The formula: which settings an objective is compiled for."""

import pytest

from stylegrid.settings import presets
from stylegrid.settings.loss_config import LossConfig, loss_config_of
from stylegrid.settings.paint_settings import PaintSettings

OTHER = {
    "content_layers": "relu2_2",
    "style_layers": "relu1_2 + relu2_1",
    "content_layer_ratio": 2,
    "style_layer_ratio": 3,
    "over_layers": "sum",
    "content_loss": "mean_squared",
    "style_loss": "sum_squared",
    "content_factor": 2,
    "style_factor": 3,
    "tv_factor": 4,
    "gram": "plain",
    "gram_over": "values",
    "tv_loss": "nine_point",
    "tv_power": 2,
    "blend": "losses",
    "preprocessing": "raw",
    "pixels": "network",
    "padding": "zero",
    "pooling": "l2",
    "pool_rounding": "up",
}
SHARED = {
    "content_weight": 7,
    "style_weight": 8,
    "tv_weight": 9,
    "size": 64,
    "steps": 3,
    "seed": 5,
    "init": "noise",
    "optimizer": "adam",
    "precision": "bfloat16",
    "match_colours": "none",
    "style_scale": 0.5,
}


def test_a_formula_is_made_of_settings_of_the_same_names():
    settings = presets.resolve(OTHER)
    assert set(LossConfig._fields) == set(OTHER) <= set(PaintSettings.model_fields)
    assert loss_config_of(settings)._asdict() == {name: getattr(settings, name) for name in OTHER}


@pytest.mark.parametrize("name", OTHER)
def test_another_value_is_another_formula(name):
    assert loss_config_of(presets.resolve({name: OTHER[name]})) != loss_config_of(presets.resolve())


@pytest.mark.parametrize("name", SHARED)
def test_what_an_objective_is_not_compiled_from_makes_no_other_formula(name):
    first, second = loss_config_of(presets.resolve({name: SHARED[name]})), loss_config_of(presets.resolve())
    assert first == second
    assert hash(first) == hash(second)


def test_a_formulas_layers_are_those_of_both_losses():
    loss_config = loss_config_of(presets.resolve({"content_layers": "relu2_1", "style_layers": "relu1_1 + relu2_1:3"}))
    assert loss_config.layers == ("relu2_1", "relu1_1")
