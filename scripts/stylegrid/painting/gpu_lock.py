"""Which GPU a process paints on: one that no other process here holds, for as long as the process lives.

A GPU is held by a lock on a file of its own, which the system lets go of when the process ends, however it ends. The
files lie in this machine's folder for temporary files: on a shared file system a lock could outlive its machine.
"""

import logging
import os
import stat
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import filelock

from stylegrid.errors import DeviceError

VISIBLE = "CUDA_VISIBLE_DEVICES"
DRIVER = Path("/proc/driver/nvidia/gpus")  # one folder for each GPU
SLURM_TASK = ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_PROCID")
SECONDS = 0.2  # between two looks for a free GPU

_log = logging.getLogger(__name__)
_held: dict[str, filelock.FileLock] = {}  # by GPU, kept until the process ends


def devices() -> tuple[str, ...]:
    """Return the GPUs that this process may choose among, as CUDA names them; none where there are none.

    They are those of CUDA_VISIBLE_DEVICES if it is set: empty or -1 means none, as CUDA has it, and what comes behind
    a -1 doesn't count.
    """
    given = os.environ.get(VISIBLE)
    if given is None:
        return tuple(str(number) for number in range(sum(1 for _ in DRIVER.glob("*"))))
    names = [name.strip() for name in given.split(",")]
    end = next((place for place, name in enumerate(names) if name in ("", "-1")), len(names))
    return tuple(dict.fromkeys(names[:end]))


def claim() -> str | None:
    """Hold a GPU for the life of this process, and return its name; nothing where there is none.

    Waits while all are held. CUDA sees only the one from then on, so this comes before TensorFlow looks for GPUs. A
    process that holds one keeps it. Raises DeviceError where no lock can be kept.
    """
    names = devices()
    if not names or _held:
        return next(iter(_held), None)
    scope = _scope()
    name = names[0] if scope and len(names) == 1 else _wait_for(names, scope)
    _log.info("painting on GPU %s", name)
    os.environ[VISIBLE] = name
    return name


def describe(executor: str, limit: int, found: int) -> str:
    """Return in words where a run paints, and how many pictures at a time.

    `limit` is how many GPUs may be at work at once, 0 where nothing is said, `found` how many this machine has.
    """
    if executor != "local":
        return f"Painting through {executor}{f', {_count(limit)} at a time' if limit else ''}."
    at_once = min(limit or 1, found or limit or 1)
    where = {0: "the CPU", 1: "the GPU"}.get(found, f"{at_once} of {found} GPUs")
    return f"Painting on {where}, {_count(at_once)} at a time."


def _count(pictures: int) -> str:
    return "one picture" if pictures == 1 else f"{pictures} pictures"


def describe_waiting(limit: int, found: int) -> str:
    """Return in words what it means that more GPUs may be at work than there are."""
    return (
        f"gpu={limit}, but only {found} found here: {found} paint at once, the others wait, and {limit} share the cores"
    )


def _scope() -> str:
    """Return the task of a Slurm job that this process's GPUs were given to; nothing where they are the machine's.

    Slurm may call the GPUs of every task 0, 1, ... and sees to it itself that these are different ones.
    """
    if "SLURM_JOB_ID" not in os.environ or VISIBLE not in os.environ:
        return ""
    return "-".join(("slurm", *(os.environ.get(name, "") for name in SLURM_TASK), ""))


def _wait_for(names: Sequence[str], scope: str) -> str:
    """Return the first GPU to be free, which this process holds from now on."""
    folder = _folder()
    name = _try(folder, names, scope)
    if name is None:
        _log.warning("waiting for a GPU: all of %s are in use", ", ".join(names))
    while name is None:
        time.sleep(SECONDS)
        name = _try(folder, names, scope)
    return name


def _try(folder: Path, names: Sequence[str], scope: str) -> str | None:
    """Return the first GPU whose lock is free, and hold it; nothing if all are held."""
    for name in names:
        path = folder / f"{scope}{name.replace('/', '_')}.lock"
        lock = filelock.FileLock(path, mode=0o600, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire(timeout=0)
            os.utime(path)  # new: what clears away old files leaves it alone
        except filelock.Timeout:
            continue
        except OSError as error:
            raise DeviceError(
                f"{path}: cannot be locked ({error.strerror}); GPUs are held by it; set TMPDIR"
            ) from error
        _held[name] = lock
        return name
    return None


def _folder() -> Path:
    """Return this user's folder of locks, which nobody else can write to."""
    folder = Path(tempfile.gettempdir()) / f"stylegrid-gpus-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise DeviceError(f"{folder}: cannot be made ({error.strerror}); GPUs are held there; set TMPDIR") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise DeviceError(f"{folder}: is not a folder that only you can write to; remove it, or set TMPDIR")
    return folder
