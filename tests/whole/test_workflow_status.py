"""The real Snakemake on tiny pictures, looked at while it paints: status and partial collections disturb nothing."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from test_workflow import Gallery, wait_for

from stylegrid.plan.plan_files import read_table

SLOW = {"size": 32, "steps": 400, "optimizer": "adam"}
ROWS = ({"content": "*.png", "style": "*.png", "title": ""},)
STATES = ["done", "painted", "running", "stopped", "failed", "missing"]


def program(gallery, name, *flags):
    command = [sys.executable, str(gallery.checkout / "scripts" / f"{name}.py"), *flags]
    done = subprocess.run(command, cwd=gallery.folder, env=gallery.environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def status(gallery):
    return json.loads(program(gallery, "status", "--json"))


def status_until(gallery, wanted, seconds=60):
    """Ask again and again until what is told is what is wanted, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        told = status(gallery)
        if wanted(told):
            return told
    raise AssertionError(told)


def names(gallery):
    return {combination.job.name for combination in read_table(gallery.results)}


def heartbeats(gallery):
    return list(gallery.results.rglob("*.progress.json"))


def painters(run):
    return [
        process
        for process in psutil.Process(run.pid).children(recursive=True)
        if "paint_chunk.py" in " ".join(process.cmdline()) and "python" in process.name()
    ]


@pytest.fixture
def slow(tmp_path, weights_file):
    """A gallery of four pictures that take a second or so each."""
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_rows(*ROWS)
    gallery.write_config(stylize=SLOW, painting={"chunk": 16})
    return gallery


@pytest.mark.slow
def test_status_and_a_partial_collection_while_painting_goes_on(slow):
    with slow.begin() as run:
        wait_for(run, "rule paint_chunk")
        first = status_until(slow, lambda told: told["running"] and told["running"][0]["step"])
        running = first["running"][0]
        assert running["name"] in names(slow)
        assert (0 < running["step"] <= running["steps"] == 400) and running["seconds_since_step"] < 60
        assert [first["counts"][state] for state in ("running", "stopped", "failed", "done")] == [1, 0, 0, 0]
        status_until(slow, lambda told: told["counts"]["done"])
        for process in painters(run):
            process.suspend()  # or it might be done before the programs are
        painted = status(slow)["counts"]["done"]
        assert 1 <= painted < 4
        assert program(slow, "collect_losses", "--partial") == f"{painted} of 4 pictures: results/partial\n"
        program(slow, "contact_sheet", "--partial")
        for process in painters(run):
            process.resume()
        assert not (slow.results / "losses.csv").exists()
        rest = run.stdout.read()
    assert run.returncode == 0, rest
    last = status(slow)
    assert [last["counts"][state] for state in STATES] == [4, 0, 0, 0, 0, 0]
    assert (last["left"]["seconds"], last["finished_at"]) == (0, None)
    assert slow.outcomes() == ["finished"] * 4
    assert not heartbeats(slow)
    assert slow.would_run() == {}
    with (slow.results / "partial" / "losses.csv").open() as file:
        outcomes = [row["outcome"] for row in csv.DictReader(file)]
    assert sorted(outcomes) == ["finished"] * painted + ["missing"] * (4 - painted)


@pytest.mark.slow
def test_a_partial_collection_leaves_the_whole_one_to_be_made(slow):
    slow.write_config(stylize={**SLOW, "steps": 2})
    slow.run("--until", "publish")
    program(slow, "collect_losses", "--partial")
    program(slow, "contact_sheet", "--partial")
    with (slow.results / "partial" / "losses.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == ["finished"] * 4
    assert all((slow.results / "partial" / row["picture"]).is_file() for row in rows)
    assert {"collect_losses", "contact_sheet"} <= set(slow.would_run())
    assert len(slow.would_run()["contact_sheet"]) == 5
    slow.run()
    whole, part = (folder / "sheets" / "overview.png" for folder in (slow.results, slow.results / "partial"))
    assert whole.read_bytes() == part.read_bytes()


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_a_painting_that_has_stopped(slow):
    with slow.begin() as run:
        wait_for(run, "rule paint_chunk")
        status_until(slow, lambda told: told["running"] and told["running"][0]["step"])
        chunk = painters(run)
        os.kill(run.pid, signal.SIGKILL)  # so nothing is cleared up
        for process in chunk:
            process.kill()
        psutil.wait_procs(chunk)
    told = status_until(slow, lambda told: told["counts"]["stopped"], seconds=10)
    assert (told["counts"]["stopped"], told["running"], told["finished_at"]) == (1, [], None)
    assert len(heartbeats(slow)) == 1
    slow.write_config(stylize={**SLOW, "steps": 2}, painting={"chunk": 16})
    slow.run("--unlock")
    slow.run("--rerun-incomplete")
    assert status(slow)["counts"]["done"] == 4
    assert not heartbeats(slow)
