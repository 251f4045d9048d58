"""A process that paints ends with the Snakemake that started it, and with no other."""

import os
import signal
import sys
import time

import pytest
from conftest import REPOSITORY, programs

TIED = """
import sys, time
from stylegrid.runs import parent_watch
parent_watch.end_with_parent(lambda: print("farewell", flush=True), seconds=0.05)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def start():
    with programs() as begin:
        yield lambda program, **environment: begin(
            [sys.executable, "-c", program], cwd=REPOSITORY / "scripts", env={**NO_RUN, **environment}
        )


NO_RUN = {name: value for name, value in os.environ.items() if name != "STYLEGRID_SNAKEMAKE"}
SLEEPER = "import time; print('up', flush=True); time.sleep(60)"


def test_painting_ends_with_its_snakemake_however_that_ends(start):
    snakemake = start(SLEEPER)
    painter = start(TIED, STYLEGRID_SNAKEMAKE=str(snakemake.pid))
    time.sleep(0.3)
    assert painter.poll() is None
    snakemake.kill()  # and nobody has waited for it: it is there as a number
    assert painter.wait(10) == -signal.SIGTERM
    assert painter.stdout.read() == "farewell\n"


def test_by_hand_nothing_is_watched(start):
    painter = start(TIED.replace("time.sleep(60)", "print(__import__('threading').active_count(), flush=True)"))
    assert painter.stdout.readline() == "1\n"
