"""Finished pictures, kept by what they were made of: the same combination is never painted twice.

Entries are written whole or not at all, the picture first, so that a record found means a picture that is there.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.record import Record, read_record


class Painted(NamedTuple):
    """A finished picture, as the bytes of its PNG file, and its record."""

    png: bytes
    record: Record


class Cache:
    """A folder of finished pictures, each under its job's key."""

    def __init__(self, folder: Path):
        self._folder = folder

    def get(self, key: str) -> Painted | None:
        """Return what is kept under a key; nothing if it is missing or its picture is damaged."""
        picture, record = self._paths(key)
        if not (record.is_file() and picture.is_file()):
            return None
        try:
            painted = Painted(files.read_bytes(picture), read_record(record))
        except RecordError:
            return None
        return painted if sha256(painted.png) == painted.record.picture_sha256 else None

    def put(self, key: str, painted: Painted) -> None:
        """Keep a finished picture; raises RecordError when the folder can't be written."""
        picture, record = self._paths(key)
        files.write_bytes(picture, painted.png)
        files.write_text(record, painted.record.to_json())

    def _paths(self, key: str) -> tuple[Path, Path]:
        stem = self._folder / key[:2] / key
        return stem.with_suffix(".png"), stem.with_suffix(".json")


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
