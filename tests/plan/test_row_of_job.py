"""Rows that stand for one combination each: planned again, they give the same jobs."""

import pytest
from conftest import save_picture

from stylegrid.plan.picks import write_gallery
from stylegrid.plan.row_of_job import RowBase, row_of_job
from stylegrid.plan.rows_to_jobs import make_plan

ROWS = (
    {"content": "*.png", "style": "*.png", "style_weight": "5; 20", "title": "{content} {{so}} in {style}"},
    {"content": "dog.png", "style": "night.png:2 + wave.png", "preset": "gatys2015", "size": "24"},
    {"content": "cat.png", "style": "night.png + wave.png", "style_mask": "none + masks/sky.png", "notes": 'a "b"\nc'},
    {"content": "cat.png", "style": "night.png", "init": "dog.png + noise:0.2", "tv_weight": "0", "size": "32"},
)
COLUMNS = {name: "" for row in ROWS for name in row}


@pytest.fixture
def planned(project):
    """A config and its combinations: rows of globs, lists, a blend, masks, and settings that the config has too."""
    save_picture(project.content / "masks" / "sky.png")
    project.write_rows(*({**COLUMNS, **row} for row in ROWS))
    settings = project.settings(stylize={"size": 48, "steps": 2, "tv_weight": 0.5, "precision": "float32"})
    return settings, make_plan(settings).combinations


def rows_of(planned):
    settings, combinations = planned
    base = RowBase(**settings.model_dump(include=set(RowBase.model_fields)))
    return [row_of_job(combination, base) for combination in combinations]


def test_planned_again_they_are_the_same_jobs(planned, project):
    settings, combinations = planned
    write_gallery(project.folder / "chosen", rows_of(planned))
    again = make_plan(settings.model_copy(update={"manifest": project.folder / "chosen" / "manifest.csv"}))
    unnamed = {"variant": ""}  # settings that are the config's own name no variant any more
    assert len(combinations) == 11
    assert [each.job.model_copy(update=unnamed) for each in again.combinations] == [
        each.job.model_copy(update=unnamed) for each in combinations
    ]
    assert [(each.title, each.notes) for each in again.combinations] == [
        (each.title, each.notes) for each in combinations
    ]


def test_they_hold_what_the_config_does_not_say(planned):
    rows = rows_of(planned)
    named = {"content": "cat.png", "style": "night.png"}
    assert rows[0] == {**named, "style_weight": "5", "title": "cat {{so}} in night"}
    assert rows[-3]["style"] == "night.png:2 + wave.png"
    assert (rows[-3]["preset"], rows[-3]["size"]) == ("gatys2015", "24")
    assert rows[-1] == {**named, "init": "dog.png + noise:0.2", "tv_weight": "0", "size": "32"}
