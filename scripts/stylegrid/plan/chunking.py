"""Which combinations one process paints: chunks that stay as they are when the manifest grows."""

import hashlib
from collections.abc import Iterable

_BITS = 16  # of each part of a combination's place


def make_chunks(names: Iterable[str], size: int) -> dict[str, tuple[str, ...]]:
    """Return chunks of at most `size` combinations, by name; combinations go by theirs, content/style/variant.

    Every combination has a place: bits of hashes, of its content, then its style, then its variant. A chunk holds those
    whose places begin alike, with as few bits as make it small enough. So one content's and one style's combinations
    keep together, and a new row changes no chunk but its own.
    """
    places = {_place(name): name for name in sorted(names)}
    chunks: dict[str, tuple[str, ...]] = {}
    _split(places, "", size, chunks)
    return chunks


def members(names: Iterable[str], chunk: str) -> tuple[str, ...]:
    """Return the combinations of a chunk by its name alone, whatever the size of chunks is."""
    prefix = "" if chunk == _name("") else chunk.replace("-", "")
    return tuple(sorted(name for name in names if _place(name).startswith(prefix)))


def _split(places: dict[str, str], prefix: str, size: int, chunks: dict[str, tuple[str, ...]]) -> None:
    """Add the chunks of the places that begin with a prefix."""
    if len(places) <= size:
        if places:
            chunks[_name(prefix)] = tuple(places.values())
        return
    for bit in "01":
        longer = prefix + bit
        _split({place: name for place, name in places.items() if place.startswith(longer)}, longer, size, chunks)


def _place(name: str) -> str:
    """Return a combination's place: bits, which differ between any two."""
    content, style, _ = name.split("/")
    return _bits(content, _BITS) + _bits(style, _BITS) + _bits(name, 128)


def _bits(text: str, count: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"{int.from_bytes(digest):0256b}"[:count]


def _name(prefix: str) -> str:
    """Return the name of a chunk: its bits, grouped; `all` where there is only one."""
    parts = [prefix[start : start + _BITS] for start in range(0, len(prefix), _BITS)]
    return "-".join(parts) or "all"
