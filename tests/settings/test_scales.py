"""Sizes of pictures and paintings, and coarse to fine."""

import pytest

from stylegrid.pictures.geometry import fit
from stylegrid.settings import presets
from stylegrid.settings.scales import (
    layers_used,
    longest_side,
    octave_sides,
    painting_size,
    picture_size,
    plan_scales,
    predicted_size,
    size_fault,
    smallest_size,
)
from stylegrid.weighted_list import WeightedList

SHALLOW = {"content_layers": "relu1_1", "style_layers": "relu1_1"}
DEEP = {"content_layers": "relu1_1", "style_layers": "relu5_1"}  # needs 16 pixels a side


def settings(**changes):
    return presets.resolve({"preset": "stylegrid-untrained", **changes})


def plan(side, smallest=1, **changes) -> list[tuple[int, int]]:
    return [tuple(scale) for scale in plan_scales(settings(size=side, **changes), side, smallest)]


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((400, 300), 200, (200, 150)),
        ((300, 400), 200, (150, 200)),
        ((50, 50), 200, (200, 200)),
        ((1000, 1), 100, (100, 1)),
        ((3, 2), 100, (100, 67)),
    ],
)
def test_sizes_fit_a_longest_side(size, side, expected):
    assert fit(size, side) == expected


@pytest.mark.parametrize(
    ("size", "enlarge", "side"),
    [(256, "never", 120), (100, "never", 100), (256, "always", 256), ("own", "never", 120), ("own", "always", 120)],
)
def test_the_longest_side_of_a_picture(size, enlarge, side):
    assert longest_side(settings(size=size, enlarge=enlarge), (120, 90)) == side


@pytest.mark.parametrize(
    ("aspect", "size"), [("own", (64, 48)), ("3:2", (64, 43)), ("2:3", (43, 64)), ("1:1", (64, 64)), ("999:1", (64, 1))]
)
def test_a_picture_has_its_photographs_shape_or_the_aspect(aspect, size):
    assert picture_size(settings(aspect=aspect), (120, 90), 64) == size


@pytest.mark.parametrize(
    ("changes", "size"),  # of a painting of 200 x 100 beside a picture of 64 x 80
    [
        ({}, (80, 40)),
        ({"style_scale": 0.5}, (40, 20)),
        ({"style_scale": 2}, (160, 80)),
        ({"style_scale": 3}, (200, 100)),
        ({"style_scale": 3, "enlarge": "always"}, (240, 120)),
        ({"style_crop": 0.1}, (80, 40)),
        ({"style_crop": 0.1, "style_scale": 3}, (160, 80)),
        ({"style_shape": "stretched"}, (64, 80)),
    ],
)
def test_the_size_of_a_painting_beside_a_picture(changes, size):
    assert painting_size(settings(**changes), (200, 100), (64, 80)) == size


def test_a_small_painting_stays_small_unless_enlarged():
    assert painting_size(settings(), (20, 30), (64, 80)) == (20, 30)
    assert painting_size(settings(enlarge="always"), (20, 30), (64, 80)) == (53, 80)


def test_steps_are_shared_4_3_2():
    assert plan(256) == [(64, 80), (128, 60), (256, 40)]


def test_crowsons_scales_are_those_of_its_source():
    chosen = presets.resolve({"preset": "crowson"})
    assert plan_scales(chosen, 512) == ((128, 1000), (181, 500), (256, 500), (362, 500), (512, 500))


@pytest.mark.parametrize(
    ("side", "coarsest", "sides"),
    [
        (256, 0, [256]),
        (256, 256, [256]),
        (256, 300, [256]),
        (256, 129, [256]),
        (256, 128, [128, 256]),
        (300, 64, [75, 150, 300]),
        (255, 60, [64, 128, 255]),
    ],
)
def test_scales_double_from_the_first_not_below_the_coarsest(side, coarsest, sides):
    assert [found for found, _ in plan(side, coarsest=coarsest, steps=1000)] == sides


@pytest.mark.parametrize(
    ("factor", "sides"),
    [(4, [16, 64, 256]), (3, [28, 85, 256]), (1.5, [22, 34, 51, 76, 114, 171, 256]), (16, [16, 256])],
)
def test_each_scale_is_the_factor_times_the_one_before(factor, sides):
    assert [side for side, _ in plan(256, coarsest=16, scale_factor=factor, steps=1000)] == sides


def test_no_scale_is_below_the_smallest():
    assert [side for side, _ in plan(256, smallest=65)] == [128, 256]


@pytest.mark.parametrize(
    ("octave", "smallest", "sides"),
    [(0, 1, (255,)), (128, 1, (255, 128)), (32, 1, (255, 128, 64, 32)), (33, 1, (255, 128, 64)), (1, 99, (255, 128))],
)
def test_octaves_are_halvings_not_below_the_smallest(octave, smallest, sides):
    assert octave_sides(settings(smallest_octave=octave), 255, smallest) == sides


def test_a_chain_of_octaves_ends_at_one_pixel():
    assert octave_sides(settings(smallest_octave=1), 5) == (5, 3, 2, 1)


@pytest.mark.parametrize(
    ("sharing", "steps"), [("falling", [40, 30, 20]), ("equal", [30, 30, 30]), ("double_first", [45, 22, 23])]
)
def test_scales_share_the_steps(sharing, steps):
    assert [taken for _, taken in plan(256, sharing=sharing, steps=90)] == steps


def test_a_schedule_names_scales_and_shares():
    assert plan(256, schedule="40:1 + 100:2 + 256:5", steps=80) == [(40, 10), (100, 20), (256, 50)]


def test_a_schedule_stands_instead_of_coarsest():
    assert plan(256, schedule="256", coarsest=16, steps=80) == [(256, 80)]


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 7, 100, 181, 1000])
@pytest.mark.parametrize(
    "changes", [{"coarsest": 0}, {"coarsest": 16}, {"coarsest": 16, "sharing": "equal"}, {"schedule": "30:0.1 + 200:7"}]
)
def test_no_step_is_lost_or_added(steps, changes):
    scales = plan(200, steps=steps, **changes)
    assert sum(taken for _, taken in scales) == steps
    assert scales[-1][0] == 200


@pytest.mark.parametrize("factor", [1.1, 1.4142135623730951, 2, 16])
@pytest.mark.parametrize("side", [16, 17, 100, 333])
def test_scales_ascend(side, factor):
    sides = [found for found, _ in plan(side, smallest=16, coarsest=1, scale_factor=factor, steps=10**6)]
    assert sides == sorted(set(sides))
    assert sides[0] >= 16


def test_scales_without_a_step_are_left_out_but_not_the_last():
    assert plan(256, steps=0) == [(256, 0)]
    assert plan(256, steps=1) == [(256, 1)]


@pytest.mark.parametrize(
    ("layer", "photograph", "paintings", "smallest"),
    [
        ("relu1_2", (100, 100), [], 16),  # no picture is smaller
        ("relu2_1", (100, 100), [], 16),
        ("relu5_1", (100, 100), [], 16),
        ("conv5_1", (200, 100), [], 32),
        ("relu5_1", (100, 100), [(100, 200), (100, 100)], 32),
        ("relu5_1", (3, 10), [], 54),  # 16 * 10 / 3 = 53.3
    ],
)
def test_no_layer_may_be_left_without_pixels(layer, photograph, paintings, smallest):
    chosen = settings(content_layers="relu1_1", style_layers=layer)
    assert smallest_size(chosen, photograph, paintings) == smallest


@pytest.mark.parametrize(
    ("changes", "smallest"),  # for a square photograph and a painting of 200 x 100
    [
        ({}, 32),
        ({"style_scale": 0.5}, 64),
        ({"style_scale": 4}, 16),
        ({"style_shape": "stretched"}, 16),
        ({"style_shape": "stretched", "aspect": "3:1"}, 48),
        ({"pool_rounding": "up"}, 16),
    ],
)
def test_the_smallest_size_is_about_pictures_as_they_are_painted(changes, smallest):
    assert smallest_size(settings(**DEEP, **changes), (100, 100), [(200, 100)]) == smallest


def test_the_smallest_size_of_an_extreme_aspect_is_not_rounded():
    chosen = settings(**DEEP, aspect="999:1", style_shape="stretched")
    smallest = smallest_size(chosen, (100, 100), [])
    assert smallest == 16 * 999
    assert min(picture_size(chosen, (100, 100), smallest)) == 16


@pytest.mark.parametrize("side", [16, 17, 53, 54, 64])
def test_pictures_without_a_fault_leave_no_layer_empty(side):
    chosen, photograph, painting = settings(**DEEP, size=side, enlarge="always", coarsest=0), (3, 10), (60, 44)
    sizes = [picture_size(chosen, photograph, side)]
    sizes.append(painting_size(chosen, painting, sizes[0]))
    assert size_fault(chosen, photograph, [painting]) or min(map(min, sizes)) >= 16


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, ""),
        (
            {"size": 64, "coarsest": 0, "aspect": "8:1"},
            "size: the picture's longest side would be 64 px; these layers need 128 or more",
        ),
        ({"schedule": "16:1 + 256:1", "style_shape": "stretched"}, ""),
        (
            {"schedule": "16:1 + 256:1"},
            "schedule: must go from 32 px or more to the picture's longest side, 256, found '16 + 256'; change it, or "
            "set enlarge to always where the photograph is smaller",
        ),
        (
            {"schedule": "64:1 + 512:1", "size": 512},
            "schedule: must go from 32 px or more to the picture's longest side, 300, found '64 + 512'; change it, or "
            "set enlarge to always where the photograph is smaller",
        ),
    ],
)
def test_a_fault_of_sizes_is_a_sentence(changes, fault):
    assert size_fault(settings(**DEEP, **changes), (300, 300), [(200, 100)]) == fault


def test_a_painting_too_small_is_named_by_its_size():
    fault = "size: a painting of 40x10 px is too small for these layers; try enlarge"
    assert size_fault(settings(**DEEP), (300, 300), [(40, 10)]) == fault
    assert size_fault(settings(**DEEP, enlarge="always"), (300, 300), [(40, 10)]) == ""


def test_the_fast_method_has_one_scale_without_steps():
    assert plan(200, method="fast", coarsest=16, steps=90) == [(200, 0)]
    assert plan(200, method="fast", schedule="64 + 128 + 200") == [(200, 0)]


@pytest.mark.parametrize(
    ("given", "painting", "size"),
    [
        ({}, (640, 512), (320, 256)),
        ({}, (512, 640), (256, 320)),
        ({"style_scale": 1.5}, (1280, 1024), (480, 384)),
        ({"style_scale": 0.5}, (640, 512), (160, 128)),
        ({"style_crop": 0.1}, (1000, 400), (640, 256)),
        ({}, (200, 100), (200, 100)),
        ({"enlarge": "always"}, (200, 100), (512, 256)),
    ],
)
def test_the_fast_method_reads_a_painting_with_256_pixels_on_its_shorter_side(given, painting, size):
    own = {"style_scale": 1, "style_crop": 0}
    assert predicted_size(settings(method="fast", **{**own, **given}), painting) == size


def test_the_fast_method_needs_five_pixels_whatever_the_layers():
    given = {**SHALLOW, "size": 16}
    assert size_fault(settings(**given), (160, 20), [(40, 40)]) == ""
    fault = size_fault(settings(**given, method="fast"), (160, 20), [(40, 40)])
    assert fault == "size: the picture's longest side would be 16 px; these layers need 40 or more"


def test_layers_are_those_of_all_lists_once():
    assert layers_used(WeightedList("relu3_1:2"), WeightedList("relu1_1 + relu3_1:0.5")) == ("relu3_1", "relu1_1")
