"""One run at a time: real processes that hold a folder, and are killed."""

import errno
import fcntl
import time

import pytest
from conftest import held_by_another

from stylegrid.errors import ClusterError, RecordError
from stylegrid.runs import lock


@pytest.fixture
def results(tmp_path):
    yield tmp_path / "results"
    lock.release(tmp_path / "results")


def test_a_folder_is_held_by_one_process_until_it_is_killed(results):
    with held_by_another(results) as other:
        since = r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
        told = rf"results: a run is already painting here \(process {other.pid} on \S+ {since}\)\. .*`kill {other.pid}`"
        with pytest.raises(ClusterError, match=told):
            lock.hold(results, patience=0)
        other.kill()
        other.wait()
        lock.hold(results, patience=0)


def test_a_folder_that_is_let_go_of_meanwhile_is_waited_for(results):
    with held_by_another(results) as other:
        began = time.monotonic()
        with pytest.raises(ClusterError):
            lock.hold(results, patience=0.3)
        assert time.monotonic() - began >= 0.3
        other.stdin.close()  # which ends it, in a moment
        lock.hold(results, patience=10)


def test_holding_twice_is_holding_and_letting_go_lets_others_in(results):
    lock.hold(results)
    lock.hold(results)
    lock.hold(results.parent / "results" / ".." / "results")
    lock.release(results)
    lock.release(results)
    with held_by_another(results):
        pass


def test_what_it_says_of_the_holder_is_of_this_one(results):
    results.mkdir()
    (results / "run.lock").write_text("process 12345678901234567890 on a machine with a long name\n")
    with held_by_another(results) as other:
        assert (results / "run.lock").read_text().startswith(f"process {other.pid} on ")
        assert "long name" not in (results / "run.lock").read_text()


def test_a_folder_that_cannot_be_written_is_said(results):
    results.write_text("a file")
    with pytest.raises(RecordError, match=r"results/run\.lock: cannot be written \(File exists\); check"):
        lock.hold(results)


def test_a_file_system_without_locks_is_told_and_used(results, monkeypatch, caplog):
    def flock(descriptor, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    lock.hold(results)
    assert "keeps no locks (No locks available)" in caplog.text
