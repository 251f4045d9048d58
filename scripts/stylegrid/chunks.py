"""Which combinations one process paints: chunks that stay as they are when the manifest grows."""

import hashlib
from collections.abc import Iterable

from stylegrid.job import Job

_BITS = 16  # of each part of a combination's place


def make_chunks(jobs: Iterable[Job], size: int) -> dict[str, tuple[Job, ...]]:
    """Return chunks of at most `size` combinations, by name.

    Every combination has a place: bits of hashes, of its content, then its style, then its variant. A chunk holds those
    whose places begin alike, with as few bits as make it small enough. So one content's and one style's combinations
    keep together, and a new row changes no chunk but its own.
    """
    places = {_place(job): job for job in sorted(jobs, key=lambda job: job.name)}
    chunks: dict[str, tuple[Job, ...]] = {}
    _split(places, "", size, chunks)
    return chunks


def members(jobs: Iterable[Job], chunk: str) -> tuple[Job, ...]:
    """Return the combinations of a chunk by its name alone, whatever the size of chunks is."""
    prefix = "" if chunk == _name("") else chunk.replace("-", "")
    return tuple(sorted((job for job in jobs if _place(job).startswith(prefix)), key=lambda job: job.name))


def _split(places: dict[str, Job], prefix: str, size: int, chunks: dict[str, tuple[Job, ...]]) -> None:
    """Add the chunks of the places that begin with a prefix."""
    if len(places) <= size:
        if places:
            chunks[_name(prefix)] = tuple(places.values())
        return
    for bit in "01":
        longer = prefix + bit
        _split({place: job for place, job in places.items() if place.startswith(longer)}, longer, size, chunks)


def _place(job: Job) -> str:
    """Return a combination's place: bits, which differ between any two."""
    return _bits(job.content.name, _BITS) + _bits(job.style, _BITS) + _bits(job.name, 128)


def _bits(text: str, count: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(f"{byte:08b}" for byte in digest)[:count]


def _name(prefix: str) -> str:
    """Return the name of a chunk: its bits, grouped; `all` where there is only one."""
    parts = [prefix[start : start + _BITS] for start in range(0, len(prefix), _BITS)]
    return "-".join(parts) or "all"
