"""The run at work in a results folder, and what a run that was killed left at work.

    results/run.json    who runs; there from a run's first job to its end, and left behind by one that is killed

Slurm's jobs, and for a moment processes of this machine that paint, outlive a Snakemake that is killed. A second one,
which knows nothing of them, would have the same chunks painted beside them. Whether a run is alive its lock says, in
lock.py; on other machines, and where there are no locks, this file is all there is.
"""

import contextlib
import os
import platform
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from pydantic import ValidationError

from stylegrid import files
from stylegrid.errors import ClusterError, RecordError, explain
from stylegrid.models import FrozenModel
from stylegrid.runs import lock, slurm
from stylegrid.store.layout import Layout

BOOT = Path("/proc/sys/kernel/random/boot_id")  # psutil's time of the start moves when the clock is set
PATIENCE = 30.0  # seconds that a process has to end in
_REMEDY = "to put that right and go on, run make gallery, or python scripts/recover.py with the flags of this run"


class Run(FrozenModel):
    """A run of Snakemake: its process, the name of its machine's last start, and that of its jobs in Slurm, if any."""

    host: str
    process: int
    began: str
    boot: str = ""
    slurm: str = ""


def require_startable(results: Path) -> None:
    """Hold a results folder; raises ClusterError when another run, or what a killed one left behind, is at work."""
    lock.hold(results)
    earlier = _read(results)
    if earlier is not None:
        _refuse_if_alive(results, earlier)
    _refuse_if_left(results, earlier)
    if has_crashed(results):
        raise ClusterError(
            f"{results}: the machine went down during the last run, which may have torn files; {_REMEDY}"
        )


def begin(results: Path, slurm_name: str) -> None:
    """Write down that this process, which holds the folder, runs."""
    lock.hold(results)
    this = Run(host=platform.node(), process=os.getpid(), began=_began(os.getpid()), boot=_boot(), slurm=slurm_name)
    files.write_text(_path(results), this.model_dump_json() + "\n")


def end(results: Path) -> None:
    """Write down that nothing runs any more, once all that was written is on the disk."""
    os.sync()
    _path(results).unlink(missing_ok=True)


def clear(results: Path, gone: bool = False) -> list[str]:
    """End what a killed run left at work, wait for it, and return what that was.

    Raises ClusterError when the run is still alive, or when it ran on another machine and isn't said to be `gone`.
    """
    earlier = _read_if_whole(results)
    if earlier is not None:
        _refuse_if_alive(results, earlier)
        if not gone:
            _refuse_if_elsewhere(results, earlier)
    left = _left(results, earlier)
    if earlier is not None and earlier.slurm:
        slurm.cancel(earlier.slurm)
    _end_painters(results)
    return left


def require_none(results: Path) -> None:
    """Raise ClusterError while a run, or what one left behind, may be at work; from here on none begins."""
    lock.hold(results)
    earlier = _read_if_whole(results)
    if earlier is not None:
        _refuse_if_alive(results, earlier)
        _refuse_if_elsewhere(results, earlier)
    _refuse_if_left(results, earlier)


def has_crashed(results: Path) -> bool:
    """Return whether a machine went down during the last run, so that what it wrote last may be torn.

    What the kernel says of its start tells, or that the run is written down no more; where it says nothing, every run
    that was killed counts.
    """
    if not _path(results).is_file():
        return False
    earlier = _read_if_whole(results)
    return earlier is None or not _is_of_this_boot(earlier)


def is_begun_by(results: Path, process: int) -> bool:
    """Return whether this process of this machine has begun a run there."""
    found = _read_if_whole(results)
    return found is not None and (found.host, found.process) == (platform.node(), process)


def is_alive(process: int) -> bool:
    """Return whether a process of this machine is there and has not ended."""
    return bool(_began(process))


def painters(results: Path) -> list[int]:
    """Return this machine's processes that paint for a results folder, and that one may look at."""
    return [process.pid for process in psutil.process_iter(["cmdline", "cwd"]) if _paints(process.info, results)]


def _left(results: Path, earlier: Run | None) -> list[str]:
    """Return in words what is still at work."""
    jobs = slurm.jobs_of(earlier.slurm) if earlier is not None and earlier.slurm else []
    left = [f"Slurm's {slurm.spell(jobs)}"] if jobs else []
    return left + [f"process {process}" for process in painters(results)]


def _paints(process: Mapping[str, Any], results: Path) -> bool:
    """Return whether a process, of which some facts may be nobody's to know, paints into a results folder's cache."""
    words, folder = process["cmdline"] or [], process["cwd"]
    if folder is None or "paint_chunk.py" not in [Path(word).name for word in words[:2]] or "--cache" not in words[:-1]:
        return False
    cache = Path(folder, words[words.index("--cache") + 1])
    return cache.resolve() == Layout(results).cache.resolve()


def _end_painters(results: Path) -> None:
    for process in painters(results):
        with contextlib.suppress(ProcessLookupError):  # it ends by itself when it sees that its Snakemake is gone
            os.kill(process, signal.SIGTERM)
    until = time.monotonic() + PATIENCE
    while left := painters(results):
        if time.monotonic() > until:
            raise ClusterError(f"process {left[0]}: does not end; kill -9 {left[0]}, and run this again")
        time.sleep(0.1)


def _refuse_if_alive(results: Path, run: Run) -> None:
    if run.host == platform.node() and run.process != os.getpid() and _began(run.process) == run.began:
        raise ClusterError(
            f"{results}: a run is already painting here (process {run.process}). `make status` shows it; "
            f"`kill {run.process}` stops it."
        )


def _refuse_if_elsewhere(results: Path, run: Run) -> None:
    if run.host != platform.node() and not _is_of_this_boot(run):
        raise ClusterError(
            f"{results}: its run was started on {run.host} as process {run.process}, which can't be seen from here; "
            "do this there, or run python scripts/recover.py --gone with its flags when you know that it has ended"
        )


def _refuse_if_left(results: Path, earlier: Run | None) -> None:
    if left := _left(results, earlier):
        raise ClusterError(f"{results}: {' and '.join(left)} of a run that was killed, still at work; {_REMEDY}")


def _began(process: int) -> str:
    """Return when a process began, as numbers of processes come again; nothing if it is gone."""
    try:
        found = psutil.Process(process)
        return "" if found.status() == psutil.STATUS_ZOMBIE else f"{found.create_time():.0f}"
    except psutil.Error:
        return ""


def _path(results: Path) -> Path:
    return Layout(results).run


def _boot() -> str:
    """Return the kernel's boot id, or "" where there is none."""
    return BOOT.read_text().strip() if BOOT.is_file() else ""


def _is_of_this_boot(run: Run) -> bool:
    return run.boot == _boot() != ""


def _read_if_whole(results: Path) -> Run | None:
    """Return the run that is written down; nothing if none is, or a crash has torn it."""
    try:
        return _read(results)
    except RecordError:
        return None


def _read(results: Path) -> Run | None:
    path = _path(results)
    if not path.is_file():
        return None
    try:
        return Run.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: does not say which run is at work ({explain(error, Run)[0]}); {_REMEDY}") from error
