"""Files written whole or not at all, and what identifies their contents."""

import hashlib
import os
import tempfile
from pathlib import Path

from stylegrid.errors import RecordError


def write_bytes(path: Path, data: bytes, sync: bool = True) -> None:
    """Write a file whole or not at all: to a temporary neighbour, synced, then renamed.

    Without `sync` it is cheap, and a crash of the machine may cost the file.

    Raises RecordError when the folder or the file can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check the folder's permissions") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check free space and permissions") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def require_writable(path: Path) -> None:
    """Raise RecordError unless a file can be written there; leaves nothing behind but its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".stylegrid."):
            pass
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check the folder's permissions") from error
    if path.is_dir():
        raise RecordError(f"{path}: is a folder; name a file")


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def read_bytes(path: Path) -> bytes:
    """Return a file's contents; raises RecordError when it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path}: cannot be read ({error.strerror})") from error


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's contents, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _umask() -> int:
    """Return the process's umask; mkstemp makes files private, results are for everyone the user allows."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
