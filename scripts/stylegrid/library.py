"""The folders of photographs and paintings: what an entry of a manifest's cell stands for."""

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid import images
from stylegrid.errors import ImageError
from stylegrid.inspector import Inspector
from stylegrid.job import Source, StyleSource
from stylegrid.names import safe_name, spell_number
from stylegrid.weighted import Weighted, parse_weighted


class Style(NamedTuple):
    """A painting or a blend of several, with the name it has in paths."""

    name: str
    sources: tuple[StyleSource, ...]


class Library:
    """The pictures below two folders, each under a safe name that no other picture of its folder has."""

    def __init__(self, content_dir: Path, style_dir: Path, inspector: Inspector):
        self._content_dir, self._style_dir = content_dir, style_dir
        self._inspector = inspector
        self._owners: dict[tuple[Path, str], str] = {}

    def contents(self, entry: str) -> Iterator[Source]:
        """Yield the photographs that an entry names; raises ImageError when one can't be used."""
        for path in find(self._content_dir, entry):
            yield Source(name=self._claim(self._content_dir, path.stem, str(path)), **self._look(path))

    def styles(self, entry: str) -> Iterator[Style]:
        """Yield the paintings that an entry names, or the one blend; raises ImageError or ValueError for a bad one."""
        blend = parse_weighted(entry)
        if (self._style_dir / entry).is_file():
            blend = ((entry, 1.0),)
        if len(blend) > 1:
            yield self._blend(blend)
            return
        for path in find(self._style_dir, blend[0][0]):
            source = self._painting(path, 1.0)
            yield Style(source.name, (source,))

    def start(self, name: str) -> Source:
        """Return the start picture of a name, a file among the photographs."""
        paths = find(self._content_dir, name)
        if len(paths) > 1:
            raise ImageError(f"{name!r} matches {len(paths)} pictures; name one")
        return Source(name=safe_name(paths[0].stem), **self._look(paths[0]))

    def size(self, source: Source) -> tuple[int, int]:
        """Return a source's (width, height)."""
        inspection = self._inspector.inspect(Path(source.path))
        return inspection.width, inspection.height

    def _blend(self, blend: Weighted) -> Style:
        sources = []
        for entry, weight in blend:
            paths = find(self._style_dir, entry)
            if len(paths) > 1:
                raise ImageError(f"{entry!r} matches {len(paths)} pictures; a blend names them one by one")
            sources.append(self._painting(paths[0], weight))
        text = "-".join(f"{source.name}-{spell_number(source.weight)}" for source in sources)
        return Style(self._claim(self._style_dir, text, repr(blend)), tuple(sources))

    def _painting(self, path: Path, weight: float) -> StyleSource:
        return StyleSource(name=self._claim(self._style_dir, path.stem, str(path)), weight=weight, **self._look(path))

    def _look(self, path: Path) -> dict[str, str]:
        return {"path": str(path), "sha256": self._inspector.inspect(path).sha256}

    def _claim(self, folder: Path, text: str, owner: str) -> str:
        """Return the safe name of a picture or blend; raises ImageError when another one has it already."""
        name = safe_name(text)
        first = self._owners.setdefault((folder, name.casefold()), owner)
        if first != owner:
            raise ImageError(f"{owner} and {first} would both be named {name!r} in results; rename one")
        return name


def find(folder: Path, pattern: str) -> list[Path]:
    """Return the files that an entry names: one file below `folder`, or the pictures that match a glob, sorted.

    Raises ImageError when nothing is found or a name leads out of the folder.
    """
    path = folder / pattern
    found = [path] if path.is_file() or not glob.has_magic(pattern) else _match(folder, pattern)
    if not found:
        raise ImageError(f"no picture in {folder} matches {pattern!r}")
    for file in found:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise ImageError(f"{pattern!r} leads out of {folder}; move or copy the picture into that folder")
    return found


def _match(folder: Path, pattern: str) -> list[Path]:
    names = sorted(glob.glob(pattern, root_dir=folder, recursive=True))
    return [folder / name for name in names if Path(name).suffix.lower() in images.SUFFIXES]
