"""Which GPU a process paints on: one that no other process here holds, for as long as the process lives.

A GPU is held by a lock on a file of its own, which the system lets go of when the process ends, however it ends. The
files lie in this machine's folder for temporary files: on a shared file system a lock could outlive its machine.
"""

import fcntl
import logging
import os
import stat
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from stylegrid.errors import DeviceError

VISIBLE = "CUDA_VISIBLE_DEVICES"
DRIVER = Path("/proc/driver/nvidia/gpus")  # one folder for each GPU
SECONDS = 0.2  # between two looks for a free GPU

_held: list[int] = []  # descriptors of locked files, kept open until the process ends


def devices() -> tuple[str, ...]:
    """Return the GPUs that this process may choose among, as CUDA names them; none where there are none.

    They are those of CUDA_VISIBLE_DEVICES if it is set: empty or -1 means none, as CUDA has it, and what comes behind
    a -1 doesn't count.
    """
    given = os.environ.get(VISIBLE)
    if given is None:
        return tuple(str(number) for number in range(sum(1 for _ in DRIVER.glob("*"))))
    names = [name.strip() for name in given.split(",")]
    wrong = next((place for place, name in enumerate(names) if name in ("", "-1")), len(names))
    return tuple(names[:wrong])


def are_allotted() -> bool:
    """Return whether a scheduler has already given this process GPUs of its own, whose names may repeat elsewhere."""
    return "SLURM_JOB_ID" in os.environ and VISIBLE in os.environ


def claim() -> str | None:
    """Hold a GPU for the life of this process, and return its name; nothing where there is none, or it is given.

    Waits while all are held. CUDA sees only the one from then on, so this comes before TensorFlow looks for GPUs. A
    process that holds one keeps it.
    """
    names = devices()
    if not names or _held or are_allotted():
        return None
    folder = _folder()
    name = _try(folder, names)
    if name is None:
        logging.getLogger(__name__).warning("waiting for a GPU: all of %s are in use", ", ".join(names))
    while name is None:
        time.sleep(SECONDS)
        name = _try(folder, names)
    os.environ[VISIBLE] = name
    return name


def _try(folder: Path, names: Sequence[str]) -> str | None:
    """Return the name of the first GPU whose lock is free, and hold it."""
    for name in names:
        descriptor = os.open(folder / f"{name.replace('/', '_')}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        _held.append(descriptor)
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
