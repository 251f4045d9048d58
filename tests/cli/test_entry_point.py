"""What programs share: faults become lines and an exit code, steps become a few lines of progress."""

import pytest

from stylegrid.cli.entry_point import REPORTS, entry_point, step_printer
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
