"""The wall time, CPU time and peak memory of a program, measured in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import StylegridError

_LAUNCHER = Path(__file__).with_name("launcher.py")
_SHOWN = 2000  # characters of the end of a failed program's output


class ProgramError(StylegridError):
    """The measured program failed."""


class Usage(NamedTuple):
    """A program's wall seconds, peak resident memory in MiB, and CPU seconds."""

    seconds: float
    peak_mb: float
    cpu_seconds: float


def run_measured(command: Sequence[str], env: Mapping[str, str] | None = None) -> Usage:
    """Run a program and return its usage; `env` is added to the environment.

    With child processes, the memory is that of the largest process, not the sum. Raises ProgramError with the end of
    its output when it fails.
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
