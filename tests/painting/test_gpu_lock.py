"""Holding GPUs: fake ones, by the names that CUDA_VISIBLE_DEVICES lists, and processes that are really there."""

import os
import select
import subprocess
import sys
import tempfile
import time

import pytest
from conftest import REPOSITORY

from stylegrid.errors import DeviceError
from stylegrid.painting import gpu_lock

real_folder = gpu_lock._folder  # conftest gives this process another one
GPUS = "from stylegrid.painting import gpu_lock as gpus; "
HOLD = "import sys; " + GPUS + "print(gpus.claim(), flush=True); sys.stdin.read()"
TWICE = "import os; " + GPUS + "print(gpus.claim(), gpus.claim(), os.environ[gpus.VISIBLE])"
NOTHING = "import os; " + GPUS + "print(gpus.claim(), os.environ.get(gpus.VISIBLE))"


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a Python process with locks of this test's own."""
    processes = []
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", gpu_lock.VISIBLE))}

    def begin(visible, program=HOLD, flags=(), **environment):
        shown = {} if visible is None else {gpu_lock.VISIBLE: visible}
        path = {"PYTHONPATH": str(REPOSITORY / "scripts"), "TMPDIR": str(tmp_path)}
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        command = [sys.executable, *flags, "-c", program]
        process = subprocess.Popen(command, env={**plain, **path, **shown, **environment}, text=True, **pipes)
        processes.append(process)
        return process

    yield begin
    for process in processes:
        process.kill()
        process.communicate()


def held(process):
    """Return the GPU that a process says it holds, once it does."""
    return line_of(process.stdout).strip()


def line_of(stream):
    """Return the next line of a process, which has to come soon."""
    assert speaks(stream, 30), "waited in vain"
    return stream.readline()


def speaks(stream, seconds):
    """Return whether a process says something in so many seconds."""
    return bool(select.select([stream], [], [], seconds)[0])


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("0,1", ("0", "1")),
        (" 3 , 1 ", ("3", "1")),
        ("GPU-8932f937,MIG-GPU-1/0/1", ("GPU-8932f937", "MIG-GPU-1/0/1")),
        ("0,0,1", ("0", "1")),
        ("0,-1,1", ("0",)),
        ("2,,1", ("2",)),
        ("-1", ()),
        ("", ()),
    ],
)
def test_gpus_are_those_that_cuda_would_see(monkeypatch, given, names):
    monkeypatch.setenv(gpu_lock.VISIBLE, given)
    assert gpu_lock.devices() == names


@pytest.mark.parametrize("count", [0, 1, 3])
def test_without_a_choice_gpus_are_those_of_the_driver(monkeypatch, tmp_path, count):
    for number in range(count):
        (tmp_path / "gpus" / f"0000:0{number}:00.0").mkdir(parents=True)
    monkeypatch.setattr(gpu_lock, "DRIVER", tmp_path / "gpus")
    monkeypatch.delenv(gpu_lock.VISIBLE, raising=False)
    assert gpu_lock.devices() == ("0", "1", "2")[:count]
    monkeypatch.setenv(gpu_lock.VISIBLE, "7")
    assert gpu_lock.devices() == ("7",)


@pytest.mark.parametrize("flags", [(), ("-O",)], ids=["plain", "optimised"])
def test_each_process_holds_another_gpu_and_one_that_is_killed_lets_go_of_its(start, flags):
    first, second = start("0,1", flags=flags), start("0,1", flags=flags)
    names = held(first), held(second)
    assert set(names) == {"0", "1"}
    third = start("0,1", flags=flags)
    assert line_of(third.stderr) == "waiting for a GPU: all of 0, 1 are in use\n"
    assert not speaks(third.stdout, 4 * gpu_lock.SECONDS)
    second.kill()
    assert held(third) == names[1]
    fourth = start("0,1")
    assert "waiting" in line_of(fourth.stderr)
    first.communicate(timeout=30)  # ends by itself
    assert held(fourth) == names[0]


def test_a_process_is_given_only_what_it_may_choose(start):
    assert held(start("0,1")) == "0"
    assert held(start("1,0")) == "1"
    assert held(start("2")) == "2"


def test_a_gpu_is_held_once_and_the_only_one_that_cuda_sees(start):
    assert start("5,6", TWICE).communicate(timeout=30)[0] == "5 5 5\n"


@pytest.mark.parametrize("visible", ["", "-1"])
def test_without_gpus_nothing_is_held_nor_changed(start, tmp_path, visible):
    assert start(visible, NOTHING).communicate(timeout=30) == (f"None {visible}\n", "")
    assert list(tmp_path.iterdir()) == []


def test_a_gpu_that_slurm_gave_may_have_the_name_of_another_jobs(start, tmp_path):
    assert [held(start("0", SLURM_JOB_ID=job)) for job in ("7", "8", "8")] == ["0"] * 3
    assert list(tmp_path.iterdir()) == []
    assert held(start("0")) == "0"


def test_processes_of_one_task_share_out_the_gpus_that_slurm_gave_it(start):
    task = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_PROCID": "0"}
    assert {held(start("0,1", **task)), held(start("0,1", **task))} == {"0", "1"}
    assert "waiting" in line_of(start("0,1", **task).stderr)
    for other in ({"SLURM_JOB_ID": "8"}, {"SLURM_STEP_ID": "1"}, {"SLURM_PROCID": "1"}):
        assert held(start("0,1", **{**task, **other})) == "0"


def test_a_slurm_job_that_was_given_none_goes_by_the_machines_locks(monkeypatch):
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.delenv(gpu_lock.VISIBLE, raising=False)
    assert gpu_lock._scope() == ""
    monkeypatch.setenv(gpu_lock.VISIBLE, "0,1")
    assert gpu_lock._scope().startswith("slurm-7-")


def test_a_lock_that_is_taken_is_new_to_what_clears_away_old_files(start, tmp_path):
    start("0").communicate(timeout=30)
    (lock,) = tmp_path.glob("*/*.lock")
    os.utime(lock, (0, 0))
    assert held(start("0")) == "0"
    assert time.time() - lock.stat().st_mtime < 60
    os.utime(lock, (0, 0))
    assert "waiting" in line_of(start("0").stderr)
    assert lock.stat().st_mtime == 0  # who only looks doesn't renew it


def _is_a_file(folder):
    folder.touch()


def _is_open_to_all(folder):
    folder.mkdir()
    folder.chmod(0o777)


def _is_elsewhere(folder):
    folder.with_name("elsewhere").mkdir(mode=0o700)
    folder.symlink_to("elsewhere")


def _has_a_folder_for_a_lock(folder):
    (folder / "0.lock").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_is_a_file, "cannot be made (File exists)"),
        (_is_open_to_all, "is not a folder that only you can write to; remove it, or set TMPDIR"),
        (_is_elsewhere, "is not a folder that only you can write to; remove it, or set TMPDIR"),
        (_has_a_folder_for_a_lock, "cannot be locked (Is a directory); GPUs are held by it; set TMPDIR"),
    ],
)
def test_where_no_lock_can_be_kept_is_an_error(start, tmp_path, spoil, message):
    spoil(tmp_path / f"stylegrid-gpus-{os.getuid()}")
    said = start("0").communicate(timeout=30)[1].splitlines()[-1]
    assert said.startswith(f"stylegrid.errors.DeviceError: {tmp_path}")
    assert message in said


def test_a_folder_of_another_users_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    real_folder()
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    (tmp_path / "stylegrid-gpus-12345").mkdir(mode=0o700)
    with pytest.raises(DeviceError, match="only you can write to"):
        real_folder()


@pytest.mark.parametrize(
    ("executor", "limit", "found", "words"),
    [
        ("local", 0, 0, "Painting on the CPU, one picture at a time."),
        ("local", 1, 0, "Painting on the CPU, one picture at a time."),
        ("local", 2, 0, "Painting on the CPU, 2 pictures at a time."),
        ("local", 4, 1, "Painting on the GPU, one picture at a time."),
        ("local", 0, 2, "Painting on 1 of 2 GPUs, one picture at a time."),
        ("local", 2, 4, "Painting on 2 of 4 GPUs, 2 pictures at a time."),
        ("local", 4, 2, "Painting on 2 of 2 GPUs, 2 pictures at a time."),
        ("slurm", 0, 0, "Painting through slurm."),
        ("slurm", 8, 0, "Painting through slurm, 8 pictures at a time."),
    ],
)
def test_a_run_in_words(executor, limit, found, words):
    assert gpu_lock.describe(executor, limit, found) == words
