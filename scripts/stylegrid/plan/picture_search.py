"""An entry of a manifest's cell, a name or a glob, to picture files."""

import glob
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.text import control

LONGEST_ENTRY = 1000  # characters; globs of many more take minutes to understand
MOST_FOLDERS, MOST_DEEP = 32, 2  # that a glob goes through, and `**` in it: each may stand for every folder there is
MOST_NAMED = 3  # files in a sentence

_NO_ONES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "picasa.ini"})  # what systems leave in folders
_LINKS = "if the link is yours, write links: anywhere into the config"
_LAST_SUFFIX = re.compile(r"\.(?:[^./\[\]]|\[[^\]/]*\])*$")
_LETTERS = re.compile(r"\[(!?)([^\]]*)\]|([A-Za-z])")


class Found(NamedTuple):
    """The picture files of an entry, sorted, and in words what else a glob matches; "" if nothing."""

    paths: list[Path]
    left_out: str = ""


def find(folder: Path, pattern: str, links: bool = False) -> Found:
    """Return the file of this name below `folder`, or the pictures that match a glob.

    Suffixes match in any case. Raises ImageError if nothing matches, and for a path that leads out of the folder, by a
    link too unless `links`.
    """
    if control(pattern):
        raise ImageError(f"{pattern!r} holds {control(pattern)}, which is no name's; separate names by semicolons")
    if len(pattern) > LONGEST_ENTRY:
        raise ImageError(
            f"{pattern[:20]!r}... has {len(pattern)} characters; a name or glob has at most {LONGEST_ENTRY}"
        )
    path = folder / os.path.relpath(folder / pattern, folder)  # one spelling: no `x/../`, no absolute path
    found = Found([path]) if is_file(path) or not glob.has_magic(pattern) else _match(folder, pattern)
    for file in found.paths:
        _check(file, folder, pattern, links)
    return found


def _check(file: Path, folder: Path, pattern: str, links: bool) -> None:
    """Raise ImageError for a path that leads out of the folder, has an unprintable name, or may not be read."""
    within = Path(os.path.normpath(file)).is_relative_to(os.path.normpath(folder))  # but for links
    if not within or not (links or Path(os.path.realpath(file)).is_relative_to(folder.resolve())):
        remedy = "move or copy the picture into that folder" + (f", or {_LINKS}" if within else "")
        raise ImageError(f"{pattern!r} leads out of {folder}; {remedy}")
    if str(file).encode(errors="replace").decode() != str(file):
        raise ImageError(f"{str(file)!r}: its name is not UTF-8; rename it")
    if control(str(file)):
        raise ImageError(f"{str(file)!r}: its name holds {control(str(file))}; rename it")
    _require_readable(file)


def _require_readable(file: Path) -> None:
    """Raise ImageError for a file that the user may not read; one that isn't there is told later."""
    try:
        if file.stat() and not os.access(file, os.R_OK):
            raise ImageError(files.forbidden(file))
    except PermissionError:
        raise ImageError(files.forbidden(file)) from None
    except OSError:
        return


def is_file(path: Path) -> bool:
    """Return whether a path is a file; False for names that are too long."""
    try:
        return path.is_file()
    except OSError:
        return False


def list_pictures(folder: Path) -> list[str]:
    """Return the names of all pictures below a folder, relative to it."""
    return [name for name in _glob(folder, "**/*") if _is_picture(name)]


def _match(folder: Path, pattern: str) -> Found:
    if pattern.count("/") > MOST_FOLDERS or pattern.count("**") > MOST_DEEP:
        most = f"at most {MOST_FOLDERS}, and ** at most {MOST_DEEP} times"
        raise ImageError(f"{pattern!r} goes through too many folders; {most}")
    names = _glob(folder, _any_case(pattern))
    pictures = [folder / name for name in names if _is_picture(name)]
    left_out = _describe(folder, [name for name in names if not _is_picture(name)], list(_closed(folder, pattern)))
    if not pictures:
        why = f"; {left_out}" if left_out else _advice(folder, pattern)
        raise ImageError(f"no picture in {folder} matches {pattern!r}{why}")
    return Found(pictures, left_out)


def _glob(folder: Path, pattern: str) -> list[str]:
    """Return the names that match a glob, in either Unicode form, sorted."""
    forms = {pattern, *(unicodedata.normalize(form, pattern) for form in ("NFC", "NFD"))}
    return sorted({name for form in forms for name in glob.glob(form, root_dir=folder, recursive=True)})


def _is_picture(name: str) -> bool:
    return Path(name).suffix.lower() in images.SUFFIXES


def _any_case(pattern: str) -> str:
    """Return a glob whose suffix matches in any case: `*.[jJ][pP][gG]` for `*.jpg`."""
    return _LAST_SUFFIX.sub(lambda suffix: _LETTERS.sub(_fold, suffix[0]), pattern)


def _fold(match: re.Match[str]) -> str:
    letters = match[3] or match[2]
    return f"[{match[1] or ''}{letters}{letters.swapcase()}]" if letters else match[0]


def _describe(folder: Path, others: list[str], closed: list[str]) -> str:
    """Return what a glob leaves out: files that are not of a kind that is read, and folders that may not be."""
    unread = [name for name in others if Path(name).name.lower() not in _NO_ONES and not (folder / name).is_dir()]
    told = []
    if unread:
        told.append(f"{_name_some(unread)}: no kind of picture that is read; save as JPEG, PNG, TIFF or WebP")
    if closed:
        told.append(f"the folder {_name_some(closed)}: permission denied")
    return "; ".join(told)


def _name_some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(map(repr, names[:MOST_NAMED])) + more


def _closed(folder: Path, pattern: str) -> Iterator[str]:
    """Yield the folders that a glob would go through and that the user may not read."""
    parts = pattern.split("/")
    through = (name for depth in range(1, len(parts)) for name in _glob(folder, "/".join(parts[:depth]) + "/"))
    for name in dict.fromkeys([".", *through]):
        if (folder / name).is_dir() and not os.access(folder / name, os.R_OK | os.X_OK):
            yield name.rstrip("/")


def _advice(folder: Path, pattern: str) -> str:
    """Return what to write for a glob that matches nothing, after a full stop; "" if nothing is known."""
    slashed = pattern.replace("\\", "/")
    if slashed != pattern and any(map(_is_picture, _glob(folder, _any_case(slashed)))):
        return f". Write / for \\: {slashed!r}"
    folded = next(filter(_is_picture, _glob(folder, _LETTERS.sub(_fold, slashed))), "")
    return f". {folded!r} differs from it in case" if folded else ""
