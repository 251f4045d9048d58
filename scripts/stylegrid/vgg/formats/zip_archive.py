"""ZIP files of strangers, read within limits: a short one may have millions of entries, or unpack to terabytes."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

LARGEST_DIRECTORY = 2_000_000  # bytes of the list of entries; 10,000 have about 1,000,000
CHUNK = 1 << 20  # bytes; less than LARGEST_DIRECTORY

_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, OverflowError)


class _Bounded:
    """A file of which no more may be read at once than a list of entries may have."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return bytes; raises ValueError for more than the limit."""
        most = LARGEST_DIRECTORY + 1
        data = self._file.read(most if size < 0 else min(size, most))
        if len(data) == most:
            raise ValueError(f"its list of entries has more than {LARGEST_DIRECTORY} bytes")
        return data


@contextmanager
def open_zip(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """Yield a file as ZIP; raises ValueError where it is damaged, also while it is read."""
    try:
        with zipfile.ZipFile(_Bounded(file)) as archive:
            yield archive
    except _DAMAGED as error:
        raise ValueError(f"its ZIP is damaged: {error}") from error


def read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return an entry, its checksum tested; raises ValueError when it is missing, or has more than `most` bytes."""
    return b"".join(chunks(archive, name, most))


def chunks(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """Yield the same in parts; no more than the entry claims is unpacked."""
    if name not in archive.NameToInfo:
        raise ValueError(f"its ZIP has no {name}")
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"its {name} is compressed in an unusual way")  # which zipfile unpacks without a limit
    if entry.file_size > most:
        raise ValueError(f"its {name} has {entry.file_size} bytes; at most {most} are read")
    with archive.open(entry) as stream:  # which ends at the size that was claimed
        yield from iter(lambda: stream.read(CHUNK), b"")
