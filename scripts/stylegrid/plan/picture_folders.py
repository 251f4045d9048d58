"""The folders of photographs and paintings: an entry of a manifest's cell to pictures."""

import glob
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from stylegrid.errors import ImageError, closest
from stylegrid.names import safe_name, spell_number
from stylegrid.pictures import images
from stylegrid.plan.job import Source, StyleSource
from stylegrid.plan.picture_index import PictureIndex
from stylegrid.text import control
from stylegrid.weighted_list import Weighted, WeightedList, parse_weighted

LONGEST_ENTRY = 1000  # characters; globs of many more take minutes to understand
MOST_FOLDERS, MOST_DEEP = 32, 2  # that a glob goes through, and `**` in it: each may stand for every folder there is
MOST_SUGGESTED, MOST_NAMES = 50, 2000  # names that are compared: a manifest of another folder has only missing ones

T = TypeVar("T")


class Style(NamedTuple):
    """A painting or a blend of several, with its name in paths."""

    name: str
    sources: tuple[StyleSource, ...]


class PictureFolders:
    """The pictures of two folders, each with a safe name that is unique in its folder."""

    def __init__(self, content_dir: Path, style_dir: Path, index: PictureIndex):
        self._content_dir, self._style_dir = content_dir, style_dir
        self._index = index
        self._owners: dict[tuple[Path, str], str] = {}
        self._names: dict[Path, dict[str, str]] = {}  # of a folder's pictures, once one is missing, by their stems
        self._missing = 0

    def contents(self, entry: str) -> list[Source]:
        """Return the photographs of an entry; raises ImageError with a line for each unusable one."""
        return _each(self._find(self._content_dir, entry), self._photograph)

    def styles(self, entry: str) -> list[Style]:
        """Return the paintings of an entry, or its one blend; raises ImageError or ValueError."""
        blend = ((entry, 1.0),) if _is_file(self._style_dir / entry) else parse_weighted(entry)
        if len(blend) > 1:
            return [self._blend(blend)]
        sources = _each(self._find(self._style_dir, blend[0][0]), self._painting)
        return [Style(source.name, (source,)) for source in sources]

    def picture(self, name: str) -> Source:
        """Return a start picture or mask by name, one file of the photographs' folder."""
        paths = self._find(self._content_dir, name)
        if len(paths) > 1:
            raise ImageError(f"{name!r} matches {len(paths)} pictures; name one")
        return Source.of(safe_name(paths[0].stem), paths[0], self._index.inspect(paths[0]))

    def _find(self, folder: Path, entry: str) -> list[Path]:
        """Return what `find` does; raises ImageError also for a missing file, with the name that may be meant."""
        paths = find(folder, entry)
        if len(paths) == 1 and not os.path.lexists(paths[0]) and (meant := self._near_miss(folder, entry)):
            raise ImageError(f"{paths[0]}: no such file. Did you mean {meant!r}?")
        return paths

    def _near_miss(self, folder: Path, entry: str) -> str:
        """Return the name of a picture that is like another but for its ending, or ""."""
        self._missing += 1
        if self._missing > MOST_SUGGESTED:
            return ""
        if folder not in self._names:
            names = [str(path.relative_to(folder)) for path in _match(folder, "**/*")[:MOST_NAMES]]
            self._names[folder] = {_stem(name): name for name in names}
        return self._names[folder].get(closest(_stem(entry), self._names[folder]), "")

    def _blend(self, blend: Weighted) -> Style:
        sources = []
        for entry, weight in blend:
            paths = self._find(self._style_dir, entry)
            if len(paths) > 1:
                raise ImageError(f"{entry!r} matches {len(paths)} pictures; a blend names them one by one")
            sources.append(self._painting(paths[0], weight))
        text = "-".join(f"{source.name}-{spell_number(source.weight)}" for source in sources)
        owner = WeightedList.of(tuple((source.path, source.weight) for source in sources))
        return Style(self._claim(self._style_dir, text, owner), tuple(sources))

    def _photograph(self, path: Path) -> Source:
        name = self._claim(self._content_dir, path.stem, str(path))
        return Source.of(name, path, self._index.inspect(path))

    def _painting(self, path: Path, weight: float = 1.0) -> StyleSource:
        name = self._claim(self._style_dir, path.stem, str(path))
        return StyleSource.of(name, path, self._index.inspect(path), weight=weight)

    def _claim(self, folder: Path, text: str, owner: str) -> str:
        """Return the safe name of a picture or blend; raises ImageError if another has it."""
        name = safe_name(text)
        first = self._owners.setdefault((folder, name.casefold()), owner)
        if first != owner:
            raise ImageError(f"{owner} and {first} would both be named {name!r} in results; rename one")
        return name


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _each(paths: Iterable[Path], use: Callable[[Path], T]) -> list[T]:
    """Return `use` of each path; raises one ImageError with a line for each that fails."""
    made, faults = [], []
    for path in paths:
        try:
            made.append(use(path))
        except ImageError as error:
            faults.append(" ".join(str(error).splitlines()))
    if faults:
        raise ImageError("\n".join(faults))
    return made


def find(folder: Path, pattern: str) -> list[Path]:
    """Return the file of this name below `folder`, or the pictures that match a glob, sorted.

    Raises ImageError if nothing matches or a path leads out of the folder.
    """
    if control(pattern):
        raise ImageError(f"{pattern!r} holds {control(pattern)}, which is no name's; separate names by semicolons")
    if len(pattern) > LONGEST_ENTRY:
        raise ImageError(
            f"{pattern[:20]!r}... has {len(pattern)} characters; a name or glob has at most {LONGEST_ENTRY}"
        )
    path = folder / os.path.relpath(folder / pattern, folder)  # one spelling: no `x/../`, no absolute path
    found = [path] if _is_file(path) or not glob.has_magic(pattern) else _match(folder, pattern)
    if not found:
        raise ImageError(f"no picture in {folder} matches {pattern!r}")
    for file in found:
        if not Path(os.path.realpath(file)).is_relative_to(folder.resolve()):
            raise ImageError(f"{pattern!r} leads out of {folder}; move or copy the picture into that folder")
        if str(file).encode(errors="replace").decode() != str(file):
            raise ImageError(f"{str(file)!r}: its name is not UTF-8; rename it")
        if control(str(file)):
            raise ImageError(f"{str(file)!r}: its name holds {control(str(file))}; rename it")
    return found


def _is_file(path: Path) -> bool:
    """Return whether a path is a file; False for names that are too long."""
    try:
        return path.is_file()
    except OSError:
        return False


def _match(folder: Path, pattern: str) -> list[Path]:
    if pattern.count("/") > MOST_FOLDERS or pattern.count("**") > MOST_DEEP:
        most = f"at most {MOST_FOLDERS}, and ** at most {MOST_DEEP} times"
        raise ImageError(f"{pattern!r} goes through too many folders; {most}")
    names = sorted(glob.glob(pattern, root_dir=folder, recursive=True))
    return [folder / name for name in names if Path(name).suffix.lower() in images.SUFFIXES]
