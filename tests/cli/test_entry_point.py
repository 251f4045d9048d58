"""What programs share: faults become lines and an exit code, steps become a few lines of progress."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import REPOSITORY

from stylegrid.cli.entry_point import (
    READER_GONE,
    REPORTS,
    entry_point,
    spell_about,
    spell_duration,
    step_printer,
)
from stylegrid.errors import ConfigError
from stylegrid.method.evaluation import Step
from stylegrid.method.objective import Losses


def step(number):
    return Step(number, 64, Losses(0.5, 2.0, 1 / 3, 1e7))


def steps_shown(capsys):
    return [int(line.split("step ")[1].split("/")[0]) for line in capsys.readouterr().err.splitlines()]


def test_each_fault_is_a_line_and_the_exit_code_is_1(capsys):
    @entry_point
    def main(argv=None):
        """Say what is wrong."""
        raise ConfigError("\n".join(argv))

    assert main(["one", "two"]) == 1
    assert capsys.readouterr().err == "error: one\nerror: two\n"
    assert main.__doc__ == "Say what is wrong."


def test_without_a_fault_the_exit_code_is_0_and_surprises_are_raised():
    assert entry_point(lambda argv=None: None)() == 0
    with pytest.raises(ZeroDivisionError):
        entry_point(lambda argv=None: 1 / 0)()


def test_ctrl_c_is_a_word_and_the_exit_code_130(capsys):
    @entry_point
    def main(argv=None):
        raise KeyboardInterrupt

    assert main() == 130
    assert capsys.readouterr().err == "interrupted\n"


PRINTS = """
import sys
from stylegrid.cli.entry_point import entry_point
from stylegrid.errors import ConfigError

@entry_point
def main(argv):
    print("a line")
    if argv:
        raise ConfigError(argv[0])

sys.exit(main(sys.argv[1:]))
"""
FULL = Path("/dev/full")
OF_PLAN = (str(REPOSITORY / "scripts" / "plan.py"), "--help")
PROGRAMS = {"a line": ("-c", PRINTS), "faults too": ("-c", PRINTS, "a fault"), "argparse": OF_PLAN}


@contextmanager
def without_reader():
    """Yield the end for writing of a pipe that nobody reads any more."""
    there, here = os.pipe()
    os.close(there)
    with os.fdopen(here, "wb") as pipe:
        yield pipe


def run(words, buffered, **streams):
    """Run a real Python, whose output goes out at once or at its end."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts"), "PYTHONUNBUFFERED": "" if buffered else "1"}
    return subprocess.run([sys.executable, *words], env=environment, **streams)


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize("words", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_whose_reader_has_gone_ends_quietly(words, buffered):
    with without_reader() as pipe:
        done = run(words, buffered, stdout=pipe, stderr=subprocess.PIPE, text=True)
    swallowed = words == OF_PLAN and not buffered  # by argparse itself
    assert done.returncode == (0 if swallowed else READER_GONE)
    assert done.stderr in ("", "error: a fault\n")


@pytest.mark.parametrize("buffered", [True, False])
def test_without_a_reader_of_its_faults_it_is_quiet_too(buffered):
    with without_reader() as pipe:
        assert run(PROGRAMS["faults too"], buffered, stdout=pipe, stderr=pipe).returncode == READER_GONE


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("buffered", [True, False])
def test_a_full_disk_under_the_output_is_a_sentence(buffered):
    with FULL.open("wb") as full:
        done = run(PROGRAMS["a line"], buffered, stdout=full, stderr=subprocess.PIPE, text=True)
        assert run(PROGRAMS["a line"], buffered, stdout=full, stderr=full).returncode == 1
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("error: ") and "No space left on device" in done.stderr and "room" in done.stderr


def test_a_program_without_any_output_runs():
    command = f"{sys.executable} -c '{PRINTS}' >&-"
    assert (
        subprocess.run(command, shell=True, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "scripts")}).returncode
        == 0
    )


def test_other_faults_of_the_system_are_surprises():
    def main(argv=None):
        raise OSError(28, "No space left on device", "a file of its own")

    with pytest.raises(OSError, match="a file of its own"):
        entry_point(main)()


def test_a_step_is_shown_with_its_losses_and_a_name(capsys):
    step_printer(5)(step(0))
    step_printer(5, "cat/night: ")(step(5))
    losses = "64 px: content 0.5  style 2  tv 0.3333  total 1e+07"
    assert capsys.readouterr().err == f"step 0/5, {losses}\ncat/night: step 5/5, {losses}\n"


@pytest.mark.parametrize("steps", [0, 1, 5, 100, 1000])
def test_a_dozen_lines_tell_of_any_number_of_steps(capsys, steps):
    report = step_printer(steps)
    for number in range(steps + 1):
        report(step(number))
    shown = steps_shown(capsys)
    assert (shown[0], shown[-1]) == (0, steps)
    assert len(shown) == len(set(shown)) <= REPORTS + 2
    assert len(shown) >= min(steps, REPORTS)


def test_two_printers_go_their_own_ways(capsys):
    for report in (step_printer(100), step_printer(100)):
        report(step(40))
    assert steps_shown(capsys) == [40, 40]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.1, "1 s"),
        (45, "45 s"),
        (59.5, "1 min 0 s"),
        (200, "3 min 20 s"),
        (3599, "59 min 59 s"),
        (3599.5, "1 h 0 min"),
        (18600, "5 h 10 min"),
        (18659, "5 h 10 min"),
        (100 * 3600, "100 h 0 min"),
    ],
)
def test_durations_have_two_units_at_most(seconds, text):
    assert spell_duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "a few seconds"),
        (41, "40 seconds"),
        (57, "55 seconds"),
        (60, "1 minute"),
        (90, "1½ minutes"),
        (150, "2½ minutes"),
        (1490, "25 minutes"),
        (3500, "1 hour"),
        (3 * 3600, "3 hours"),
        (90_000, "1 day"),
    ],
)
def test_about_how_long(seconds, text):
    assert spell_about(seconds) == text
