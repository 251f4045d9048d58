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
_SHOWN = 2000  # last characters of what a failed program said


class ProgramError(StylegridError):
    """A program that was to be measured failed."""


class Usage(NamedTuple):
    """What a program used: wall seconds from start to end, and peak resident memory in MiB."""

    seconds: float
    peak_mb: float


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
