"""Removal of pictures that the manifest no longer asks for, with their records, failures, films, snapshots and plots.

Only this program's own files are removed: a picture whose record fits its path and has the file's SHA-256, a failure
whose record fits, and the files that belong to these by name. All other files stay and are listed.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import ConfigError, RecordError
from stylegrid.painting.heartbeat import read_heartbeats
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import Job
from stylegrid.runs import recovery, run
from stylegrid.store.films import FILM_SUFFIXES
from stylegrid.store.layout import (
    Layout,
    curves_plot_path,
    failure_path,
    film_path,
    films_folder,
    find_record,
    is_film_strip,
    picture_path,
    snapshots_folder,
)
from stylegrid.store.record import Record, read_outline

_PLOTS = ("svg", "png", "pdf")
_SNAPSHOT = re.compile(r"\d{6,}\.png")


class Leftovers(NamedTuple):
    """Files to remove, and other files below the pictures' folder, which stay."""

    ours: tuple[Path, ...]
    others: tuple[Path, ...]


def require_no_run(results: Path, now: float) -> None:
    """Raise ClusterError or ConfigError while a run is alive or a picture is painted; keeps others from starting."""
    run.require_none(results)
    alive = [name for name, beat in read_heartbeats(Layout(results).chunks).items() if not beat.has_stopped(now)]
    if alive:
        raise ConfigError(f"{results}: {alive[0]} is being painted; wait until it is finished")


def find_leftovers(results: Path, jobs: Iterable[Job]) -> Leftovers:
    """Return the files below a results folder's pictures that belong to none of the jobs."""
    names = {picture_path(results, job): job.name for job in jobs}
    kept, folder = {path for picture in names for path in _all_paths_of(picture)}, Layout(results).pictures
    ours = {path for picture in _pictures(folder) for path in _own_files(picture)} - kept
    for name in _names(folder, ours) - set(names.values()):
        ours |= set(_companions(results, name))
    others = {path for path in _all_files(folder) if not _belongs(path, kept)} - ours - set(recovery.parts(folder))
    return Leftovers(tuple(sorted(ours)), tuple(sorted(others)))


def remove(results: Path, paths: Iterable[Path]) -> None:
    """Remove files, and folders that become empty; raises RecordError if one can't be removed."""
    folders = set()
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise RecordError(f"{path}: cannot be removed ({error.strerror}); check permissions") from error
        folders |= {parent for parent in path.parents if results in parent.parents}
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _pictures(folder: Path) -> Iterator[Path]:
    """Yield the paths of pictures, and of failed ones as PNG."""
    for path in folder.glob("*/*/*"):
        if path.name.endswith(".failed.json"):
            yield path.with_name(path.name.removesuffix(".failed.json") + ".png")
        elif path.suffix in SUFFIXES.values() and not is_film_strip(path):
            yield path


def _own_files(picture: Path) -> Iterator[Path]:
    """Yield those of a picture, its record and its failure that are this program's own."""
    path = find_record(picture)
    record = _record(path)
    if record and _matches_path(record, picture) and _is_unchanged(picture, record):
        yield from (picture, path)
    failure = _record(failure_path(picture))
    if failure and failure.outcome == "failed" and _matches_path(failure, picture, any_format=True):
        yield failure_path(picture)


def _record(path: Path) -> Record | None:
    try:
        return read_outline(path) if path.is_file() else None
    except RecordError:
        return None


def _matches_path(record: Record, picture: Path, any_format: bool = False) -> bool:
    """Return whether a record belongs to a picture's path; a blend's folder must name all its paintings."""
    *_, content, style, _ = picture.parts
    named = all(part.name in style for part in record.styles)
    suffix = any_format or picture.suffix == SUFFIXES[record.settings.format]
    return (record.content.name, record.variant) == (content, picture.stem) and named and suffix


def _is_unchanged(picture: Path, record: Record) -> bool:
    return picture.is_file() and files.sha256(picture) == record.picture_sha256


def _names(folder: Path, paths: Iterable[Path]) -> set[str]:
    """Return the combinations' names of pictures and failures."""
    found = (path.relative_to(folder) for path in paths)
    endings = (".failed.json", *(f"{suffix}.json" for suffix in SUFFIXES.values()), *SUFFIXES.values(), ".json")
    return {_strip_ending(path.as_posix(), endings) for path in found}


def _strip_ending(text: str, endings: Iterable[str]) -> str:
    return text.removesuffix(next((ending for ending in endings if text.endswith(ending)), ""))


def _companions(results: Path, name: str) -> Iterator[Path]:
    """Yield the films, snapshots and plots of a combination."""
    picture = Layout(results).pictures / f"{name}.png"
    film, plots = film_path(picture), (curves_plot_path(results, name, kind) for kind in _PLOTS)
    yield from (path for path in (film, *plots) if path.is_file())
    yield from (path for path in films_folder(results, name).glob("*") if path.suffix in FILM_SUFFIXES)
    yield from (path for path in snapshots_folder(picture).glob("*.png") if _SNAPSHOT.fullmatch(path.name))


def _all_paths_of(picture: Path) -> tuple[Path, ...]:
    """Return a picture's path and those of all files that belong to it."""
    beside = (find_record, failure_path, film_path, snapshots_folder)
    return (picture, *(path(picture) for path in beside))


def _belongs(path: Path, kept: Collection[Path]) -> bool:
    return path in kept or path.parent in kept


def _all_files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir())
