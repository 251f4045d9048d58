"""The summary of final losses, with values that can be worked out by thought."""

import math

import pandas as pd
import pytest
from conftest import make_job, make_record
from fake_findings import finding

from stylegrid.plan.job import Combination
from stylegrid.reports.losses_table import make_losses, to_csv
from stylegrid.reports.summary_table import make_summary
from stylegrid.store.findings import Finding
from stylegrid.store.record import failed


def summary(findings, tmp_path) -> pd.DataFrame:
    return make_summary(make_losses(findings, tmp_path))


def unpainted(outcome, **settings) -> Finding:
    job = make_job("cow", style_weight=100.0, **settings)
    return Finding(Combination(job, 2, "", ""), outcome, "no", failed(job, "no"), None)


def test_a_group_has_its_count_medians_and_interquartile_ranges(tmp_path):
    losses = [(1.0, 10.0), (2.0, 20.0), (3.0, 60.0), (4.0, 60.0), (50.0, 70.0)]
    table = summary([finding(name, losses=each) for name, each in zip("abcde", losses, strict=True)], tmp_path)
    (row,) = table.to_dict("records")
    assert row == {
        "preset": "stylegrid",
        "style": "night",
        "style_weight": 100.0,
        "count": 5,
        "not_finished": 0,
        "content_loss_median": 3.0,
        "content_loss_iqr": 2.0,
        "style_loss_median": 60.0,
        "style_loss_iqr": 40.0,
        "tv_loss_median": 3.0,
        "tv_loss_iqr": 0.0,
        "total_loss_median": 4.0,
        "total_loss_iqr": 0.0,
        "seconds_median": 4.0,
        "seconds_sum": 20.0,
    }


def test_seconds_are_of_painted_pictures(tmp_path):
    job = make_job("cat", style_weight=100.0)
    slow = Finding(Combination(job, 2, "", ""), "finished", "", make_record(job, seconds=10.0), tmp_path / "x.png")
    row = summary([finding("dog"), slow, unpainted("failed")], tmp_path).loc[0]
    assert (row["count"], row["seconds_median"], row["seconds_sum"]) == (3, 7.0, 14.0)


def test_outcomes_but_finished_and_converged_are_not_finished(tmp_path):
    outcomes = ("finished", "converged", "non_finite")
    found = [finding(outcome, outcome=outcome, losses=(1.0, 2.0)) for outcome in outcomes]
    row = summary([*found, unpainted("failed"), unpainted("missing")], tmp_path).loc[0]
    assert (row["count"], row["not_finished"], row["content_loss_median"]) == (5, 3, 1.0)


def test_a_group_without_a_picture_has_no_losses(tmp_path):
    table = summary([unpainted("failed")], tmp_path)
    assert math.isnan(table.loc[0, "style_loss_median"]) and math.isnan(table.loc[0, "style_loss_iqr"])
    assert to_csv(table).splitlines()[1] == "stylegrid,night,100.0,1,1,,,,,,,,,,0.0"


def test_groups_are_sorted_by_preset_style_and_weight(tmp_path):
    wanted = [("gatys2015", "a", 1.0), ("stylegrid", "a", 2.0), ("stylegrid", "a", 10.0), ("stylegrid", "b", 1.0)]
    found = [finding("cat", style, weight, preset=preset) for preset, style, weight in reversed(wanted)]
    table = summary(found, tmp_path)
    assert list(table[["preset", "style", "style_weight"]].itertuples(index=False, name=None)) == wanted


def test_settings_that_vary_are_columns(tmp_path):
    found = [finding("cat", seed=2, tv_weight=0.5), finding("cat", seed=1, tv_weight=0.5), finding("dog", seed=1)]
    table = summary(found, tmp_path)
    assert list(table.columns[:5]) == ["preset", "style", "style_weight", "seed", "tv_weight"]
    assert len(table) == 3


def test_settings_named_like_measurements_stand_beside_them(tmp_path):
    found = [
        finding("cat", style_loss=kind, tv_loss=tv)
        for kind, tv in (("relative", "sum_absolute"), ("wasserstein", "nine_point"))
    ]
    table = summary(found, tmp_path)
    assert list(table["style_loss_setting"]) == ["relative", "wasserstein"]
    assert list(table["tv_loss_setting"]) == ["sum_absolute", "nine_point"]
    assert list(table["style_loss_median"]) == [2.0, 2.0]


def test_sizes_in_pixels_and_in_words_stand_side_by_side(tmp_path):
    table = summary([finding("cat", size=size) for size in ("own", 64, 128)], tmp_path)
    assert list(table["size"]) == [64, 128, "own"]
    assert "stylegrid,night,100.0,own,1," in to_csv(table)


def test_what_only_a_preset_changes_is_no_column(tmp_path):
    table = summary([finding(preset="stylegrid"), finding(preset="gatys2015")], tmp_path)
    assert list(table.columns[3:5]) == ["count", "not_finished"]


def test_the_order_of_a_manifest_changes_nothing(tmp_path):
    found = [finding(name, weight=weight, losses=(weight, 1 / weight)) for name in "abc" for weight in (3.0, 7.0)]
    assert to_csv(summary(found, tmp_path)) == to_csv(summary(found[::-1], tmp_path))


@pytest.mark.parametrize("init", ["-cat.png", "=1+1"])
def test_text_that_a_spreadsheet_would_run_is_text(tmp_path, init):
    text = to_csv(summary([finding(init=init), finding(init="noise")], tmp_path))
    assert f",'{init}," in text


def test_no_combination_is_a_header_alone(tmp_path):
    assert to_csv(summary([], tmp_path)).count("\n") == 1
