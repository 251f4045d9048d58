"""Signs of life: written seldom and cheaply, read at any time, and told from those of who is gone."""

import json
import math
import os
import platform
import subprocess
import sys

import pytest

from stylegrid import files
from stylegrid.painting import heartbeat
from stylegrid.painting.heartbeat import EVERY, PATIENCE, Heartbeat, HeartbeatWriter, heartbeat_path, read_heartbeats

NAME = "cat/night/sw0.5"


class Clock:
    """Tells the time that it is set to."""

    def __init__(self, now=1000.0):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def path(tmp_path):
    return heartbeat_path(tmp_path / "chunks" / "01-1", NAME)


def alive(**changes):
    """Return the heartbeat of this process, at second 1000."""
    values = {"step": 3, "steps": 9, "started": 990, "updated": 1000, "host": platform.node(), "pid": os.getpid()}
    return Heartbeat(**{**values, **changes})


@pytest.fixture
def gone():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_painting_is_there_before_its_first_step(path, clock):
    HeartbeatWriter(path, 180, clock)
    assert path.name == "sw0.5.progress.json"
    assert json.loads(path.read_text()) == {
        "step": 0,
        "steps": 180,
        "started": 1000,
        "updated": 1000,
        "pause": 0,
        "host": platform.node(),
        "pid": os.getpid(),
        "losses": {},
    }


def test_losses_of_a_step_are_told_and_no_number_that_json_has_not(path, clock):
    pulse = HeartbeatWriter(path, 180, clock)
    clock.now = 1002
    pulse.beat(1, {"content": 0.5, "style": math.nan, "total": math.inf})
    told = read_heartbeats(path.parents[3])[NAME]
    assert told.losses == {"content": 0.5, "style": None, "total": None}


def test_steps_are_written_at_most_once_a_second_with_the_longest_pause(path, clock):
    pulse, seen = HeartbeatWriter(path, 180, clock), []
    for clock.now, step in ((1000.9, 1), (1001.0, 2), (1001.9, 3), (1004, 4), (1005, 5)):
        pulse.beat(step)
        told = json.loads(path.read_text())
        seen.append((told["step"], told["updated"], told["pause"]))
    assert EVERY == 1
    assert seen == [
        (0, 1000, 0),
        (2, 1001, pytest.approx(0.9)),
        (2, 1001, pytest.approx(0.9)),
        (4, 1004, pytest.approx(2.1)),
        (5, 1005, pytest.approx(2.1)),
    ]


def test_a_heartbeat_is_written_whole_and_without_waiting_for_the_disk(path, clock, monkeypatch):
    monkeypatch.setattr(files.os, "fsync", lambda *_: pytest.fail("waits for the disk"))
    pulse = HeartbeatWriter(path, 180, clock)
    before = path.stat().st_ino
    clock.now += 2
    pulse.beat(1)
    assert path.stat().st_ino != before  # another file, renamed
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_end_removes_it_twice_if_need_be(path, clock):
    pulse = HeartbeatWriter(path, 180, clock)
    pulse.end()
    assert not path.exists()
    pulse.end()


def test_a_painting_goes_on_where_its_heartbeat_cannot_be_written(tmp_path, clock):
    (tmp_path / "chunk").write_text("a file where the folder should be")
    pulse = HeartbeatWriter(tmp_path / "chunk" / "a.progress.json", 180, clock)
    clock.now += 2
    pulse.beat(1)


def test_heartbeats_are_read_by_the_names_of_their_combinations(path, tmp_path, clock):
    HeartbeatWriter(path, 180, clock)
    HeartbeatWriter(heartbeat_path(tmp_path / "chunks" / "all", "dog/wave/default"), 7, clock)
    path.with_name("sw0.5.json").write_text("{}")
    found = read_heartbeats(tmp_path / "chunks")
    assert {name: one.steps for name, one in found.items()} == {NAME: 180, "dog/wave/default": 7}


def test_of_two_heartbeats_the_newer_counts(path, tmp_path, clock):
    other = heartbeat_path(tmp_path / "chunks" / "all", NAME)
    for newer, older in ((path, other), (other, path)):
        HeartbeatWriter(older, 1, Clock(1000))
        HeartbeatWriter(newer, 2, Clock(2000))
        assert read_heartbeats(tmp_path / "chunks")[NAME].steps == 2


@pytest.mark.parametrize("contents", ["", "{", '{"step": 1}', "[]"])
def test_what_is_no_heartbeat_is_passed_over(path, tmp_path, contents):
    path.parent.mkdir(parents=True)
    path.write_text(contents)
    assert read_heartbeats(tmp_path / "chunks") == {}


def test_without_chunks_there_are_none(tmp_path):
    assert read_heartbeats(tmp_path / "chunks") == {}


def test_a_heartbeat_that_vanishes_while_it_is_read_is_none(path, tmp_path, clock, monkeypatch):
    HeartbeatWriter(path, 180, clock)
    walk = os.walk

    def walk_and_remove(folder):
        for found in walk(folder):
            path.unlink(missing_ok=True)
            yield found

    monkeypatch.setattr(heartbeat.os, "walk", walk_and_remove)
    assert read_heartbeats(tmp_path / "chunks") == {}


@pytest.mark.parametrize(
    ("changes", "after", "stopped"),
    [
        ({}, PATIENCE, False),
        ({}, PATIENCE + 1, True),
        ({"host": "elsewhere", "pid": 2**22 + 1}, PATIENCE, False),  # its processes can't be seen from here
        ({"host": "elsewhere"}, PATIENCE + 1, True),
        ({"pause": 100}, 300, False),
        ({"pause": 100}, 301, True),
        ({"pid": 1}, 0, False),  # another user's, perhaps
    ],
)
def test_who_is_not_heard_of_for_two_minutes_has_stopped(changes, after, stopped):
    assert PATIENCE == 120
    assert alive(**changes).has_stopped(1000 + after) == stopped


def test_who_is_gone_from_this_host_has_stopped_at_once(gone):
    assert alive(pid=gone).has_stopped(1000)
    assert not alive(pid=gone, host="elsewhere").has_stopped(1000)
