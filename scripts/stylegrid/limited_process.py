"""Function calls in a child process with limits on memory and time, for readers of strangers' files."""

import importlib
import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

_CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from stylegrid import limited_process
limited_process.serve(*sys.argv[2:])
"""

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # OpenBLAS reserves address space for every core


class BrokeDownError(Exception):
    """The process ended without a result; the message is the end of a sentence."""


def call(function: Callable[..., None], *arguments: str, memory: int, seconds: float) -> bytes:
    """Call a function of text arguments in a child process, and return its stdout.

    `memory` is in bytes of address space, `seconds` are CPU seconds; the wall time may be four times as long. Raises
    BrokeDownError if it exceeds either, or ends with an exception or a signal.
    """
    limits = (str(memory), str(math.ceil(seconds)))
    command = [sys.executable, "-c", _CHILD, str(Path(__file__).parents[1]), *limits]
    command += [function.__module__, function.__name__, *arguments]
    too_long = BrokeDownError(f"it takes more than {seconds:.3g} seconds")
    try:
        environment = os.environ | _ONE_THREAD
        done = subprocess.run(command, capture_output=True, timeout=4 * seconds, check=False, env=environment)
    except subprocess.TimeoutExpired:
        raise too_long from None
    if done.returncode == -signal.SIGXCPU:
        raise too_long
    if done.returncode:
        raise BrokeDownError("its reader broke down")
    return done.stdout


def serve(memory: str, seconds: str, module: str, function: str, *arguments: str) -> None:
    """Call a function within limits; runs in the child process."""
    _limit(resource.RLIMIT_CORE, 0)  # no core dump
    _limit(resource.RLIMIT_CPU, int(seconds))
    if sys.platform == "linux":  # other systems don't enforce it
        _limit(resource.RLIMIT_AS, int(memory))
    getattr(importlib.import_module(module), function)(*arguments)


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
