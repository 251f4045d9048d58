"""A cell of the manifest: its entries, and the pictures that they name."""

from collections.abc import Callable
from typing import NamedTuple

from stylegrid.errors import ImageError


class FoundPictures(NamedTuple):
    """The pictures of a cell, and the faults of its entries."""

    pictures: list
    faults: list[str]


def find_all(find: Callable[[str], list], cell: str) -> FoundPictures:
    """Return the pictures of a cell, with `find` for each of its entries."""
    found = FoundPictures([], [] if entries(cell) else ["is empty; name a picture or a glob"])
    for entry in entries(cell):
        try:
            found.pictures.extend(find(entry))
        except (ImageError, ValueError) as error:
            found.faults.extend(str(error).splitlines())
    return found


def entries(cell: str) -> list[str]:
    """Return the entries of a cell, separated by semicolons."""
    return [entry.strip() for entry in cell.split(";") if entry.strip()]
