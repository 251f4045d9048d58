"""What TensorFlow says for its own developers."""

import subprocess
import sys

from conftest import REPOSITORY

OWN = ["I0000 00:00:1.2 3 port.cc:153] oneDNN is on", "W0000 x.cc:1] w", "WARNING: All log messages before absl::I"]
OTHERS = ["E0000 x.cc:1] out of memory", "F0000 x.cc:1] check failed", "error: I0000 is no picture"]
PROGRAM = """
import os, sys
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
hide_tensorflow_lines()
print("W0000 said in Python", file=sys.stderr)
os.write(2, "\\n".join([*{own}, *{others}, ""]).encode())
os.abort()
"""


def run(program):
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY / "scripts", capture_output=True, text=True)
    return done.returncode, done.stderr.splitlines()


def test_only_lines_of_information_and_warnings_from_below_python_are_dropped_even_before_a_crash():
    code, lines = run(PROGRAM.format(own=OWN, others=OTHERS))
    assert code == -6
    assert sorted(lines) == sorted(["W0000 said in Python", *OTHERS])


def test_tensorflow_says_nothing_of_its_own():
    hidden = "from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines; hide_tensorflow_lines();"
    computed = "import tensorflow as tf; tf.constant(1.0) + 1"
    assert run(f"{hidden}{computed}") == (0, [])
    code, lines = run(computed)
    assert code == 0
    assert lines  # or there is nothing left to hide
