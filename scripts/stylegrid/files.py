"""Files written whole or not at all, and the SHA-256 of their contents."""

import errno
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import filelock

from stylegrid.errors import RecordError, closest


def write_bytes(path: Path, data: bytes, sync: bool = True) -> None:
    """Write a file whole or not at all: to a temporary file beside it, synced, then renamed.

    Without `sync` it is faster, and a crash of the machine may lose the file. Raises RecordError if the folder or the
    file can't be written.
    """
    write_parts(path, (data,), sync)


def write_parts(path: Path, parts: Iterable[bytes], sync: bool = True) -> None:
    """Write a file as `write_bytes` does, from parts produced one at a time."""
    write_by(path, lambda file: file.writelines(parts), sync)


def write_by(path: Path, write: Callable[[BinaryIO], None], sync: bool = True) -> None:
    """Write a file as `write_bytes` does, by a function that takes the open file."""
    temporary = path.parent / _temporary_name(path, secrets.token_hex(8))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = temporary.open("xb")  # with the umask's permissions; mkstemp makes files private
    except OSError as error:
        raise unwritable(path, error) from error
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
    """Sync a folder's names to disk, where the file system can: a crash could undo a renaming."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that don't sync folders
            raise
    finally:
        os.close(descriptor)


def _temporary_name(path: Path, token: str) -> str:
    return f".{path.name[:40]}.{token}.part"


def make_once(path: Path, is_whole: Callable[[Path], bool], make: Callable[[], None]) -> Path:
    """Return `path`, made by one process at a time if it is missing or damaged.

    First removes temporary files of that name, which killed processes left. Raises RecordError if the folder can't be
    written.
    """
    if not is_whole(path):
        require_writable(path)
        with filelock.FileLock(path.parent / f".{path.name}.lock"):
            for left in path.parent.glob(_temporary_name(path, "*")):
                left.unlink(missing_ok=True)
            if not is_whole(path):  # another process may have made it meanwhile
                make()
    return path


def require_writable(path: Path) -> None:
    """Raise RecordError unless a file can be written at `path`; creates its folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".stylegrid."):
            pass
    except OSError as error:
        raise unwritable(path, error) from error
    if path.is_dir():
        raise RecordError(f"{path}: is a folder; name a file")


def unwritable(path: Path, error: OSError) -> RecordError:
    """Return the error of a file that can't be written: a link to it that leads nowhere, or the system's reason."""
    why = f"{path}: cannot be written ({error.strerror}); check the folder's permissions"
    return RecordError(lost_link(path) or why)


def absent(path: Path, remedy: str) -> str:
    """Return the sentence on a file that isn't there, with a remedy; or that on a link which leads nowhere."""
    return lost_link(path) or f"{path}: no such file; {remedy}"


def absent_named(path: Path, remedy: str) -> str:
    """Return the sentence on a missing file that a person has named: the name that is meant, or a remedy."""
    return absent(path, did_you_mean(path) or remedy)


def did_you_mean(path: Path) -> str:
    """Return the question after the file beside a missing one whose name is most like its own; "" if none is."""
    try:
        names = [each.name for each in os.scandir(path.parent) if each.is_file()]
    except OSError:
        return ""
    close = closest(path.name, names)
    return f"did you mean {str(path.parent / close)!r}?" if close else ""


def forbidden(path: Path) -> str:
    """Return the sentence on a file or folder that the user may not read."""
    return f"{path}: permission denied; let your user read it, and open the folders that lead to it"


def lost_link(path: Path) -> str:
    """Return the sentence on the link in a path that points to what isn't there; "" if every link leads somewhere."""
    for each in (*reversed(path.parents), path):
        try:
            if each.is_symlink():
                each.stat()
        except FileNotFoundError:
            remedy = "mount its disk, create it, or change the link"
            return f"{each} points to {each.readlink()}, which isn't there; {remedy}"
        except OSError:  # for another reason, which is told where it matters
            return ""
    return ""


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def read_bytes(path: Path) -> bytes:
    """Return a file's contents; raises RecordError if it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path}: cannot be read ({error.strerror})") from error


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error says that a disk, a quota or a limit on file sizes is reached."""
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Context manager yielding a temporary folder; raises RecordError naming TMPDIR if it can't be made, or is full."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="stylegrid-", ignore_cleanup_errors=True)
    except OSError as error:
        raise RecordError(f"no temporary folder ({error.strerror}); set TMPDIR to a folder with free space") from error
    with folder as name:
        try:
            yield Path(name)
        except OSError as error:
            if not is_disk_full(error):
                raise
            found = f"{tempfile.gettempdir()}: no room for temporary files ({error.strerror})"
            raise RecordError(f"{found}; set TMPDIR to a folder with free space") from error


_SPECIAL = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def special(path: Path) -> str:
    """Return the kind of a special file, which reading could block on: "a pipe", "a socket", "a device"; else "".

    A missing file is not special.
    """
    try:
        return _SPECIAL.get(stat.S_IFMT(path.stat().st_mode), "")
    except (OSError, ValueError):
        return ""


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's contents, in hexadecimal; raises OSError if it is special or can't be read."""
    if special(path):
        raise OSError(errno.EINVAL, f"is {special(path)}", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
