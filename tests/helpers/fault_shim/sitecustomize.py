"""Goes first on PYTHONPATH of a run to be disturbed: it strikes at the n-th call that fits, in whichever process.

STYLEGRID_FAULT is JSON: `call` of the module os, `match` of its last path, `n`, `when` it strikes (before or after the
call), `who` is struck (self, snakemake, group, or a file that is removed) and by which `signal`. `folder` counts the
calls of all processes.

STYLEGRID_ACCIDENTS has a `share` of the processes that paint fail, by a `seed`: they are killed, or raise.
"""

import json
import os
import random
import re
import signal
import sys
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


def has_accidents(accidents):
    """Have this process fail if it paints, and chance, which goes by its chunk and its attempts, wants it so."""
    words = sys.orig_argv
    if not any(word.endswith("paint_chunk.py") for word in words):
        return
    chunk = Path(words[words.index("--output") + 1]).name
    attempt = len(list(Path(accidents["folder"]).glob(f"began.{chunk}.*")))
    Path(accidents["folder"], f"began.{chunk}.{attempt}").touch()
    chance = random.Random(f"{accidents['seed']} {chunk} {attempt}")
    if chance.random() < accidents["share"]:
        kind = chance.choice(("kill", "raise"))
        fail_at_a_painting(Path(accidents["folder"], f"struck.{chunk}.{kind}"), chance.randint(1, 8))


def fail_at_a_painting(struck, number):
    """Kill this process before a painting is put in the cache, or have the folder that it hands over in fail."""
    replace, mkdir, count = os.replace, os.mkdir, 0

    def killed(source, target):
        nonlocal count
        count += str(target).endswith(".tif")
        if count == number:
            struck.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(source, target)

    def raising(path, *arguments, **options):
        if "/chunks/" in str(path):
            struck.touch()
            raise RuntimeError("an accident")
        return mkdir(path, *arguments, **options)

    os.replace, os.mkdir = (killed, mkdir) if struck.suffix == ".kill" else (replace, raising)


if "STYLEGRID_ACCIDENTS" in os.environ:
    has_accidents(json.loads(os.environ["STYLEGRID_ACCIDENTS"]))
if "STYLEGRID_FAULT" in os.environ:
    disturb(json.loads(os.environ["STYLEGRID_FAULT"]))
