"""Drafts: of settings by thought; painted by the real networks, from a tiny manifest."""

import json

import pytest

import draft as program
from stylegrid import files
from stylegrid.painting import gpu_lock
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs import lock
from stylegrid.runs.draft import as_drafts, draft_settings
from stylegrid.settings.presets import resolve
from stylegrid.store.record import read_record

ROWS = {"content": "*.png", "style": "night.png", "style_weight": "5; 20", "snapshots": "1"}


@pytest.fixture(autouse=True)
def alone(project, monkeypatch):
    monkeypatch.setattr(gpu_lock, "claim", lambda: None)
    yield
    lock.release(project.folder / "results-drafts")


@pytest.mark.parametrize(("size", "side"), [(256, 256), (1024, 384), ("own", 384)])
def test_a_draft_is_small_and_fast_and_the_rest_as_it_was(size, side):
    settings = resolve({"size": size, "style_weight": 7, "steps": 90, "snapshots": 10, "original_colours": "lab"})
    changed = {name for name, value in draft_settings(settings, 384) if value != getattr(settings, name)}
    assert draft_settings(settings, 384).method == "fast" and draft_settings(settings, 384).size == side
    assert changed <= {"method", "size", "snapshots"}


def test_drafts_have_the_names_of_their_pictures_and_paintings_of_their_own(project):
    project.write_rows(ROWS)
    combinations = make_plan(project.settings()).combinations
    drafts = as_drafts(combinations, 16)
    assert [each.job.name for each in drafts] == [each.job.name for each in combinations]
    assert [each.row for each in drafts] == [each.row for each in combinations]
    assert not {each.job.key("") for each in drafts} & {each.job.key("") for each in combinations}


def test_a_manifest_is_drafted_with_table_sheets_and_page(project, capfd):
    project.write_rows(ROWS)
    config = json.dumps(project.config())
    assert program.main(["--configfile", config, "--size", "24"]) == 0
    results = project.folder / "results-drafts"
    record = read_record(results / "pictures" / "cat" / "night" / "sw5-snapshots=1.png.json")
    assert (record.settings.method, record.width, record.settings.style_weight) == ("fast", 24, 5)
    assert record.losses.total == pytest.approx(
        record.losses.content * record.settings.content_weight
        + record.losses.style * 5
        + record.losses.tv * record.settings.tv_weight,
        rel=1e-4,
    )
    assert len(files.read_bytes(results / "losses.csv").splitlines()) == 5
    for name in ("sheets/overview.png", "gallery/index.html"):
        assert (results / name).is_file()
    told = capfd.readouterr().err
    assert "4 drafts in " in told and "The gallery itself: 4 to paint" in told
    assert not (project.folder / "results").exists()


def test_a_fault_of_the_manifest_is_told_and_nothing_is_drafted(project, capsys):
    project.write_rows({**ROWS, "learning_rate": "0.1"})
    assert program.main(["--configfile", json.dumps(project.config())]) == 1
    assert "learning_rate: has no effect where optimizer is lbfgs" in capsys.readouterr().err
    assert not (project.folder / "results-drafts").exists()


def test_the_gallery_s_own_folder_is_refused(project, capsys):
    project.write_rows(ROWS)
    given = ["--configfile", json.dumps(project.config()), "--results", str(project.folder / "results")]
    assert program.main(given) == 1
    assert "must not be the gallery's own folder" in capsys.readouterr().err


def test_a_size_that_no_picture_has_is_refused(project, capsys):
    assert program.main(["--configfile", json.dumps(project.config()), "--size", "4"]) == 1
    assert "--size: must be from 16 to 16384 pixels, found 4" in capsys.readouterr().err
