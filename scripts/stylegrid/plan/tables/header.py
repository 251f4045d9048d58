"""Where a table's header is; the reader of workbooks imports it in its own process, and nothing that takes long."""

from collections.abc import Collection, Sequence
from itertools import islice

REQUIRED = ("content", "style")
MOST_ABOVE = 50  # rows in which a header is looked for


def find_header(cells: Sequence[Collection[str]]) -> int | None:
    """Return the index of the first row that names the required columns; None if none of the first rows does."""
    for number, row in enumerate(islice(cells, MOST_ABOVE)):
        if {cell.strip().casefold() for cell in row}.issuperset(REQUIRED):
            return number
    return None
