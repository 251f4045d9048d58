"""Progress on a real pseudo-terminal: a bar, its losses, and a terminal left as it was; lines in a log."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest
from conftest import REPOSITORY, save_picture

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
# Shows steps as a painting would, of one scale of 10 steps and one of 10 that are four times as much work.
PROGRAM = """
import sys, time
from collections import namedtuple
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.painting_progress import show_progress
from stylegrid.settings.workload import Workload, Stage

Step = namedtuple("Step", "step scale losses")  # as the real ones, without TensorFlow
Losses = namedtuple("Losses", "content style tv total")

@entry_point
def main(steps):
    effort = Workload((Stage(10, 0.1), Stage(10, 0.4)))
    with show_progress(effort, 20, quiet="--quiet" in sys.argv) as show:
        for step in steps:
            show(Step(step, 64, Losses(0.5, 2e-5, 1 / 3, -1.234e7)))
            time.sleep(0.12)
        {last}
    print("the end", file=sys.stderr)

sys.exit(main({steps}))
"""


PATIENCE = 120  # seconds


class Terminal:
    """A pseudo-terminal with a program whose standard error it is."""

    def __init__(self, command, width=80, **environment):
        self.shown = ""
        self._own, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        plain = {
            name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")
        }
        self.process = subprocess.Popen(
            ["env", "--default-signal=INT", *command],  # which programs started in the background have ignored
            cwd=REPOSITORY / "scripts",
            env={**plain, "TERM": "xterm-256color", **environment},
            stdin=other,
            stdout=subprocess.DEVNULL,
            stderr=other,
        )
        os.close(other)

    def read(self, until=None):
        """Read up to a text, or else to the end, and return the exit code there."""
        while until is None or until not in self.shown:
            if not select.select([self._own], [], [], PATIENCE)[0]:
                self.process.kill()
                pytest.fail(f"silent for {PATIENCE} s after {self.shown[-200:]!r}")
            try:
                data = os.read(self._own, 65536)
            except OSError:  # as Linux says that the other side is closed
                data = b""
            if not data:
                break
            self.shown += data.decode(errors="replace")
        if until is not None:
            assert until in self.shown
            return None
        os.close(self._own)
        return self.process.wait(PATIENCE)

    def frames(self):
        """Return the bar as it was drawn each time, without colours."""
        drawn = self.shown.split(HIDE, 1)[1].split("\r\n", 1)[0]
        return [re.sub(r"\x1b\[[\d;]*m", "", frame) for frame in drawn.split("\r\x1b[2K")]


def command(steps, last="pass"):
    return [sys.executable, "-c", PROGRAM.format(steps=list(steps), last=last)]


def run(steps, last="pass", **options):
    terminal = Terminal(command(steps, last), **options)
    return terminal, terminal.read()


def test_a_bar_shows_steps_losses_and_time_and_ends_with_a_line():
    terminal, code = run(range(21))
    frames = terminal.frames()
    assert code == 0
    assert len(frames) > 10
    assert "0/20" in frames[0] and "20/20" in frames[-1]
    for frame in frames:
        assert re.fullmatch(
            r"[━╸╺ ]+ \d+/20 (-:--:--|0:00:\d\d) content 0.5  style 2e-05  tv 0.333  total -1.23e\+07 *", frame
        )
        assert len(frame) <= 80
    assert terminal.shown.endswith(f"\r\n{SHOW}the end\r\n")


@pytest.mark.parametrize("width", [30, 60, 200])
def test_a_terminal_of_any_width_has_one_line_of_it(width):
    terminal, code = run([0, 10, 20], width=width)
    assert code == 0
    assert all(len(frame) <= width for frame in terminal.frames())
    assert terminal.shown.count("\n") == 2


def test_time_left_goes_by_pixels_not_by_steps():
    terminal, _ = run(range(21), NO_COLOR="1")  # so only what is done is drawn of the bar
    frames = terminal.frames()
    half = next(frame for frame in frames if " 10/20 " in frame)  # a fifth of the work
    assert half.count("━") == pytest.approx(frames[-1].count("━") / 5, abs=1)
    assert 4 <= int(re.search(r"0:00:(\d\d)", half)[1]) <= 12  # 1.2 s have gone by, and more where much goes on


@pytest.mark.parametrize(
    ("steps", "last"), [([0, 1, 5, 6, 11, 19, 20], "20/20"), ([0, 3, 7, 7], " 7/20"), ([0], " 0/20"), ([20], "20/20")]
)
def test_steps_may_be_skipped_or_end_early(steps, last):
    terminal, code = run(steps)
    assert code == 0
    final = terminal.frames()[-1]
    assert last in final
    assert re.search(r" 0:00:0\d ", final)  # the time it took
    assert terminal.shown.endswith(f"{SHOW}the end\r\n")


def test_a_painting_that_never_stepped_draws_no_bar():
    terminal, code = run([])
    assert (code, terminal.shown) == (0, "the end\r\n")


def test_an_error_leaves_the_terminal_as_it_was_and_is_one_line():
    fault = "from stylegrid.errors import ImageError; raise ImageError('cat.png: is gone')"
    terminal, code = run([0, 1], last=fault)
    assert code == 1
    assert terminal.shown.endswith(f"\r\n{SHOW}error: cat.png: is gone\r\n")


def test_a_dumb_terminal_gets_lines():
    terminal, _ = run([0, 20], TERM="dumb")
    line = "64 px: content 0.5  style 2e-05  tv 0.3333  total -1.234e+07\r\n"
    assert terminal.shown == f"step 0/20, {line}step 20/20, {line}the end\r\n"


def test_a_log_gets_lines_even_where_colours_are_forced():
    environment = {**os.environ, "FORCE_COLOR": "1"}
    done = subprocess.run(
        command(range(21)), cwd=REPOSITORY / "scripts", env=environment, capture_output=True, text=True, check=True
    )
    lines = done.stderr.splitlines()
    assert lines[0] == "step 0/20, 64 px: content 0.5  style 2e-05  tv 0.3333  total -1.234e+07"
    assert lines[-2].startswith("step 20/20, ") and lines[-1] == "the end"
    assert "\x1b" not in done.stderr


def test_quiet_shows_nothing():
    terminal = Terminal([*command([0, 20]), "--quiet"])
    assert (terminal.read(), terminal.shown) == (0, "the end\r\n")


def paint(tmp_path, weights_file, *flags):
    """Return the command that paints a picture by hand."""
    content, style = save_picture(tmp_path / "cat.png"), save_picture(tmp_path / "night.png", 40, 44, seed=5)
    sources = ["--content", str(content), "--style", str(style), "--weights", str(weights_file)]
    output = ["--output", str(tmp_path / "out.png"), "--size", "32", *flags]
    return [sys.executable, "stylize.py", *sources, *output]


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_painting_by_hand_shows_the_bar(tmp_path, weights_file, optimizer):
    terminal = Terminal(paint(tmp_path, weights_file, "--steps", "12", "--optimizer", optimizer))
    assert terminal.read() == 0
    assert re.search(r"12/12 .* total \d", terminal.frames()[-1])
    assert terminal.shown.endswith(f"finished: all 12 steps taken: {tmp_path / 'out.png'}\r\n")
    assert terminal.shown.count(HIDE) == terminal.shown.count(SHOW) == 1


def test_ctrl_c_ends_painting_with_its_exit_code_and_a_cursor(tmp_path, weights_file):
    terminal = Terminal(paint(tmp_path, weights_file, "--steps", "100000", "--optimizer", "adam"))
    terminal.read(until="total")
    time.sleep(0.3)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.read() == 130
    assert terminal.shown.endswith(f"\r\n{SHOW}interrupted\r\n")
    assert "Traceback" not in terminal.shown
    assert not (tmp_path / "out.png").exists()


def test_painting_by_hand_quietly_says_only_how_it_went(tmp_path, weights_file):
    terminal = Terminal(paint(tmp_path, weights_file, "--steps", "2", "--quiet"))
    assert terminal.read() == 0
    assert "total" not in terminal.shown and HIDE not in terminal.shown
    assert terminal.shown.endswith(f"finished: all 2 steps taken: {tmp_path / 'out.png'}\r\n")
