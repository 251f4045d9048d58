"""Puts what a chunk handed over of one combination in its place: picture, record, snapshots and film strip.

Done for each picture as soon as it is painted, and again by the rule `publish`. Imports nothing that takes long.
"""

import json
import os
import shutil
from pathlib import Path

from stylegrid.store.layout import failure_path, film_path, record_path, snapshots_folder


def place(chunk: Path, name: str, picture: Path) -> str:
    """Put a combination's files in their places, and return "", or why there is no picture; raises OSError.

    `chunk` is the folder that they were handed over in, `name` is content/style/variant, `picture` where it belongs.
    """
    source = chunk / f"{name}{picture.suffix}"
    if not source.is_file():
        return _place_failure(chunk, source, picture)
    _place(source, picture)
    _place(record_path(source), record_path(picture))
    failure_path(picture).unlink(missing_ok=True)
    _place_snapshots(source, picture)
    return ""


def _place_failure(chunk: Path, source: Path, picture: Path) -> str:
    """Return why a picture was not handed over, and leave that beside its place."""
    failure = failure_path(source)
    if not failure.is_file():
        return f"was not handed over; delete {chunk} and run again"
    _place(failure, failure_path(picture))
    return str(json.loads(failure.read_bytes())["message"])


def _place_snapshots(source: Path, picture: Path) -> None:
    """Put a picture's snapshots, and their film strip, in the place of earlier ones."""
    shutil.rmtree(snapshots_folder(picture), ignore_errors=True)
    film_path(picture).unlink(missing_ok=True)
    for snapshot in snapshots_folder(source).glob("*.png"):
        _place(snapshot, snapshots_folder(picture) / snapshot.name)
    if film_path(source).is_file():
        _place(film_path(source), film_path(picture))


def _place(source: Path, target: Path) -> None:
    """Put a file in its place, whole or not at all; linked where the file system can, copied elsewhere."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.hardlink_to(source)
    except OSError:
        _copy(source, part)
    os.utime(part)  # newer than what it was made from
    part.replace(target)
    part.unlink(missing_ok=True)  # still there where both were links to one file


def _copy(source: Path, target: Path) -> None:
    """Copy a file onto the disk, so that no crash leaves an empty one under the name that it gets."""
    with source.open("rb") as whole, target.open("wb") as copy:
        shutil.copyfileobj(whole, copy)
        copy.flush()
        os.fsync(copy.fileno())
