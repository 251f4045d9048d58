"""Painting ends with the Snakemake that asked for it: nothing paints on for hours when that was killed.

What is finished is in the cache by then, and a painting under way has left its checkpoint.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

from stylegrid.runs import run

SNAKEMAKE = "STYLEGRID_SNAKEMAKE"  # variable with the process that runs the shell of a job, set by the workflow
SECONDS = 1.0  # between two looks


def end_with_parent(farewell: Callable[[], None], seconds: float = SECONDS) -> None:
    """End this process, after `farewell`, as soon as the Snakemake that started it is gone; by hand there is none."""
    snakemake = os.environ.get(SNAKEMAKE)
    if snakemake:
        threading.Thread(target=_watch, args=(int(snakemake), farewell, seconds), daemon=True).start()


def _watch(process: int, farewell: Callable[[], None], seconds: float) -> None:
    while run.is_alive(process):
        time.sleep(seconds)
    farewell()
    os.kill(os.getpid(), signal.SIGTERM)
