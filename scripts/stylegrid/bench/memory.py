"""What a program costs as a whole: its wall time and its peak memory, measured in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import StylegridError

_LAUNCHER = Path(__file__).with_name("launcher.py")
_STATM = Path("/proc/self/statm")
_SHOWN = 2000  # last characters of what a failed program said


class ProgramError(StylegridError):
    """A program that was to be measured failed."""


class Usage(NamedTuple):
    """What a program used: wall seconds from start to end, peak resident memory in MiB, and the processors' seconds."""

    seconds: float
    peak_mb: float
    cpu_seconds: float


def run_measured(command: Sequence[str], env: Mapping[str, str] | None = None) -> Usage:
    """Run a program and return what it used; `env` is added to the environment.

    If it has children that it waits for, the memory is that of the largest process, not the sum. Raises ProgramError
    with the end of what it said when it fails.
    """
    launched = subprocess.run(
        [sys.executable, "-I", str(_LAUNCHER), *command],
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if launched.returncode:
        raise ProgramError(f"{command[0]}: failed\n{launched.stderr[-_SHOWN:]}".rstrip())
    return Usage(**json.loads(launched.stdout))


def resident_mb() -> float | None:
    """Return the memory that this process has now, in MiB; Linux alone tells it."""
    if not _STATM.is_file():
        return None
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_files() -> int:
    """Return how many file descriptors this process has open."""
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 -- which opens one itself, each time alike
