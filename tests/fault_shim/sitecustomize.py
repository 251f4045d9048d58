"""Goes first on PYTHONPATH of a run to be disturbed: it strikes at the n-th call that fits, in whichever process.

STYLEGRID_FAULT is JSON: `call` of the module os, `match` of its last path, `n`, `when` it strikes (before or after the
call), `who` is struck (self, snakemake, group, or a file that is removed) and by which `signal`. `folder` counts the
calls of all processes.
"""

import json
import os
import re
import signal
import time
from pathlib import Path


def strike(fault):
    """Do to a process, a group or a file what the fault says."""
    Path(fault["folder"], "struck").touch()
    if fault["who"] == "group":
        os.killpg(0, fault["signal"])
    elif fault["who"] == "self":
        os.kill(os.getpid(), fault["signal"])
    elif fault["who"] == "snakemake":
        os.kill(int(os.environ.get("STYLEGRID_SNAKEMAKE", os.getpid())), fault["signal"])
    else:
        Path(fault["who"]).unlink()
    if fault["signal"] == signal.SIGKILL:
        time.sleep(0.05)  # it comes at once, and to this process before it goes on


def is_due(fault, path):
    """Return whether a call on a path is the one to strike at; calls are counted by a file that all append to."""
    if not re.search(fault["match"], path):
        return False
    counter = os.open(Path(fault["folder"], "calls"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(counter, b".")
    count = os.lseek(counter, 0, os.SEEK_CUR)
    os.close(counter)
    return count == fault["n"]


def path_of(argument):
    """Return the path that a call is about, given as a path or as a descriptor."""
    return str(Path(f"/proc/self/fd/{argument}").readlink()) if isinstance(argument, int) else os.fspath(argument)


def disturb(fault):
    """Wrap the call."""
    original = getattr(os, fault["call"])

    def disturbed(*arguments, **options):
        due = is_due(fault, path_of(arguments[-1]))
        if due and fault["when"] == "before":
            strike(fault)
        result = original(*arguments, **options)
        if due and fault["when"] == "after":
            strike(fault)
        return result

    setattr(os, fault["call"], disturbed)


if "STYLEGRID_FAULT" in os.environ:
    disturb(json.loads(os.environ["STYLEGRID_FAULT"]))
