"""ZIP files from strangers, read within limits: a small one may list millions of entries, or unpack to terabytes."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.text import plain

LARGEST_DIRECTORY = 2_000_000  # bytes of the list of entries; 10,000 have about 1,000,000
CHUNK = 1 << 20  # bytes; less than LARGEST_DIRECTORY

_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, OverflowError)


class _LimitedFile:
    """A file that reads at most LARGEST_DIRECTORY bytes at once."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return bytes; raises BadZipFile for more than the limit."""
        most = LARGEST_DIRECTORY + 1
        data = self._file.read(most if size < 0 else min(size, most))
        if len(data) == most:
            raise zipfile.BadZipFile(f"its list of entries has more than {LARGEST_DIRECTORY} bytes")
        return data


@contextmanager
def open_zip(file: BinaryIO, name: str | Path) -> Iterator[zipfile.ZipFile]:
    """Context manager yielding a ZIP file; raises WeightsError with `name` if it is damaged, also while it is read."""
    try:
        with zipfile.ZipFile(_LimitedFile(file)) as archive:
            yield archive
    except _DAMAGED as error:
        if files.is_disk_full(error):
            raise
        raise WeightsError(f"{name}: is a damaged ZIP file ({plain(str(error))}); get it again") from error


def read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return an entry, its checksum verified; raises ValueError if it is missing or has more than `most` bytes."""
    return b"".join(chunks(archive, name, most))


def chunks(archive: zipfile.ZipFile, name: str, most: int) -> Iterator[bytes]:
    """Yield an entry in parts, as `read_entry` returns it; unpacks no more than the size it claims."""
    if name not in archive.NameToInfo:
        raise ValueError(f"its ZIP has no {name}")
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"its {name} is compressed in an unusual way")  # zipfile would unpack it without a limit
    if entry.file_size > most:
        raise ValueError(f"its {name} has {entry.file_size} bytes; at most {most} are read")
    with archive.open(entry) as stream:  # ends at the claimed size
        yield from iter(lambda: stream.read(CHUNK), b"")
