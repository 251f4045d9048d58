"""The status of a gallery: each combination's state, and what is left of the work."""

import json
import os
import platform
import shutil
import time
from pathlib import Path

import pytest
from conftest import make_job, make_record, save_picture

import status as program
from stylegrid import files
from stylegrid.painting.heartbeat import Heartbeat, heartbeat_path
from stylegrid.plan.forecast import Calibration, cost
from stylegrid.plan.plan_contents import PlannedRow, TableFile
from stylegrid.plan.plan_files import job_path, table_path
from stylegrid.runs.status import read_status
from stylegrid.store.cache import Cache, Painted
from stylegrid.store.layout import Layout, failure_path, picture_path, record_path
from stylegrid.store.record import failed

NOW = 10_000.0
BACKBONE = "sha of backbone"
# Every photograph is 400x200: 10 steps of a fiftieth of a megapixel are 0.2 of effort.
FAST = {"size": 200, "steps": 10, "coarsest": 0}


class Planned:
    """A results folder whose plan has combinations by their variants, in states of one's choice."""

    def __init__(self, folder, variants="abcdef", **settings):
        self.folder = folder / "results"
        photograph = save_picture(folder / "cat.png", 400, 200)
        self.jobs = {}
        for number, variant in enumerate(variants):
            job = make_job(variant=variant, **{**FAST, "style_weight": number + 1, **settings})
            content = job.content.model_copy(update={"path": str(photograph)})
            self.jobs[variant] = job.model_copy(update={"content": content})
        for job in self.jobs.values():
            files.write_text(job_path(self.folder, job.name), job.to_json())
        entries = tuple(PlannedRow(name=job.name, title="", notes="") for job in self.jobs.values())
        files.write_text(table_path(self.folder), TableFile(entries=entries).model_dump_json())
        chosen = {"name": "untrained", "path": "w.h5", "sha256": BACKBONE}
        files.write_text(self.folder / "backbone.json", json.dumps(chosen))

    def publish(self, variant, **changes):
        job = self.jobs[variant]
        picture = picture_path(self.folder, job)
        files.write_bytes(picture, b"png")
        record = make_record(job, **{"width": 200, "height": 100, "steps": 10, "seconds": 40.0, **changes})
        files.write_text(record_path(picture), record.to_json())

    def paint(self, variant):
        job = self.jobs[variant]
        Cache(self.folder / "cache").put(job.key(BACKBONE), Painted(b"tiff", make_record(job)))

    def begin(self, variant, step=5, ago=3.0, chunk="all", **changes):
        own = {"host": platform.node(), "pid": os.getpid(), "started": NOW - 100, "updated": NOW - ago}
        heartbeat = Heartbeat(step=step, steps=10, **{**own, **changes})
        files.write_text(
            heartbeat_path(self.folder / "chunks" / chunk, self.jobs[variant].name), heartbeat.model_dump_json()
        )

    def fail(self, variant, message="cat.png: is gone", seconds=0.0):
        path = failure_path(picture_path(self.folder, self.jobs[variant]))
        files.write_text(path, failed(self.jobs[variant], message).to_json())
        os.utime(path, (time.time() + seconds,) * 2)

    def stock(self, **options):
        return read_status(self.folder, NOW, **options)

    def states(self):
        return {state: count for state, count in self.stock().counts.items() if count}


@pytest.fixture
def planned(tmp_path):
    return Planned(tmp_path)


def test_every_combination_is_in_one_state(planned):
    planned.publish("a")
    planned.paint("b")
    planned.begin("c")
    planned.begin("d", ago=121)
    planned.fail("e")
    told = planned.stock()
    assert told.combinations == 6
    assert told.counts == dict.fromkeys(("done", "painted", "running", "stopped", "failed", "missing"), 1)
    (running,), (stopped,), (failure,) = told.running, told.stopped, told.failed
    assert (running.name, running.step, running.steps, running.seconds_since_step) == ("cat/night/c", 5, 10, 3)
    assert (stopped.name, stopped.seconds_since_step) == ("cat/night/d", 121)
    assert (failure.name, failure.message) == ("cat/night/e", "cat.png: is gone")


def test_a_new_plan_is_all_missing(planned):
    (planned.folder / "backbone.json").unlink()
    assert planned.states() == {"missing": 6}


def test_a_picture_of_other_settings_or_weights_is_not_done(planned, tmp_path):
    planned.publish("a")
    planned.publish("b", backbone={"name": "file", "sha256": "another"})
    planned.publish("c", recipe=0)
    assert planned.states() == {"done": 1, "missing": 5}


def test_what_is_published_is_done_whatever_else_there_is(planned):
    planned.publish("a")
    planned.paint("a")
    planned.begin("a")
    planned.fail("a")
    assert planned.states() == {"done": 1, "missing": 5}


def test_what_is_being_painted_again_is_running(planned):
    planned.paint("a")
    planned.fail("b")
    for variant in "ab":
        planned.begin(variant)
    assert planned.states() == {"running": 2, "missing": 4}


def test_what_was_painted_before_its_process_was_killed_is_painted(planned):
    planned.paint("a")
    planned.begin("a", ago=1000)
    assert planned.states() == {"painted": 1, "missing": 5}


@pytest.mark.parametrize(("seconds", "state"), [(-60, "painted"), (60, "failed")])
def test_of_a_painting_and_a_failure_the_newer_counts(planned, seconds, state):
    planned.paint("a")
    planned.fail("a", seconds=seconds)
    assert planned.states() == {state: 1, "missing": 5}


def test_a_record_that_cannot_be_read_is_a_failure(planned):
    planned.publish("a")
    planned.paint("a")
    record_path(picture_path(planned.folder, planned.jobs["a"])).write_text("{")
    assert planned.states() == {"failed": 1, "missing": 5}
    assert "is not a record" in planned.stock().failed[0].message


def test_a_painting_without_its_record_is_not_painted(planned):
    planned.paint("a")
    next((planned.folder / "cache").rglob("*.json")).unlink()
    assert planned.states() == {"missing": 6}


# What is left: a picture's effort is 0.2


def test_time_left_is_by_the_speed_of_pictures_that_are_done(planned):
    planned.publish("a", seconds=30.0)
    planned.publish("b", seconds=50.0)
    assert planned.stock().left.model_dump() == {"seconds": pytest.approx(4 * 40), "basis": "pictures", "at_once": 0}


def test_steps_that_were_not_needed_took_no_time(planned):
    planned.publish("a", steps=5, seconds=20.0, outcome="converged")
    assert planned.stock().left.seconds == pytest.approx(5 * 40)


def test_steps_count_by_their_pixels(tmp_path):
    planned = Planned(tmp_path, "ab", schedule="100:5 + 200:5")
    planned.publish("a", seconds=50.0)
    planned.begin("b", step=5)  # 5 of 0.005 are done, 5 of 0.02 are left
    assert planned.stock().left.seconds == pytest.approx(40)


def test_what_is_begun_has_less_left_and_several_at_once_are_faster(planned):
    planned.publish("a")
    planned.begin("b", step=5)
    planned.begin("c", step=0)
    planned.begin("d", step=10)
    planned.begin("e", step=5, ago=1000)  # stopped
    left = planned.stock().left
    assert left.seconds == pytest.approx((20 + 40 + 0 + 20 + 40) / 3)
    assert left.at_once == 3


def test_what_is_painted_or_failed_or_cannot_be_read_takes_no_time(planned):
    planned.publish("a")
    for variant in "bcd":
        planned.paint(variant)
    planned.fail("e")
    job = planned.jobs["f"]
    gone = job.model_copy(update={"content": job.content.model_copy(update={"path": "gone.png"})})
    files.write_text(job_path(planned.folder, job.name), gone.to_json())
    assert planned.stock().left.seconds == 0


CALIBRATION = Calibration(
    device="CPU",
    precision="float32",
    measured="today",
    start=5,
    per_picture=1,
    rates={"float32": {"per_step": 0.5, "per_operation": 0, "per_value": 0, "per_root": 0}},
    memory_mb=1,
    memory_per_value=1,
)


def test_before_the_first_picture_the_calibration_tells(planned, tmp_path):
    path = tmp_path / "calibration.json"
    path.write_text(CALIBRATION.model_dump_json())
    one = cost(planned.jobs["a"].settings, (400, 200), CALIBRATION).seconds
    assert one == pytest.approx(1 + 11 * 0.5)
    assert planned.stock(calibration=path).left.model_dump() == {
        "seconds": pytest.approx(6 * one),
        "basis": "calibration",
        "at_once": 0,
    }
    planned.begin("a", step=5)
    planned.begin("b", step=0)
    assert planned.stock(calibration=path).left.seconds == pytest.approx(5.5 * one / 2)
    planned.publish("c")
    assert planned.stock(calibration=path).left.basis == "pictures"


def test_without_either_nothing_is_known(planned):
    assert planned.stock().left.model_dump() == {"seconds": None, "basis": "nothing", "at_once": 0}


def test_pictures_of_no_steps_tell_no_speed(tmp_path):
    planned = Planned(tmp_path, "ab", steps=0)
    planned.publish("a", steps=0)
    assert planned.stock().left.basis == "nothing"


# The program


def run(planned, capsys, *flags):
    assert program.main(["--results", str(planned.folder), *flags]) == 0
    return capsys.readouterr().out


@pytest.fixture
def today(monkeypatch):
    """The program's clock stands at five past two in the afternoon, local time."""
    moment = time.mktime((2024, 5, 6, 14, 5, 0, 0, 0, -1))
    monkeypatch.setattr(program.time, "time", lambda: moment)
    return moment


def test_the_program_tells_counts_names_and_when(planned, capsys, today):
    planned.publish("a", seconds=40.2)
    planned.begin("c", updated=today - 3, host="node7")
    planned.begin("d", updated=today - 500, host="node8")
    planned.fail("e")
    assert run(planned, capsys) == (
        "1 of 6 pictures are painted\n"
        "  painted          1\n"
        "  now painting     1\n"
        "  stopped          1  begun by a process that has ended; the next run goes on with them\n"
        "  failed           1  could not be painted\n"
        "  to do            2\n"
        "now painting:\n"
        "  cat/night/c  step 5 of 10, 3 s ago, on node7\n"
        "stopped:\n"
        "  cat/night/d  step 5 of 10, 8 min 20 s ago, on node8\n"
        "failed:\n"
        "  cat/night/e  cat.png: is gone\n"
        "time left: 2 min 1 s, until 14:07 (by the speed of the pictures that are painted, 1 at once)\n"
    )


def test_the_program_tells_the_same_as_json(planned, capsys, today):
    planned.publish("a")
    planned.begin("c", updated=today - 3, host="node7")
    told = json.loads(run(planned, capsys, "--json"))
    assert told["counts"] == {"done": 1, "painted": 0, "running": 1, "stopped": 0, "failed": 0, "missing": 4}
    running = {"name": "cat/night/c", "step": 5, "steps": 10, "seconds_since_step": 3.0, "host": "node7"}
    assert (told["running"], told["failed"]) == ([running], [])
    assert told["left"] == {"seconds": pytest.approx(180), "basis": "pictures", "at_once": 1}
    assert told["finished_at"].startswith("2024-05-06T14:08:00")


def test_another_day_is_told_with_its_date(planned, capsys, today):
    planned.publish("a", seconds=86400.0)
    planned.begin("c", step=0, updated=today)
    assert "time left: 120 h 0 min, until 2024-05-11 14:05 (" in run(planned, capsys)


@pytest.mark.parametrize(
    ("prepare", "line"),
    [
        (lambda planned: None, "unknown yet; no picture is painted, and make plan has not measured this machine"),
        (lambda planned: planned.publish("a"), "3 min 20 s of painting, one after another, once a run goes on ("),
        (lambda planned: [planned.publish(name) for name in "abcdef"], "nothing is left to be painted\n"),
        (
            lambda planned: [planned.publish(name) for name in "abcde"] + [planned.fail("f")],
            "nothing is left to be painted, but what failed\n",
        ),
    ],
)
def test_the_program_says_when_it_cannot_tell_the_time(planned, capsys, prepare, line):
    prepare(planned)
    assert line in run(planned, capsys)


def test_long_lists_are_cut_short_but_not_in_json(tmp_path, capsys):
    planned = Planned(tmp_path, "abcdefghijklmnopqrstuvwxyz")
    for variant in planned.jobs:
        planned.fail(variant)
    assert "  and 6 more; --json names them all\n" in run(planned, capsys)
    assert len(json.loads(run(planned, capsys, "--json"))["failed"]) == 26


def test_without_a_plan_there_is_one_line(tmp_path, capsys):
    assert program.main(["--results", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"error: {tmp_path / 'plan' / 'table.json'}: no such file; run snakemake")


@pytest.mark.parametrize(("age", "told"), [(100.0, "as planned"), (-100.0, "saved since")])
def test_a_spreadsheet_that_was_saved_after_the_last_run_began_is_told(planned, age, told):
    manifest, lock = planned.folder.parent / "m.csv", Layout(planned.folder).lock
    for path in (manifest, lock):
        files.write_text(path, "")
    os.utime(manifest, (lock.stat().st_mtime - age,) * 2)
    status = planned.stock(manifest=manifest)
    assert status.spreadsheet == told
    assert list(program.describe(status, NOW))[-1].startswith("the spreadsheet was saved") == (told == "saved since")


def test_a_spreadsheet_that_is_gone_or_unknown_is_not_told(planned):
    files.write_text(Layout(planned.folder).lock, "")
    assert planned.stock(manifest=planned.folder / "gone.csv").spreadsheet == "unknown"
    assert planned.stock().spreadsheet == "unknown"


def test_nothing_is_written(planned, capsys):
    for variant, act in zip("abc", (planned.publish, planned.paint, planned.begin), strict=True):
        act(variant)

    def found():
        return {path: path.stat().st_mtime_ns for path in Path(planned.folder.parent).rglob("*")}

    before = found()
    run(planned, capsys)
    assert found() == before


def test_folders_that_vanish_cost_nothing(planned):
    planned.begin("a", chunk="0-1")
    shutil.rmtree(planned.folder / "chunks")
    assert planned.states() == {"missing": 6}
