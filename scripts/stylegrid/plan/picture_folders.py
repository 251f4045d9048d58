"""The folders of photographs and paintings: an entry of a manifest's cell to pictures."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from stylegrid.errors import ImageError
from stylegrid.names import safe_name, spell_number
from stylegrid.pictures.images import Inspection
from stylegrid.plan.job import Source, StyleSource
from stylegrid.plan.picture_index import PictureIndex
from stylegrid.plan.picture_names import PictureNames
from stylegrid.plan.picture_search import Found, find, is_file, list_pictures
from stylegrid.weighted_list import Weighted, WeightedList, parse_weighted

MOST_SUGGESTED = 50  # missing names that are compared: a manifest of another folder has only such

T = TypeVar("T")


class Style(NamedTuple):
    """A painting or a blend of several, with its name in paths."""

    name: str
    sources: tuple[StyleSource, ...]


class PictureFolders:
    """The pictures of two folders, each with a safe name that is unique in its folder; start pictures of a third.

    With `links`, links may lead out of the folders.
    """

    def __init__(
        self,
        content_dir: Path,
        style_dir: Path,
        index: PictureIndex,
        links: bool = False,
        start_dir: Path | None = None,
    ):
        self._content_dir, self._style_dir, self._start_dir = content_dir, style_dir, start_dir or content_dir
        self._index, self._links = index, links
        self._owners: dict[tuple[Path, str], str] = {}
        self._found: dict[tuple[Path, str], Found | ImageError] = {}  # by the folder and the entry
        self._names: dict[Path, PictureNames] = {}  # of a folder's pictures, once one is missing
        self._missing = 0
        self._flat: dict[str, None] = {}  # notices, each once
        self._shared: set[tuple[Path, str]] = set()  # names that pictures of several folders have

    def expect(self, contents: Iterable[str], styles: Iterable[str]) -> None:
        """Learn all entries that will be asked for: pictures of one name in several folders are named with these."""
        blends = (name for entry in styles for name in self._parts(entry))
        named = [(self._content_dir, entry) for entry in contents] + [(self._style_dir, entry) for entry in blends]
        parents: dict[tuple[Path, str], set[Path]] = {}
        for folder, entry in named:
            found = self._look(folder, entry)
            for path in [] if isinstance(found, ImageError) else found.paths:
                parents.setdefault((folder, safe_name(path.stem).casefold()), set()).add(path.parent)
        self._shared = {key for key, folders in parents.items() if len(folders) > 1}

    def contents(self, entry: str) -> list[Source]:
        """Return the photographs of an entry; raises ImageError with a line for each unusable one."""
        return _each(self._find(self._content_dir, entry), self._photograph)

    def styles(self, entry: str) -> list[Style]:
        """Return the paintings of an entry, or its one blend; raises ImageError or ValueError."""
        blend = ((entry, 1.0),) if is_file(self._style_dir / entry) else parse_weighted(entry)
        if len(blend) > 1:
            return [self._blend(blend)]
        sources = _each(self._find(self._style_dir, blend[0][0]), self._painting)
        return [Style(source.name, (source,)) for source in sources]

    @property
    def notices(self) -> list[str]:
        """What is no fault of the pictures found, but hardly meant: a sentence for each."""
        found = ((folder, entry, each) for (folder, entry), each in self._found.items() if isinstance(each, Found))
        left_out = [f"{folder}: {entry!r} leaves out {each.left_out}" for folder, entry, each in found if each.left_out]
        return [*left_out, *self._flat]

    def picture(self, name: str, mask: bool = False) -> Source:
        """Return a start picture by name, or a mask, which lies with the photographs; raises ImageError."""
        paths = self._find(self._content_dir if mask else self._start_dir, name)
        if len(paths) > 1:
            raise ImageError(f"{name!r} matches {len(paths)} pictures; name one")
        inspect = self._index.inspect_mask if mask else self._index.inspect
        return Source.of(safe_name(paths[0].stem), paths[0], inspect(paths[0]))

    def _parts(self, entry: str) -> list[str]:
        """Return the names and globs of an entry of paintings; none if it can't be parsed."""
        try:
            return [entry] if is_file(self._style_dir / entry) else [name for name, _ in parse_weighted(entry)]
        except ValueError:
            return []

    def _find(self, folder: Path, entry: str) -> list[Path]:
        """Return the files of an entry, of a name also the one that looks like it; raises ImageError."""
        found = self._look(folder, entry)
        if isinstance(found, ImageError):
            raise found
        return found.paths

    def _look(self, folder: Path, entry: str) -> Found | ImageError:
        """Return what `_find` finds or raises, looked for once."""
        if (folder, entry) not in self._found:
            try:
                self._found[folder, entry] = self._search(folder, entry)
            except ImageError as error:
                self._found[folder, entry] = error
        return self._found[folder, entry]

    def _search(self, folder: Path, entry: str) -> Found:
        found = find(folder, entry, self._links)
        path = found.paths[0]
        if len(found.paths) > 1 or os.path.lexists(path):
            if path.is_dir():
                raise ImageError(f"{path}: is a folder; for its pictures write {_inside(folder, path)!r}")
            return found
        if folder not in self._names:
            self._names[folder] = PictureNames(list_pictures(folder))
        if alike := self._names[folder].alike(entry):
            return find(folder, alike, self._links)
        self._missing += 1
        if remedy := self._names[folder].remedy(entry, compare=self._missing <= MOST_SUGGESTED):
            raise ImageError(f"{path}: no such file. {remedy}")
        return found

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
        name = self._claim(self._content_dir, self._stem(self._content_dir, path), str(path))
        return Source.of(name, path, self._inspect(path, "as a photograph it has nothing to keep"))

    def _painting(self, path: Path, weight: float = 1.0) -> StyleSource:
        name = self._claim(self._style_dir, self._stem(self._style_dir, path), str(path))
        found = self._inspect(path, "as a painting it gives that colour and no brushwork")
        return StyleSource.of(name, path, found, weight=weight)

    def _inspect(self, path: Path, flat: str) -> Inspection:
        """Return what is known of a picture; where it is of one colour, `flat` says what that means."""
        found = self._index.inspect(path)
        if found.flat:
            self._flat[f"{path} is of one colour: {flat}"] = None
        return found

    def _stem(self, folder: Path, path: Path) -> str:
        """Return a picture's name without its suffix, with its folders if pictures of others are called the same."""
        if (folder, safe_name(path.stem).casefold()) not in self._shared:
            return path.stem
        return "-".join((*path.relative_to(folder).parts[:-1], path.stem))

    def _claim(self, folder: Path, text: str, owner: str) -> str:
        """Return the safe name of a picture or blend; raises ImageError if another has it."""
        name = safe_name(text)
        first = self._owners.setdefault((folder, name.casefold()), owner)
        if first != owner:
            raise ImageError(f"{owner} and {first} would both be named {name!r} in results; rename one")
        return name


def _inside(folder: Path, path: Path) -> str:
    """Return the glob of all that is in a folder below another."""
    return str(path.relative_to(folder) / "*")


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
