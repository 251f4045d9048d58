"""Advice: what is tried and how it is ranked, by thought; and a whole small sweep by the programs."""

import csv
import io
import json

import pytest
from conftest import make_job, make_record

import advise
from stylegrid.errors import ConfigError
from stylegrid.painting import gpu_lock
from stylegrid.plan.job import Combination
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs import lock
from stylegrid.runs.advice import pairs_of, plan_cells, propose, rank, titled, trials_of
from stylegrid.store.findings import Finding
from stylegrid.store.record import MeasuresRecord

PAIR = Combination(make_job(style_weight=10, style_scale=1.5, size=512), 2, "My cat", "")
BEST = {"style_cosine": 0.9, "edges_kept": 0.9, "colour_distance": 1, "grain": 1, "specks": 0.0}
WORST = {"style_cosine": 0.1, "edges_kept": 0.1, "colour_distance": 9, "grain": 9, "specks": 0.5}


def settings_of(combination, *names):
    return tuple(getattr(combination.job.settings, name) for name in names)


def tried(*names, by="descents", pair=PAIR, size=128):
    return [settings_of(each.painted, *names) for each in trials_of(pair, size, by)]


def test_each_weight_is_tried_at_each_scale_and_small():
    assert tried("style_weight", "style_scale") == [(w, s) for w in (3, 10, 30) for s in (1, 1.5, 2)]
    assert set(tried("method", "size", "snapshots", "steps")) == {("descent", 128, 0, PAIR.job.settings.steps)}
    assert set(tried("size", size=1024)) == {(512,)}


def test_in_drafts_strengths_stand_for_weights():
    assert tried("strength", "style_scale", by="drafts") == [(w, s) for w in (0.4, 0.7, 1) for s in (1, 1.5, 2)]
    assert set(tried("method", by="drafts")) == {("fast",)}
    proposed = [
        settings_of(each.proposed, "method", "style_weight", "strength") for each in trials_of(PAIR, 64, "drafts")
    ]
    assert proposed[0] == ("descent", 3, 1) and proposed[-1] == ("descent", 30, 1)


def test_a_row_of_the_fast_method_varies_its_strength():
    pair = PAIR._replace(job=make_job(method="fast"))
    first, *_ = trials_of(pair, 64, "descents")
    assert settings_of(first.proposed, "method", "strength", "style_weight") == ("fast", 0.4, 10)
    assert settings_of(first.painted, "method", "strength", "size") == ("fast", 0.4, 64)


def test_a_scale_without_effect_is_not_varied_and_none_goes_beyond_its_range():
    assert tried("style_scale", pair=PAIR._replace(job=make_job(style_shape="stretched", style_scale=1))) == [(1,)] * 3
    wide = tried("style_scale", pair=PAIR._replace(job=make_job(style_scale=20)))
    assert wide[:3] == [(13,), (20,), (20,)]


def test_a_schedule_that_ends_at_the_size_is_left_out():
    scheduled = PAIR._replace(job=make_job(size=256, schedule="128:1 + 256:1"))
    assert set(tried("schedule", pair=scheduled)) == {("auto",)}
    assert {*settings_of(trials_of(scheduled, 128, "descents")[0].proposed, "schedule")} == {"128 + 256"}


def test_tries_have_names_of_their_own():
    names = [each.painted.job.name for each in trials_of(PAIR, 128, "descents")]
    assert len(set(names)) == 9 and names[0] == "cat/night/sw3-style_scale=1"


def finding(trial, measures, picture="picture.png"):
    record = make_record(trial.painted.job, measures=measures and MeasuresRecord(**measures))
    return Finding(trial.painted, "finished", "", record, picture)


def test_a_rank_is_by_the_mean_of_ranks_by_each_measure():
    trials = trials_of(PAIR, 128, "descents")[:4]
    third = {**BEST, "style_cosine": 0.8, "edges_kept": 0.8, "colour_distance": 2, "grain": 2, "specks": 0.1}
    second = {**third, "style_cosine": 1.0}
    found = rank(finding(*each) for each in zip(trials, (WORST, second, third, BEST), strict=True))
    assert list(found["rank"]) == [4, 2, 3, 1]
    assert list(found.columns) == [*BEST, "rank"] and found.index[0] == trials[0].painted.job.name


def test_what_has_no_picture_or_measure_is_not_ranked():
    trials = trials_of(PAIR, 128, "descents")[:4]
    without = {**BEST, "style_cosine": None}
    kept = [finding(trials[0], {**WORST, "style_cosine": None}), finding(trials[1], without)]
    found = rank([*kept, finding(trials[2], BEST, None), finding(trials[3], None)])
    assert list(found["rank"]) == [2, 1]
    assert rank([]).empty


def test_each_level_proposes_its_best_and_titles_tell():
    trials = trials_of(PAIR, 128, "descents")
    values = [WORST] * 9
    values[2] = values[4] = BEST
    ranked = rank(finding(*each) for each in zip(trials[:6], values, strict=False))
    proposals = propose(trials, ranked)
    assert {level: settings_of(each.proposed, "style_weight", "style_scale") for level, each in proposals.items()} == {
        "mild": (3, 2),
        "middle": (10, 1.5),
    }
    titles = [each.title for each in titled(trials, ranked, proposals)]
    assert titles[2:5] == ["mild: rank 1 of 6", "rank 3 of 6", "middle: rank 1 of 6"] and titles[8] == ""


def test_a_pair_of_several_rows_counts_once_by_its_first(project):
    project.write_rows({"content": "*.png", "style": "night.png", "style_weight": "5; 20"})
    found = pairs_of(make_plan(project.settings()).combinations)
    assert [(each.job.content.name, each.job.settings.style_weight) for each in found] == [("cat", 5), ("dog", 5)]


def test_cells_name_pictures_as_in_a_row_and_faults_as_flags(project):
    (found,) = plan_cells(project.settings(), "cat.png", "night.png:2 + wave.png")
    assert [style.weight for style in found.job.styles] == [2, 1]
    with pytest.raises(ConfigError, match=r"^--content: .*no\.png"):
        plan_cells(project.settings(), "no.png", "night.png")


@pytest.fixture
def alone(project, monkeypatch):
    monkeypatch.setattr(gpu_lock, "claim", lambda: None)
    yield
    lock.release(project.folder / "results-advice")


def test_a_sweep_ends_in_three_rows_that_the_manifest_takes(project, alone, capfd):
    project.write_rows({"content": "*.png", "style": "night.png", "style_weight": 5, "title": "{content}"})
    config = json.dumps(project.config())
    assert advise.main(["--configfile", config, "--pairs", "1", "--size", "16"]) == 0
    out, told = capfd.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["content"], row["style"], row["notes"]) for row in rows] == [
        ("cat.png", "night.png", level) for level in ("mild", "middle", "bold")
    ]
    assert [row["style_weight"] for row in rows] == ["1.5", "5", "15"]
    assert "The first 1 of 2 pairs; --pairs 2 takes all." in told and "9 tries in " in told
    project.write_rows(*rows)
    pasted = [each.job.settings for each in make_plan(project.settings()).combinations]
    assert [(each.style_weight, each.size) for each in pasted] == [(1.5, 32), (5, 32), (15, 32)]
    results = project.folder / "results-advice"
    with (results / "losses.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 9 and sum(row["title"].startswith("mild: rank ") for row in table) == 1
    assert (results / "sheets" / "content" / "cat.png").is_file()
    assert not (project.folder / "results").exists()


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (["--content", "cat.png"], "--content: goes with --style"),
        (["--pairs", "0"], "--pairs: must be 1 or more, found 0"),
        (["--size", "4"], "--size: must be from 16 to 16384 pixels, found 4"),
        (["--content", "no.png", "--style", "night.png"], "--content: "),
    ],
)
def test_wrong_flags_are_told_in_a_line(project, capsys, flags, fault):
    project.write_rows({"content": "*.png", "style": "night.png"})
    assert advise.main(["--configfile", json.dumps(project.config()), *flags]) == 1
    assert f"error: {fault}" in capsys.readouterr().err
    assert not (project.folder / "results-advice").exists()
