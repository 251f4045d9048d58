"""Slurm's jobs of one run, which share a name, and what would keep a run on Slurm from working at all."""

import getpass
import shutil
import subprocess
import time
from collections.abc import Sequence

from stylegrid.errors import ClusterError

PATIENCE = 120.0  # seconds in which cancelled jobs must end


def check(status_command: str | None) -> None:
    """Raise ClusterError when Slurm can't be asked for jobs, or not for how they fare."""
    if shutil.which("sbatch") is None:
        raise ClusterError(
            "sbatch: no such program on the PATH; run this where Slurm is installed (a login node), or without "
            "--profile workflow/profiles/slurm"
        )
    if status_command == "sacct":
        _check_accounting()


def jobs_of(name: str) -> list[str]:
    """Return the ids of Slurm's jobs of a name that wait, run or are ending."""
    return _ask(["squeue", "--noheader", "--user", getpass.getuser(), "--name", name, "--format", "%i"]).split()


def cancel(name: str, patience: float = PATIENCE) -> list[str]:
    """Cancel the jobs of a name, wait until none is left, and return which they were.

    Raises ClusterError when some don't end.
    """
    jobs = left = jobs_of(name)
    if jobs:
        _ask(["scancel", *jobs])
    until = time.monotonic() + patience
    while left and time.monotonic() < until:
        time.sleep(0.2)
        left = jobs_of(name)
    if left:
        raise ClusterError(
            f"Slurm's {spell(left)}: still there {patience:.0f} s after being cancelled; when squeue lists them no "
            "more, run this again"
        )
    return jobs


def spell(jobs: Sequence[str]) -> str:
    """Return jobs in words: `job 7`, `jobs 7, 8`."""
    return f"job{'s' if len(jobs) > 1 else ''} {', '.join(jobs)}"


def _check_accounting() -> None:
    done = subprocess.run(["sacct", "--noheader"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClusterError(
            f"slurm-status-command: is sacct, which fails here ({_last_line(done.stderr)}), so that no job would ever "
            "be seen to end; use workflow/profiles/slurm, or add --slurm-status-command squeue"
        )


def _ask(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise ClusterError(
            f"{command[0]}: no such program on the PATH, and the last run sent jobs to Slurm; run this where it is, or "
            "delete run.json in the results folder when none of them is left"
        ) from error
    if done.returncode:
        raise ClusterError(f"{command[0]}: failed ({_last_line(done.stderr)}); is Slurm's controller up?")
    return done.stdout


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["without a word"])[-1]
