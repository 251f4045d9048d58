"""Files written whole or not at all, and what identifies their contents."""

import errno
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from stylegrid.errors import RecordError


def write_bytes(path: Path, data: bytes, sync: bool = True) -> None:
    """Write a file whole or not at all: to a temporary neighbour, synced, then renamed.

    Without `sync` it is cheap, and a crash of the machine may cost the file.

    Raises RecordError when the folder or the file can't be written.
    """
    write_parts(path, (data,), sync)


def write_parts(path: Path, parts: Iterable[bytes], sync: bool = True) -> None:
    """Write the same from parts that are made one after another, so that no memory holds all of them."""
    write_by(path, lambda file: file.writelines(parts), sync)


def write_by(path: Path, write: Callable[[BinaryIO], None], sync: bool = True) -> None:
    """Write the same by a function that is given the open file."""
    temporary = path.parent / f".{path.name[:40]}.{secrets.token_hex(8)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = temporary.open("xb")  # as readable as the umask allows, which mkstemp's files are not
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check the folder's permissions") from error
    try:
        with file:
            write(file)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
        if sync:
            _sync_folder(path.parent)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check free space and permissions") from error
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where its file system can do that: a crash could undo a renaming."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # as file systems say that have nothing to sync in a folder
            raise
    finally:
        os.close(descriptor)


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


_SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def special(path: Path) -> str:
    """Return what stands at a path that could be read for ever, or waited for: a pipe, a socket, a device; or nothing.

    A path that leads nowhere is none of them: who opens it says so.
    """
    try:
        return _SPECIAL.get(stat.S_IFMT(path.stat().st_mode), "")
    except (OSError, ValueError):
        return ""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's contents, in hexadecimal; raises OSError when it can't be read, or has no end."""
    if special(path):
        raise OSError(errno.EINVAL, f"is {special(path)}", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
