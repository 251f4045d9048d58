"""Ladders as values and jobs, before anything is painted."""

import pytest
from conftest import make_job

from stylegrid.errors import ConfigError
from stylegrid.plan import ladder


def test_values_are_equal_factors_apart_and_from_zero_equal_differences():
    assert ladder.spaced("size", 1, 16, 5) == [1, 2, 4, 8, 16]
    assert ladder.spaced("size", 0, 1, 5) == [0, 0.25, 0.5, 0.75, 1]
    assert ladder.spaced("size", 3, 30, 3) == [3, 9.487, 30]


@pytest.mark.parametrize(
    ("low", "high", "count"), [(1, 2, 1), (2, 2, 3), (3, 2, 3), (-1, 2, 3), (1, float("inf"), 3), (float("nan"), 2, 3)]
)
def test_a_ladder_that_leads_nowhere_is_refused(low, high, count):
    with pytest.raises(ConfigError, match=r"size: a ladder needs 2 values or more, .* found"):
        ladder.spaced("size", low, high, count)


def test_bounds_are_those_of_the_pair_and_the_preset():
    job = make_job(style_weight=10)
    pair = [make_job(style_weight=3), make_job(style_weight=40)]
    others = [make_job("dog", style_weight=1), make_job(style="wave", style_weight=99)]
    others += [make_job(style_weight=1000, preset="gatys2015")]
    assert ladder.bounds(job, "style_weight", [*pair, *others]) == (3, 40)
    assert ladder.bounds(job, "style_weight", others) == (10, 10)


def test_all_rungs_but_the_first_have_one_scale_few_steps_and_begin_with_the_one_before():
    job = make_job(style_weight=10, coarsest=16, steps=50, snapshots=5, init="noise")
    first, *others = ladder.rungs(job, "style_weight", [3, 9, 27], 7)
    changed = {"style_weight": 3.0, "snapshots": 0}
    assert first == job.model_copy(update={"settings": job.settings.model_copy(update=changed)})
    assert [each.settings.style_weight for each in others] == [9, 27]
    for each in others:
        settings = each.settings
        assert (settings.init, settings.steps, settings.coarsest, settings.schedule) == (ladder.BEFORE, 7, 0, "auto")


def test_the_fast_method_has_no_start():
    jobs = ladder.rungs(make_job(method="fast"), "strength", [0, 0.5, 1], 7)
    assert [each.settings.strength for each in jobs] == [0, 0.5, 1]
    assert {each.settings.init for each in jobs} == {"content"}


@pytest.mark.parametrize(
    ("setting", "values", "message"),
    [
        ("style_scale", [1, 50], "style_scale: must be from 0.05 to 20, found 50"),
        ("strength", [0, 1], "strength.*method is descent"),
    ],
)
def test_what_cannot_be_painted_is_told_before(setting, values, message):
    with pytest.raises(ConfigError, match=message):
        ladder.rungs(make_job(), setting, values, 7)
