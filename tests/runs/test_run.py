"""Who is at work in a results folder, and what a killed run left: with real processes, and answers of Slurm."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import held_by_another, programs

from stylegrid.errors import ClusterError, RecordError
from stylegrid.runs import run, slurm

SLEEPER = "import sys, time; print('up', flush=True); time.sleep(60)"


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Path("results")


@pytest.fixture
def painter(tmp_path):
    """Start what looks like a process that paints, and end it."""
    (tmp_path / "paint_chunk.py").write_text(SLEEPER)
    with programs() as begin:
        command = [sys.executable, str(tmp_path / "paint_chunk.py"), "--output", "x"]
        yield lambda cache: begin([*command, "--cache", cache], cwd=tmp_path)


def left_by(results, **changes):
    """Leave what a killed run leaves."""
    results.mkdir(exist_ok=True)
    gone = {"host": run.platform.node(), "process": os.getpid(), "began": "of another process", "boot": run._boot()}
    (results / "run.json").write_text(json.dumps({**gone, **changes}))


def alive(results, **changes):
    """Leave what a run leaves that is alive: of the process that started this one."""
    left_by(results, process=os.getppid(), began=run._began(os.getppid()), **changes)


def test_a_run_is_written_down_until_it_ends(results):
    run.begin(results, "a name")
    told = json.loads((results / "run.json").read_text())
    assert (told["process"], told["slurm"], told["host"]) == (os.getpid(), "a name", run.platform.node())
    run.end(results)
    assert [path.name for path in results.iterdir()] == ["run.lock"]
    run.end(results)


def test_a_run_that_is_alive_is_left_alone(results):
    alive(results)
    for act in (
        lambda: run.require_startable(results),
        lambda: run.clear(results),
        lambda: run.clear(results, gone=True),
    ):
        with pytest.raises(ClusterError, match=rf"^results: a run is already painting here \(process {os.getppid()}\)"):
            act()
    assert (results / "run.json").exists()


def test_a_number_that_another_process_has_now_is_no_run(results):
    left_by(results, process=os.getppid())
    run.require_startable(results)


@pytest.mark.parametrize("gone", [False, True])
def test_a_run_of_another_machine_is_taken_as_gone_only_when_one_says_so(results, gone):
    left_by(results, host="far away", process=12, boot="another")
    if gone:
        assert run.clear(results, gone) == []
    else:
        with pytest.raises(
            ClusterError, match=r"^results: its run was started on far away as process 12, which .* --gone"
        ):
            run.clear(results, gone)
        with pytest.raises(ClusterError, match="its run was started on far away"):
            run.require_none(results)


def test_what_still_paints_is_named_and_ended(results, painter):
    ours, others = painter("results/cache"), painter("elsewhere/cache")
    assert run.painters(results) == [ours.pid]
    with pytest.raises(ClusterError, match=f"^results: process {ours.pid} of a run that was killed, still at work"):
        run.require_startable(results)
    assert not (results / "run.json").exists()
    assert run.clear(results) == [f"process {ours.pid}"]
    assert ours.wait(10) == -15
    assert others.poll() is None
    assert run.clear(results) == []


def test_the_same_folder_by_another_name_is_the_same(results, painter):
    process = painter(str(results.absolute() / ".." / "results" / "cache"))
    assert run.painters(results) == [process.pid]
    assert run.painters(results.absolute()) == [process.pid]


@pytest.fixture
def queue(monkeypatch):
    """Jobs that Slurm has, by their name."""
    jobs = {"mine": ["7", "8"], "another": ["9"]}
    monkeypatch.setattr(slurm, "jobs_of", lambda name: jobs[name])
    monkeypatch.setattr(slurm, "cancel", jobs.pop)
    return jobs


def test_jobs_left_in_slurm_are_named_and_cancelled(results, queue):
    left_by(results, slurm="mine")
    with pytest.raises(
        ClusterError, match=r"^results: Slurm's jobs 7, 8 of a run that was killed, still at work; .*recover"
    ):
        run.require_startable(results)
    assert json.loads((results / "run.json").read_text())["slurm"] == "mine"
    assert run.clear(results) == ["Slurm's jobs 7, 8"]
    assert queue == {"another": ["9"]}
    run.end(results)
    run.begin(results, "new")


def test_without_slurms_programs_its_jobs_are_not_taken_as_gone(results, monkeypatch):
    left_by(results, slurm="mine")
    monkeypatch.setenv("PATH", "/nowhere")
    for act in (lambda: run.require_startable(results), lambda: run.clear(results)):
        with pytest.raises(ClusterError, match=r"^squeue: no such program on the PATH, and the last run .* run\.json"):
            act()
    assert (results / "run.json").exists()


def test_a_file_that_says_nothing_is_named(results):
    results.mkdir()
    (results / "run.json").write_text("{}")
    with pytest.raises(
        RecordError,
        match=r"^results/run.json: does not say which run is at work .*; to put that right and go on, run make",
    ):
        run.require_startable(results)
    assert run.clear(results) == []  # which make gallery calls
    assert run.has_crashed(results)


def test_a_run_beside_one_that_holds_the_folder_does_not_begin(results):
    with held_by_another(results) as other:
        for act in (lambda: run.require_startable(results), lambda: run.require_none(results)):
            with pytest.raises(
                ClusterError, match=rf"^results: a run is already painting here \(process {other.pid} on .* since "
            ):
                act()
    assert not (results / "run.json").exists()
    run.require_startable(results)


@pytest.mark.parametrize(("left", "crashed"), [({}, False), ({"boot": "before"}, True), ({"host": "was mine"}, False)])
def test_a_machine_that_went_down_is_known_by_its_start(results, left, crashed):
    assert not run.has_crashed(results)
    left_by(results, **left)
    assert run.has_crashed(results) == crashed
    if crashed:
        with pytest.raises(ClusterError, match=r"^results: the machine went down during the last run, .* make gallery"):
            run.require_startable(results)
    else:
        assert run.clear(results) == []  # on this machine, whatever it is called now
        run.require_startable(results)


def test_where_no_start_is_known_every_run_that_was_killed_may_have_crashed(results, monkeypatch):
    monkeypatch.setattr(run, "BOOT", results / "none")
    left_by(results)
    assert run.has_crashed(results)


def test_a_process_is_alive_until_it_has_ended():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert run.is_alive(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it stays as a number in the list of processes
    assert not run.is_alive(child.pid)
    child.communicate()
    assert run.is_alive(os.getpid()) and not run.is_alive(child.pid)
