"""A painting that is killed goes on where it was, in a process of its own."""

import signal
import subprocess
import sys

import pytest
from conftest import REPOSITORY, save_picture

STEPS = 300


def command(folder, output, cache, weights_file, *flags):
    return [
        *(sys.executable, str(REPOSITORY / "scripts" / "stylize.py")),
        *("--content", str(folder / "a.png"), "--style", str(folder / "b.png"), "--weights", str(weights_file)),
        *("--size", "32", "--steps", str(STEPS), "--coarsest", "0", "--checkpoint-seconds", "0", "--threads", "1"),
        *(
            "--output",
            str(output),
            "--cache",
            str(cache),
            "--content-layers",
            "relu1_1",
            "--style-layers",
            "relu1_1",
            *flags,
        ),
    ]


def kill_at(step, arguments):
    """Run a command and kill it as soon as its progress says that it has passed a step."""
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step ") and int(line.split()[1].split("/")[0]) >= step:
            process.send_signal(signal.SIGKILL)
            break
    process.stderr.close()
    assert process.wait() == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "flags"),
    [
        (200, ("--optimizer", "adam", "--learning-rate", "0.002", "--average", "0.99")),
        (200, ("--optimizer", "sgd", "--learning-rate", "0.002", "--average", "0.99")),
        (50, ("--optimizer", "lbfgs")),  # which is done after 72
    ],
    ids=["adam", "sgd", "lbfgs"],
)
def test_killed_on_its_way_it_ends_with_the_same_picture(tmp_path, weights_file, step, flags):
    save_picture(tmp_path / "a.png", 32, 24, 1)
    save_picture(tmp_path / "b.png", 24, 32, 2)
    whole, resumed = tmp_path / "whole.png", tmp_path / "resumed.png"
    subprocess.run(command(tmp_path, whole, tmp_path / "one", weights_file, *flags), check=True, capture_output=True)
    arguments = command(tmp_path, resumed, tmp_path / "two", weights_file, *flags)
    kill_at(step, arguments)
    assert not resumed.exists()
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    steps = [int(line.split()[1].split("/")[0]) for line in done.stderr.splitlines() if line.startswith("step ")]
    assert step - 10 <= steps[0] <= STEPS  # it didn't begin again
    assert resumed.read_bytes() == whole.read_bytes()
    assert not list((tmp_path / "two").rglob("*.checkpoint.npz"))
