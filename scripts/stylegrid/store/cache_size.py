"""The cache's entries and sizes, and which exceed a limit: unneeded ones, least recently used first."""

import re
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import ConfigError
from stylegrid.store.cache import Cache

_ENTRY = re.compile(r"([0-9a-f]{64})\.(tif|json|steps|checkpoint\.npz)")
_UNITS = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class CacheEntry(NamedTuple):
    """One painting's part of the cache: key, files and folders, bytes, and time of last use."""

    key: str
    paths: tuple[Path, ...]
    size: int
    used: float


def parse_size(text: str) -> int:
    """Return the bytes of a text such as 5GB or 500 MB; raises ConfigError for any other."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(kB|MB|GB|TB)", text)
    if not found:
        raise ConfigError(f"--cache-limit: must be a number with {', '.join(_UNITS)}, such as 5GB, found {text!r}")
    return int(float(found[1]) * _UNITS[found[2]])


def list_entries(folder: Path) -> list[CacheEntry]:
    """Return all entries of a cache, of finished and unfinished paintings."""
    paths: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("??/*")):
        match = _ENTRY.fullmatch(path.name)
        if match and match[1].startswith(path.parent.name):
            paths.setdefault(match[1], []).append(path)
    last_used = Cache(folder).last_used
    return [CacheEntry(key, tuple(each), sum(map(_size, each)), last_used(key)) for key, each in paths.items()]


def over_limit(entries: Collection[CacheEntry], limit: int, needed: Collection[str]) -> list[CacheEntry]:
    """Return the least recently used, unneeded entries whose removal brings the cache within a limit in bytes."""
    rest = sum(entry.size for entry in entries)
    found = []
    for entry in sorted(entries, key=lambda entry: (entry.used, entry.key)):
        if rest > limit and entry.key not in needed:
            found.append(entry)
            rest -= entry.size
    return found


def discard(entry: CacheEntry) -> None:
    """Remove an entry, its record first: a record implies its painting."""
    for path in sorted(entry.paths, key=lambda path: path.suffix != ".json"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    parts = path.iterdir() if path.is_dir() else (path,)
    return sum(part.stat().st_size for part in parts)
