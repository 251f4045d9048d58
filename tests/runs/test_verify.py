"""Whether a results folder still is what was made: each kind of thing is broken, and each breakage is told."""

import json
import os
import shutil

import pytest
from conftest import REPOSITORY, make_record

import verify as program
from stylegrid import files
from stylegrid.fast.weights import FAST_FILE
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.reports.write_tables import collect
from stylegrid.runs.verify import verify
from stylegrid.store.cache import Cache, Painted, sha256
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.record import BackboneRecord, failed

PNG, TIFF = b"a picture", b"a painting"
BACKBONE = b"weights"


@pytest.fixture
def made(project):
    """A results folder of four combinations, all of it as recorded."""
    project.write_rows({"content": "cat.png; dog.png", "style": "night.png; wave.png", "title": '=1+1, "two"\nlines'})
    settings = project.settings()
    combinations = make_plan(settings).combinations
    plan_files.write_plan(settings, combinations, {})
    results, weights = settings.results, project.folder / "w.h5"
    files.write_bytes(weights, BACKBONE)
    chosen = {"name": "untrained", "path": str(weights), "sha256": sha256(BACKBONE)}
    files.write_text(results / "backbone.json", json.dumps(chosen))
    for job in (combination.job for combination in combinations):
        picture = picture_path(results, job)
        files.write_bytes(picture, PNG)
        record = make_record(job, PNG, backbone=BackboneRecord(name="untrained", sha256=chosen["sha256"]))
        files.write_text(record_path(picture), record.to_json())
        painted = record.model_copy(update={"picture_sha256": sha256(TIFF)})
        Cache(results / "cache").put(job.key(chosen["sha256"]), Painted(TIFF, painted))
    collect(results, results)
    return project


def drifts(project):
    """Return what is told, short of the project's folder."""
    told = [drift for found in verify(project.folder / "results") for drift in found.drifts]
    return [drift.replace(f"{project.folder}/", "") for drift in told]


def test_what_was_made_is_as_recorded(made, capsys):
    assert program.main(["--results", str(made.folder / "results")]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "pictures: 4 of 4 as recorded",
        "lines of losses.csv: 5 of 5 as recorded",
        "inputs: 4 of 4 as recorded",
        "files of weights: 1 of 1 as recorded",
        "paintings in the cache: 4 of 4 as recorded",
    ]
    assert shown.err == ""


def test_looking_marks_nothing_as_used(made):
    painting, *_ = (made.folder / "results" / "cache").rglob("*.tif")
    os.utime(painting, (9e9, painting.stat().st_mtime))  # reading sets no time of access that is later
    assert drifts(made) == []
    assert painting.stat().st_atime == 9e9


def spoil(path):
    """Change one byte of a file, in its middle."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_picture_that_was_retouched_is_told(made):
    spoil(made.folder / "results/pictures/cat/night/default.png")
    assert drifts(made) == [
        "results/pictures/cat/night/default.png: is not the picture that its record describes; delete it and run again"
    ]


def test_a_picture_or_record_that_is_gone_is_told_and_its_row_too(made):
    (made.folder / "results/pictures/cat/wave/default.png").unlink()
    (made.folder / "results/pictures/dog/wave/default.png.json").write_text("{")
    told = drifts(made)
    assert told[0].startswith("cat/wave/default: not painted")
    assert told[1].startswith("dog/wave/default: results/pictures/dog/wave/default.png.json: is not a record")
    assert [drift.partition(":")[0] for drift in told[2:]] == ["results/losses.csv row 3", "results/losses.csv row 5"]


def test_a_failure_that_was_collected_is_as_recorded(made):
    job = next(plan_files.each_of_table(made.folder / "results")).job
    picture = picture_path(made.folder / "results", job)
    files.write_text(failure_path(picture), failed(job, "no room").to_json())
    picture.unlink()
    assert len(drifts(made)) == 1  # the row that still says it was painted
    collect(made.folder / "results", made.folder / "results")
    assert drifts(made) == []


def edit(path, old, new):
    """Replace the first of a text in a file, which must be there."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def test_a_table_that_was_edited_is_told(made):
    table = made.folder / "results" / "losses.csv"
    edit(table, "cat,wave,default,finished", "cat,wave,default,failed")
    assert drifts(made) == [
        "results/losses.csv row 3: outcome is 'failed', not 'finished' as in the record of cat/wave/default; "
        "delete the table and run again"
    ]


def test_rows_too_many_or_too_few_are_told(made):
    table = made.folder / "results" / "losses.csv"
    whole = table.read_text()
    table.write_text(whole + "x,y,z\n")
    assert drifts(made) == ["results/losses.csv row 6: is of no combination of the plan; run again"]
    table.write_text(whole.partition("\n")[0] + "\n")
    assert [drift.partition(":")[2] for drift in drifts(made)] == [" is missing; run again"] * 4
    table.write_text("")
    assert len(drifts(made)) == 5
    table.unlink()
    assert drifts(made) == ["results/losses.csv: is not there; run again"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("content,style", "photo,style", "row 1: content is 'photo', not 'content' as in every losses.csv"),
        (",700.0,", ",700,", "row 2: peak_memory_mb is '700', not '700.0' as in the record of cat/night/default"),
        ("cat,wave", "cat", "row 3: style is 'default', not 'wave' as in the record of cat/wave/default"),
        ("cat,wave,", ",wave,", "row 3: content is '', not 'cat' as in the record of cat/wave/default"),
    ],
)
def test_the_first_cell_that_differs_is_told(made, old, new, told):
    edit(made.folder / "results" / "losses.csv", old, new)
    assert drifts(made) == [f"results/losses.csv {told}; delete the table and run again"]


def test_cells_beyond_the_last_column_are_told(made):
    table = made.folder / "results" / "losses.csv"
    table.write_text("".join(f"{line},\n" for line in table.read_text().splitlines()[:1]))
    first, *others = drifts(made)
    assert first.startswith("results/losses.csv row 1: a cell after the last column is '', not missing as in every")
    assert len(others) == 4


def test_an_empty_line_is_a_row_too_many(made):
    table = made.folder / "results" / "losses.csv"
    table.write_text(table.read_text() + "\n")
    assert drifts(made) == ["results/losses.csv row 6: is of no combination of the plan; run again"]


def test_what_is_no_csv_at_all_is_told(made):
    (made.folder / "results" / "losses.csv").write_text('"' + 200_000 * "a")
    (told,) = drifts(made)
    assert told.startswith("results/losses.csv: is not a table (") and told.endswith("delete it and run again")


def test_inputs_that_changed_or_are_gone_are_told_once_each(made):
    spoil(made.content / "cat.png")
    (made.style / "wave.png").unlink()
    spoil(made.folder / "w.h5")
    assert drifts(made) == [
        "content/cat.png: has changed since the plan was written; run again",
        "style/wave.png: is gone, though the plan names it",
        "w.h5: has changed since results/backbone.json was written; run again",
    ]


@pytest.mark.parametrize("damage", [spoil, lambda path: path.unlink()])
def test_the_networks_of_a_gallery_with_fast_pictures_are_looked_at(made, monkeypatch, damage):
    """With the real ones, which the set-up has brought."""
    folder = made.folder / "fast"
    shutil.copytree(REPOSITORY / "data" / "fast", folder)
    monkeypatch.setattr("stylegrid.runs.verify.fast_folder", lambda: folder)
    settings = made.settings(stylize={"size": 32, "method": "fast"})
    plan_files.write_plan(settings, make_plan(settings).combinations, {})
    weights = {found.kind: found for found in verify(settings.results)}["files of weights"]
    assert (weights.number, weights.drifts) == (2, ())
    damage(folder / FAST_FILE)
    assert [drift for drift in drifts(made) if drift.startswith(f"fast/{FAST_FILE}: ")]


def test_a_damaged_painting_in_the_cache_is_told(made):
    painting = sorted((made.folder / "results" / "cache").rglob("*.tif"))[0]
    spoil(painting)
    assert drifts(made) == [
        f"results/cache/{painting.parent.name}/{painting.stem}: is damaged; it is painted again when it is needed"
    ]


def test_faults_come_as_lines_with_exit_code_1(made, capsys):
    spoil(made.content / "cat.png")
    assert program.main(["--results", str(made.folder / "results")]) == 1
    shown = capsys.readouterr()
    assert "inputs: 3 of 4 as recorded" in shown.out
    assert shown.err.startswith("error: ") and shown.err.count("\n") == 1


def test_without_a_plan_there_is_nothing_to_check(made, capsys):
    shutil.rmtree(made.folder / "results" / "plan")
    assert program.main(["--results", str(made.folder / "results")]) == 1
    assert capsys.readouterr().err.startswith("error: ")
