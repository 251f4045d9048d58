"""One run at a time in a results folder: `run.lock` there is locked, and the system lets go of it however the run ends.

The file stays; only its lock says that a run is alive, from before Snakemake plans to the end of its process.
"""

import fcntl
import logging
import os
import platform
import time
from pathlib import Path

from stylegrid.errors import ClusterError, RecordError

PATIENCE = 2.0  # seconds: a dry run holds the folder for a moment
SECONDS = 0.05  # between two tries

_log = logging.getLogger(__name__)
_held: dict[Path, int] = {}  # folders with the descriptors of their locked files


def hold(results: Path, patience: float = PATIENCE) -> None:
    """Hold a results folder for the life of this process; one that it holds already stays held.

    Raises ClusterError when another process holds it, RecordError when the lock can't be written.
    """
    if results.resolve() in _held:
        return
    descriptor = _open(results / "run.lock")
    until = time.monotonic() + patience
    while not _lock(descriptor, results):
        if time.monotonic() > until:
            holder = os.read(descriptor, 200).decode(errors="replace").strip()
            os.close(descriptor)
            raise ClusterError(
                f"{results}: {holder or 'a run'} is at work there; let it end, or stop it with kill -TERM"
            )
        time.sleep(SECONDS)
    _held[results.resolve()] = descriptor
    _sign(descriptor, results)


def release(results: Path) -> None:
    """Let go of a results folder, if this process holds it."""
    descriptor = _held.pop(results.resolve(), None)
    if descriptor is not None:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check the folder's permissions") from error


def _sign(descriptor: int, results: Path) -> None:
    """Say in a locked file whose it is."""
    try:
        os.truncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {platform.node()}\n".encode())
    except OSError as error:
        path = results / "run.lock"
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check free space and permissions") from error


def _lock(descriptor: int, results: Path) -> bool:
    """Return whether an open file could be locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        words = "%s: its file system keeps no locks (%s): see to it yourself that only one run is at work"
        _log.warning(words, results, error.strerror)
    return True
