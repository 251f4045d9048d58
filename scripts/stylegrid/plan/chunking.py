"""Which combinations one process paints: chunks that stay as they are when the manifest grows."""

import hashlib
from collections.abc import Iterable

_BITS = 16  # of each part of a combination's place


def make_chunks(names: Iterable[str], size: int) -> dict[str, tuple[str, ...]]:
    """Return chunks of at most `size` combinations, given as content/style/variant, by chunk name.

    A combination's place is a string of hash bits: of its content, its style, then its whole name. A chunk holds the
    places with one prefix, the shortest that makes it small enough. So combinations of one content and style stay
    together, and a new row changes only its own chunk.
    """
    places = {_place(name): name for name in sorted(names)}
    chunks: dict[str, tuple[str, ...]] = {}
    _split(places, "", size, chunks)
    return chunks


def _split(places: dict[str, str], prefix: str, size: int, chunks: dict[str, tuple[str, ...]]) -> None:
    """Add the chunks of the places with a prefix."""
    if len(places) <= size:
        if places:
            chunks[_name(prefix)] = tuple(places.values())
        return
    for bit in "01":
        longer = prefix + bit
        _split({place: name for place, name in places.items() if place.startswith(longer)}, longer, size, chunks)


def _place(name: str) -> str:
    """Return a combination's place: a unique string of bits."""
    content, style, _ = name.split("/")
    return _bits(content, _BITS) + _bits(style, _BITS) + _bits(name, 128)


def _bits(text: str, count: int) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"{int.from_bytes(digest):0256b}"[:count]


def _name(prefix: str) -> str:
    """Return a chunk's name: its prefix in groups of bits; `all` for the only chunk."""
    parts = [prefix[start : start + _BITS] for start in range(0, len(prefix), _BITS)]
    return "-".join(parts) or "all"
