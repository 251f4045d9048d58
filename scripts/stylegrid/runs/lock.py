"""One run at a time in a results folder: `run.lock` there is locked, and the system lets go of it however the run ends.

The file stays; only its lock says that a run is alive. What it holds says whose it is.
"""

import errno
import logging
import os
import platform
import re
import time
from pathlib import Path

import filelock

from stylegrid import files
from stylegrid.errors import ClusterError
from stylegrid.store.layout import Layout

PATIENCE = 2.0  # seconds: programs that remove or collect hold the folder for a moment
WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}  # what file systems answer that keep none

_log = logging.getLogger(__name__)
_held: dict[Path, filelock.FileLock] = {}  # by folder, kept to the end of this process


def hold(results: Path, patience: float = PATIENCE) -> None:
    """Hold a results folder for the life of this process; one that it holds already stays held.

    Raises ClusterError when another process holds it, RecordError when the lock can't be written.
    """
    if results.resolve() in _held:
        return
    path = Layout(results).lock
    lock = filelock.FileLock(path, thread_local=False, fallback_to_soft=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _acquire(lock, results, patience)
        path.write_text(f"process {os.getpid()} on {platform.node()}\nsince {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
    except OSError as error:
        raise files.unwritable(path, error) from error
    _held[results.resolve()] = lock


def release(results: Path) -> None:
    """Let go of a results folder, if this process holds it."""
    lock = _held.pop(results.resolve(), None)
    if lock is not None:
        lock.release()


def _acquire(lock: filelock.FileLock, results: Path, patience: float) -> None:
    try:
        lock.acquire(timeout=patience)
    except filelock.Timeout:
        who, _, since = Path(lock.lock_file).read_text(errors="replace")[:200].strip().partition("\n")
        found = re.match(r"process (\d+) on ", who)
        by, stop = (f" ({who} {since})", f"; `kill {found[1]}` there stops it") if found else ("", "")
        raise ClusterError(f"{results}: a run is already painting here{by}. `make status` shows it{stop}.") from None
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
        words = "%s: its file system keeps no locks (%s): see to it yourself that only one run is at work"
        _log.warning(words, results, error.strerror)
