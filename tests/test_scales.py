"""Coarse to fine."""

import pytest

from stylegrid import presets
from stylegrid.scales import layers_used, plan_scales, smallest_size


def test_the_house_preset_shares_its_steps_4_3_2():
    assert plan_scales(256, 64, 180) == ((64, 80), (128, 60), (256, 40))


@pytest.mark.parametrize(
    ("size", "coarsest", "sides"),
    [
        (256, 0, [256]),
        (256, 256, [256]),
        (256, 300, [256]),
        (256, 129, [256]),
        (256, 128, [128, 256]),
        (300, 64, [75, 150, 300]),
        (255, 60, [63, 127, 255]),
    ],
)
def test_scales_double_from_the_first_not_below_the_coarsest(size, coarsest, sides):
    assert [scale.longest_side for scale in plan_scales(size, coarsest, 1000)] == sides


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 7, 100, 181, 1000])
@pytest.mark.parametrize("coarsest", [0, 1, 16, 64, 200])
def test_no_step_is_lost_or_added(steps, coarsest):
    scales = plan_scales(200, coarsest, steps)
    assert sum(scale.steps for scale in scales) == steps
    assert scales[-1].longest_side == 200


def test_scales_without_a_step_are_left_out_but_not_the_last():
    assert plan_scales(256, 64, 0) == ((256, 0),)
    assert plan_scales(256, 64, 1) == ((256, 1),)


@pytest.mark.parametrize(
    ("layer", "pictures", "smallest"),
    [
        ("relu1_2", [(100, 100)], 1),
        ("relu2_1", [(100, 100)], 2),
        ("relu5_1", [(100, 100)], 16),
        ("conv5_1", [(200, 100)], 32),
        ("relu5_1", [(100, 200), (100, 100)], 32),
        ("relu5_1", [(3, 10)], 54),  # 16 * 10 / 3 = 53.3
    ],
)
def test_no_layer_may_be_left_without_pixels(layer, pictures, smallest):
    settings = presets.resolve({"content_layers": "relu1_1", "style_layers": layer})
    assert smallest_size(settings, pictures) == smallest


def test_layers_are_those_of_content_and_style_once():
    settings = presets.resolve({"content_layers": "relu3_1:2", "style_layers": "relu1_1 + relu3_1:0.5"})
    assert layers_used(settings) == ("relu3_1", "relu1_1")
