"""What is no longer in the manifest: exactly that is listed and removed."""

import time

import pytest
from conftest import held_by_another, make_job, make_record

import prune as program
from stylegrid.errors import ClusterError, ConfigError
from stylegrid.painting.heartbeat import HeartbeatWriter, heartbeat_path
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs import prune
from stylegrid.store.cache import Cache, Painted
from stylegrid.store.layout import (
    curves_plot_path,
    failure_path,
    film_path,
    films_folder,
    picture_path,
    record_path,
    snapshots_folder,
)
from stylegrid.store.record import failed


def publish(results, job, bytes=b"picture"):
    """Put a picture, its record, films, snapshot and plot in their places, and return all of them."""
    picture = picture_path(results, job)
    places = (
        *(picture, record_path(picture), film_path(picture), snapshots_folder(picture) / "000100.png"),
        *(films_folder(results, job.name) / f"descent{suffix}" for suffix in (".webp", ".mp4")),
        curves_plot_path(results, job.name, "svg"),
    )
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bytes)
    record_path(picture).write_text(make_record(job, bytes).to_json())
    return set(places)


def fail(results, job):
    path = failure_path(picture_path(results, job))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(failed(job, "out of memory").to_json())
    return path


KEPT, GONE = make_job("cat", variant="sw0.5"), make_job("dog", variant="sw0.5-tv=1")


def test_a_picture_that_is_asked_for_stays_with_all_that_lies_beside_it(tmp_path):
    publish(tmp_path, KEPT)
    fail(tmp_path, KEPT)
    assert prune.find_leftovers(tmp_path, [KEPT]) == ((), ())


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "tiff"])
def test_a_picture_that_is_not_goes_with_all_that_lies_beside_it(tmp_path, format):
    publish(tmp_path, KEPT)
    gone = publish(tmp_path, make_job("dog", variant="sw0.5", format=format))
    assert set(prune.find_leftovers(tmp_path, [KEPT]).ours) == gone


def test_a_failure_that_is_not_asked_for_goes(tmp_path):
    path = fail(tmp_path, GONE)
    assert prune.find_leftovers(tmp_path, [KEPT]) == ((path,), ())


@pytest.mark.parametrize("format", ["jpeg", "webp", "tiff"])
def test_a_picture_of_another_format_goes_alone(tmp_path, format):
    publish(tmp_path, KEPT)
    now = KEPT.model_copy(update={"settings": KEPT.settings.model_copy(update={"format": format})})
    publish(tmp_path, now)
    fail(tmp_path, now)
    picture = picture_path(tmp_path, KEPT)
    assert prune.find_leftovers(tmp_path, [now]) == ((picture, record_path(picture)), ())


def test_a_blend_is_known_by_its_paintings(tmp_path):
    job = make_job("dog", "night")
    blend = job.model_copy(update={"styles": (*job.styles, *make_job(style="wave").styles), "style": "night-1-wave-1"})
    gone = publish(tmp_path, blend)
    assert set(prune.find_leftovers(tmp_path, [KEPT]).ours) == gone


def own_words(results):
    return results / "pictures" / "dog" / "night" / "notes.txt"


def test_what_was_not_made_here_stays_and_is_named(tmp_path):
    gone = publish(tmp_path, GONE)
    strangers = {own_words(tmp_path), picture_path(tmp_path, GONE).with_name("mine.png"), tmp_path / "pictures" / "a"}
    for path in strangers:
        path.write_bytes(b"mine")
    found = prune.find_leftovers(tmp_path, [])
    assert (set(found.ours), set(found.others)) == (gone, strangers)


def spoil_picture(picture):
    picture.write_bytes(b"retouched")


def spoil_record(picture):
    record_path(picture).write_text("{")


def move_elsewhere(picture):
    picture.rename(picture.with_name("favourite.png"))
    record_path(picture).rename(picture.with_name("favourite.json"))


@pytest.mark.parametrize("spoil", [spoil_picture, spoil_record, move_elsewhere])
def test_a_picture_whose_record_does_not_fit_stays(tmp_path, spoil):
    publish(tmp_path, GONE)
    spoil(picture_path(tmp_path, GONE))
    found = prune.find_leftovers(tmp_path, [])
    assert found.ours == ()
    assert len(found.others) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"content": KEPT.content},
        {"styles": make_job(style="wave").styles},
        {"variant": "sw1"},
        {"settings": make_job(format="webp").settings},
    ],
)
def test_a_record_of_another_combination_does_not_fit(tmp_path, changes):
    publish(tmp_path, GONE)
    picture = picture_path(tmp_path, GONE)
    record_path(picture).write_text(make_record(GONE, b"picture").model_copy(update=changes).to_json())
    assert prune.find_leftovers(tmp_path, []).ours == ()


def test_folders_that_are_empty_by_it_go_and_others_stay(tmp_path):
    gone = publish(tmp_path, GONE)
    publish(tmp_path, KEPT)
    prune.remove(tmp_path, gone)
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == ["cat"]
    assert sorted(path.name for path in (tmp_path / "plots" / "curves").iterdir()) == ["cat"]
    prune.remove(tmp_path, prune.find_leftovers(tmp_path, []).ours)
    assert tmp_path.is_dir() and not list(tmp_path.rglob("*.png"))


def test_a_folder_with_something_else_stays(tmp_path):
    gone = publish(tmp_path, GONE)
    own_words(tmp_path).write_text("mine")
    prune.remove(tmp_path, gone)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [own_words(tmp_path)]


def test_nothing_goes_while_a_run_is_at_work(tmp_path):
    with (
        held_by_another(tmp_path),
        pytest.raises(ClusterError, match=r"a run is already painting here \(process \d+ on .* since .*`kill "),
    ):
        prune.require_no_run(tmp_path, time.time())
    prune.require_no_run(tmp_path, time.time())


def test_nothing_goes_while_something_is_painted(tmp_path):
    pulse = HeartbeatWriter(heartbeat_path(tmp_path / "chunks" / "0", GONE.name), 100)
    pulse.beat(1)
    with pytest.raises(ConfigError, match=r"dog/night/sw0\.5-tv=1 is being painted"):
        prune.require_no_run(tmp_path, time.time())
    pulse.end()
    prune.require_no_run(tmp_path, time.time())


@pytest.fixture
def gallery(project, monkeypatch):
    """A project of two rows, both painted and in the cache; the second is then taken out of the manifest."""
    monkeypatch.chdir(project.folder)
    (project.folder / "config.yaml").write_text(project.settings(results="results").model_dump_json())
    rows = [{"content": name, "style": "night.png"} for name in ("cat.png", "dog.png")]
    project.write_rows(*rows)
    results = project.folder / "results"
    (results / "backbone.json").parent.mkdir(exist_ok=True)
    (results / "backbone.json").write_text('{"name": "untrained", "path": "w.h5", "sha256": "its own"}')
    cache = Cache(results / "cache")
    for combination in make_plan(project.settings()).combinations:
        publish(results, combination.job)
        tiff = b"painting" * 1000
        cache.put(combination.job.key("its own"), Painted(tiff, make_record(combination.job, tiff)))
    project.write_rows(rows[0])
    return results


def files_of(results):
    return {str(path.relative_to(results)) for path in results.rglob("*") if path.is_file()}


def test_the_program_lists_and_removes_only_when_it_is_told_to(gallery, capsys):
    before = files_of(gallery)
    assert program.main([]) == 0
    shown = capsys.readouterr().out
    assert "no longer in the manifest: 7 files" in shown and "results/pictures/dog/night/default.png" in shown
    assert "cache: 2 paintings, 0.0 MB" in shown and "--apply removes" in shown
    assert files_of(gallery) == before | {"run.lock"}
    assert program.main(["--apply"]) == 0
    gone = before - files_of(gallery)
    assert len(gone) == 7 and {"dog" in name for name in gone} == {True}
    assert "removed 7 files, and 0 paintings from the cache" in capsys.readouterr().out
    assert program.main([]) == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_the_program_bounds_the_cache_by_what_no_row_needs(gallery, capsys):
    assert program.main(["--cache-limit", "1kB", "--apply"]) == 0
    assert len(list((gallery / "cache").glob("*/*.tif"))) == 1
    assert "still above the limit" in capsys.readouterr().out
    (gallery / "backbone.json").unlink()
    assert program.main(["--cache-limit", "1kB", "--apply"]) == 1
    assert "backbone.json is missing" in capsys.readouterr().err


def test_the_program_removes_nothing_while_a_run_is_at_work(gallery, capsys):
    before = files_of(gallery)
    with held_by_another(gallery):
        assert program.main(["--apply"]) == 1
    assert "a run is already painting here" in capsys.readouterr().err
    assert files_of(gallery) == before | {"run.lock"}


def test_the_program_removes_what_killed_processes_left_half_written(gallery, capsys):
    parts = {
        gallery / "pictures" / ".a.part",
        gallery / "cache" / "ab" / ".x.tif.0f.part",
        gallery / "partial" / ".b.part",
    }
    for part in parts:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("half")
    assert program.main([]) == 0
    assert "temporary files of killed processes: 3 files" in capsys.readouterr().out
    assert program.main(["--apply"]) == 0
    assert "removed 10 files" in capsys.readouterr().out
    assert not any(part.exists() for part in parts)


def test_a_faulty_manifest_removes_nothing(gallery, capsys):
    before = files_of(gallery)
    (gallery.parent / "manifest.csv").write_text("content,style\ncat.png,gone.png\n")
    assert program.main(["--apply"]) == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert files_of(gallery) == before | {"run.lock"}
