"""What a killed run leaves is put right, and nothing that is whole or somebody's own is touched."""

import os
import platform
import time
from pathlib import Path

import pytest
from conftest import draw, make_job, make_record
from PIL import Image

from stylegrid.runs import lock, recovery, run
from stylegrid.store.layout import find_record, old_record_path, picture_path, record_path

JOBS = [make_job(name, format=format) for name in ("cat", "dog") for format in ("png", "jpeg", "webp", "tiff")]


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = Path("results")
    results.mkdir()
    yield results
    lock.release(results)


def publish(results, job):
    picture = picture_path(results, job)
    picture.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw(48, 36)).save(picture)
    record_path(picture).write_text(make_record(job, picture.read_bytes()).to_json())
    return picture


def truncate(path, share):
    os.truncate(path, int(path.stat().st_size * share))
    return path


def left_behind(results, boot="before"):
    text = run.Run(host=platform.node(), process=os.getpid(), began="of another", boot=boot).model_dump_json()
    (results / "run.json").write_text(text)


def files_of(results):
    return {path for path in results.rglob("*") if path.is_file()}


@pytest.mark.parametrize("share", [0, 0.5])
def test_torn_pictures_and_records_go_and_whole_ones_stay(results, share):
    pictures = [publish(results, job) for job in JOBS]
    before = files_of(results)
    torn = {truncate(picture, share) for picture in pictures[:4]} | {truncate(record_path(pictures[4]), share)}
    assert set(recovery.mend(results)) == torn
    assert before - files_of(results) == torn


def test_a_picture_that_was_retouched_stays(results):
    picture = publish(results, JOBS[0])
    Image.fromarray(draw(48, 36, 1)).save(picture)
    assert recovery.mend(results) == []


def test_what_is_cheap_to_make_goes_without_being_looked_at(results):
    cheap = ["losses.csv", "losses.xlsx", "summary.csv", "gallery/index.html", "gallery/ab/c.webp"]
    cheap += [
        "sheets/style/a.png",
        "plots/losses/a.svg",
        "plan/records/a.sha256",
        "print/page-001.png",
        "print/gallery.pdf",
        "report/overview.jpg",
        "report/plots/losses/a.png",
        "chunks/01/cat/a.png",
    ]
    kept = ["cache/ab/c.tif", "notes.txt", "plan/jobs/a/b/c.json", "print/proofs.pdf", "partial/losses.csv"]
    for name in cheap + kept:
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text("text")
    assert recovery.mend(results) == []
    assert files_of(results) == {results / name for name in kept}


@pytest.mark.parametrize(
    ("text", "stays"), [("", False), ('{"name": "untrained", "path": "w.h5", "sha256": "a"}', True)]
)
def test_a_torn_choice_of_weights_is_made_again(results, text, stays):
    (results / "backbone.json").write_text(text)
    assert recovery.mend(results) == ([] if stays else [results / "backbone.json"])
    assert (results / "backbone.json").exists() == stays


def test_records_of_an_older_version_get_the_names_of_today(results):
    pictures = [publish(results, job) for job in JOBS]
    alone = publish(results, make_job("dog", "wave"))
    for picture in (*pictures, alone):
        record_path(picture).rename(old_record_path(picture))
    before = files_of(results)
    recovery.rename_records(results, [str(picture.relative_to(results)) for picture in pictures])
    assert all(record_path(picture).is_file() for picture in pictures)
    assert len(files_of(results)) == len(before)
    assert find_record(alone) == old_record_path(alone)  # of no combination of the manifest
    handed_over = results / "chunks" / "01" / "cat" / "night" / "default.png"
    handed_over.parent.mkdir(parents=True)
    for path in (handed_over, handed_over.with_suffix(".json"), handed_over.with_suffix(".failed.json")):
        path.touch()
    recovery.rename_records(results, ["pictures/cat/night/default.png"])
    assert {path.name for path in handed_over.parent.iterdir()} == {
        "default.png",
        "default.png.json",
        "default.failed.json",
    }


def test_parts_of_files_go_wherever_they_lie(results, tmp_path):
    left_behind(results, run._boot())
    parts = ["cache/ab/.a.tif.00ff.part", "pictures/a/b/.c.png.part", "print/.pages.xyz/1.jpg", ".stylegrid.abc"]
    kept = ["partial/.losses.csv.0f.part", "pictures/a/b/c.part"]
    for name in parts + kept:
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).touch()
    assert len(recovery.parts(results, partial=True)) == 5
    assert recovery.take_over(results, tmp_path) == []
    assert files_of(results) == {results / name for name in (*kept, "run.lock")}
    assert not (results / "print" / ".pages.xyz").exists()


@pytest.mark.parametrize("boot", [True, False])
def test_only_a_machine_that_went_down_makes_it_look_at_everything(results, tmp_path, boot):
    left_behind(results, run._boot() if boot else "before")
    picture, sheet = truncate(publish(results, JOBS[0]), 0.5), results / "losses.csv"
    sheet.touch()
    said = recovery.take_over(results, tmp_path)
    assert (picture.exists(), sheet.exists()) == (boot, boot)
    assert said == ([] if boot else [said[0], f"{picture}: damaged, removed"])
    assert not (results / "run.json").exists()


def test_a_torn_note_of_the_last_run_is_a_machine_that_went_down(results, tmp_path):
    (results / "run.json").write_text("")
    assert recovery.take_over(results, tmp_path) == [
        "results: the machine went down during the last run; what that may have torn is made again"
    ]
    assert recovery.take_over(results, tmp_path) == []


def test_snakemakes_lock_goes_and_its_other_notes_stay(results, tmp_path):
    for name in ("locks/0.input.lock", "locks/0.output.lock", "metadata/abc", "incomplete/abc"):
        path = tmp_path / ".snakemake" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    recovery.take_over(results, tmp_path)
    assert sorted(path.name for path in (tmp_path / ".snakemake").rglob("*") if path.is_file()) == ["abc", "abc"]


def test_files_of_the_future_are_of_now(results, tmp_path):
    now = time.time()
    ages = {"plan/table.json": 3600, "chunks/01": 7200, "losses.csv": -3600, "cache/ab/c.tif": 3600}
    for name, age in ages.items():
        path = results / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name == "chunks/01" else path.touch()
        os.utime(path, (now + age, now + age))
    (said,) = recovery.take_over(results, tmp_path)
    assert said.startswith("results: 2 files were of the future")
    found = {name: (results / name).stat().st_mtime - now for name in ages}
    assert 0 <= found["plan/table.json"] == found["chunks/01"] < 60
    assert (round(found["losses.csv"]), round(found["cache/ab/c.tif"])) == (-3600, 3600)
    assert recovery.take_over(results, tmp_path) == []


def test_temporary_files_are_named_as_those_who_write_them_name_them():
    scripts = Path(recovery.__file__).parents[2]
    programs = ("stylegrid/files.py", "stylegrid/store/place.py", "print_sheets.py")
    sources = {name: (scripts / name).read_text() for name in programs}
    assert '.part"' in sources["stylegrid/files.py"] and '.part"' in sources["stylegrid/store/place.py"]
    assert 'prefix=".stylegrid."' in sources["stylegrid/files.py"] and 'prefix=".pages."' in sources["print_sheets.py"]
    assert recovery.PARTS == (".*.part", ".stylegrid.*", ".pages.*")
