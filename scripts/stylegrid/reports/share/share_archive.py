"""An archive of pictures as they were published, under readable names."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from stylegrid import files
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.pictures.with_metadata import with_metadata
from stylegrid.reports.share.shared import Shared

KINDS = {suffix: kind for kind, suffix in SUFFIXES.items()}


def write_archive(path: Path, pictures: Sequence[Shared], provenance: bool) -> None:
    """Write a ZIP file of pictures, whole or not at all; the same pictures give the same bytes.

    With `provenance` each says how it was made, without it none does. Raises RecordError if the file can't be written.
    """

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w") as archive:  # without compression: pictures are compressed
            for each in pictures:
                data = with_metadata(
                    files.read_bytes(each.picture), KINDS[each.picture.suffix], each.metadata(provenance)
                )
                archive.writestr(zipfile.ZipInfo(f"{each.name}{each.picture.suffix}"), data)  # dated 1980, as ever

    files.write_by(path, write)
