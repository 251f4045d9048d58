"""Pictures of an earlier version's names get those of today, with all that belongs to them, or stay as they are."""

import json

import pytest
from conftest import draw, make_job, make_record
from PIL import Image

from stylegrid.runs.renaming import rename_pictures
from stylegrid.store.layout import (
    curves_plot_path,
    failure_path,
    film_path,
    old_record_path,
    picture_path,
    record_path,
    snapshots_folder,
)

JOB = make_job("cat", variant="cl4_2", content_layers="relu4_2").model_copy(update={"title": "A cat"})
EARLIER = JOB.model_copy(update={"variant": "content_layers=relu4_2"})


@pytest.fixture
def results(tmp_path):
    """A results folder with a picture of the earlier name, an hour old, and all that may belong to one."""
    publish(tmp_path, EARLIER)
    (tmp_path / "backbone.json").write_text(
        json.dumps({"name": "untrained", "path": "x", "sha256": make_record(JOB).backbone.sha256})
    )
    return tmp_path


def publish(results, job, **record):
    picture = picture_path(results, job)
    snapshots_folder(picture).mkdir(parents=True)
    Image.fromarray(draw(48, 36)).save(picture)
    record_path(picture).write_text(make_record(job, picture.read_bytes(), **record).to_json())
    for path in (
        snapshots_folder(picture) / "000001.png",
        film_path(picture),
        curves_plot_path(results, job.name, "svg"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
    return picture


def tree(results):
    """Return the contents of all files, by their paths."""
    return {str(path.relative_to(results)): path.read_bytes() for path in results.rglob("*") if path.is_file()}


def test_all_that_belongs_to_a_picture_is_renamed(results):
    before = tree(results)
    rename_pictures(results, [(JOB, EARLIER)])
    after = tree(results)
    assert set(after) == {path.replace("content_layers=relu4_2", "cl4_2") for path in before}
    records = {path for path in before if path.endswith(".png.json")}
    for path in set(before) - records:
        assert after[path.replace("content_layers=relu4_2", "cl4_2")] == before[path]
    (record,) = records
    wanted = {**json.loads(before[record]), "variant": "cl4_2"}
    assert json.loads(after[record.replace("content_layers=relu4_2", "cl4_2")]) == wanted
    rename_pictures(results, [(JOB, EARLIER)])
    assert tree(results) == after


def test_a_record_of_the_oldest_name_is_found(results):
    picture = picture_path(results, EARLIER)
    record_path(picture).rename(old_record_path(picture))
    rename_pictures(results, [(JOB, EARLIER)])
    assert record_path(picture_path(results, JOB)).is_file() and not old_record_path(picture).exists()


@pytest.mark.parametrize("change", ["settings", "title", "photograph", "weights", "no weights", "damaged", "no record"])
def test_what_is_not_the_jobs_stays(results, change):
    job, record = JOB, record_path(picture_path(results, EARLIER))
    if change == "settings":
        job = JOB.model_copy(update={"settings": JOB.settings.model_copy(update={"tv_weight": 7.0})})
    elif change == "title":
        job = JOB.model_copy(update={"title": "Another cat"})
    elif change == "photograph":
        job = JOB.model_copy(update={"content": JOB.content.model_copy(update={"sha256": "another"})})
    elif change == "weights":
        (results / "backbone.json").write_text(json.dumps({"name": "file", "path": "x", "sha256": "another"}))
    elif change == "no weights":
        (results / "backbone.json").unlink()
    elif change == "damaged":
        record.write_text("{")
    else:
        record.unlink()
    before = tree(results)
    rename_pictures(results, [(job, job.model_copy(update={"variant": EARLIER.variant}))])
    assert tree(results) == before


def test_a_picture_of_the_name_of_today_is_not_replaced(results):
    publish(results, JOB)
    before = tree(results)
    rename_pictures(results, [(JOB, EARLIER)])
    assert tree(results) == before


def test_a_renaming_that_was_cut_short_is_gone_on_with(results):
    old, new = picture_path(results, EARLIER), picture_path(results, JOB)
    film_path(old).rename(film_path(new))
    record_path(new).write_text("half of what is writ")
    rename_pictures(results, [(JOB, EARLIER)])
    assert new.is_file() and film_path(new).is_file() and not old.exists()
    assert json.loads(record_path(new).read_text())["variant"] == "cl4_2"


def test_an_earlier_failure_goes_with_the_picture_that_came_after_it(results):
    failure_path(picture_path(results, EARLIER)).write_text("{}")
    rename_pictures(results, [(JOB, EARLIER)])
    assert not list(results.rglob("*.failed.json"))
