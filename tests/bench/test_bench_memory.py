"""Programs measured from outside: seconds, memory, and what they say when they fail."""

import sys

import pytest

from stylegrid.bench.memory import ProgramError, run_measured


def python(code):
    return run_measured([sys.executable, "-S", "-c", code])


def test_memory_is_the_programs_own():
    """This process is far larger than a bare Python, which must not show."""
    held = b"1" * (300 * 2**20)
    bare = python("print('said')").peak_mb
    assert 1 < bare < 60
    assert 195 < python("x = b'1' * (200 * 2**20)").peak_mb - bare < 215
    del held


def test_seconds_are_wall_time():
    assert python("import time; time.sleep(0.2)").seconds >= 0.2


def test_the_environment_is_added_to():
    code = "import os; assert os.environ['ADDED'] == 'yes' and 'PATH' in os.environ"
    assert run_measured([sys.executable, "-S", "-c", code], {"ADDED": "yes"}).seconds > 0


@pytest.mark.parametrize("code", ["raise SystemExit('why it failed')", "import os; os.kill(os.getpid(), 9)"])
def test_a_failure_is_raised(code):
    with pytest.raises(ProgramError, match="failed"):
        python(code)


def test_a_failure_says_what_the_program_said():
    with pytest.raises(ProgramError, match="why it failed"):
        python("raise SystemExit('why it failed')")


def test_a_program_that_is_missing():
    with pytest.raises(ProgramError, match="no-such-program"):
        run_measured(["no-such-program"])
