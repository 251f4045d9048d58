"""The cache of finished paintings by their jobs' keys, so that no combination is painted twice.

    ab/abcd...tif                the painting, 16 bits a channel
    ab/abcd...json               its record
    ab/abcd...steps/             its snapshots, if the job has any
    ab/abcd...checkpoint.npz     its checkpoint, while it is being painted

Files are written whole or not at all, the painting before its record: a record implies its painting.
"""

import contextlib
import hashlib
import os
import time
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.store.record import Record, read_record


class Painted(NamedTuple):
    """A finished painting as the bytes of a TIFF file, and its record."""

    tiff: bytes
    record: Record


class Cache:
    """A folder of finished paintings, each under its job's key."""

    def __init__(self, folder: Path):
        self.folder = folder

    def get(self, key: str) -> Painted | None:
        """Return the painting of a key and mark it as used; None if it is missing or damaged."""
        painted = self.read(key)
        if painted is not None:
            _mark_used(self._path(key, ".tif"))
        return painted

    def read(self, key: str) -> Painted | None:
        """Return the painting of a key as `get` does, without marking it as used."""
        painting, record = self._path(key, ".tif"), self._path(key, ".json")
        if not (record.is_file() and painting.is_file()):
            return None
        try:
            painted = Painted(files.read_bytes(painting), read_record(record))
        except RecordError:
            return None
        return painted if sha256(painted.tiff) == painted.record.picture_sha256 else None

    def last_used(self, key: str) -> float:
        """Return the time a painting, finished or not, was last used, in seconds of the epoch; 0 if missing."""
        paths = [path for ending in (".tif", ".checkpoint.npz") if (path := self._path(key, ending)).is_file()]
        times = [path.stat() for path in paths]
        return max((max(status.st_atime, status.st_mtime) for status in times), default=0.0)

    def finished(self, key: str) -> float | None:
        """Return the time a painting was finished, in seconds of the epoch; None if missing. It may be damaged."""
        painting, record = self._path(key, ".tif"), self._path(key, ".json")
        return record.stat().st_mtime if record.is_file() and painting.is_file() else None

    def put(self, key: str, painted: Painted) -> None:
        """Store a finished painting; raises RecordError if the folder can't be written."""
        files.write_bytes(self._path(key, ".tif"), painted.tiff)
        files.write_text(self._path(key, ".json"), painted.record.to_json())

    def stem(self, key: str) -> Path:
        """Return the common beginning of the paths of a key."""
        return self._path(key, "")

    def painting(self, key: str) -> Path:
        """Return the path of a painting's picture."""
        return self._path(key, ".tif")

    def snapshots(self, key: str) -> tuple[Path, ...]:
        """Return the snapshots of a painting, in order."""
        return tuple(sorted(self._path(key, ".steps").glob("*.png")))

    def _path(self, key: str, ending: str) -> Path:
        return self.folder / key[:2] / f"{key}{ending}"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _mark_used(path: Path) -> None:
    """Set a file's access time to now, which many file systems don't; ignored if it can't be set."""
    with contextlib.suppress(OSError):
        os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
