"""Put what was painted of one combination in its place, or say what kept it from being painted.

Called once for each picture, it imports nothing that takes long.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.store.layout import failure_path, film_path, record_path, snapshots_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program, and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        return _publish(args.chunk, args.name, args.picture)
    except OSError as error:
        cause = f"cannot be written ({error.strerror}); check free space and permissions"
        print(f"error: {args.picture}: {cause}", file=sys.stderr)
        return 1


def _publish(chunk: Path, name: str, picture: Path) -> int:
    """Put a picture and all that belongs to it in their places, and return the exit code."""
    source = chunk / f"{name}{picture.suffix}"
    if not source.is_file():
        print(f"error: {name}: {_failure(chunk, source, picture)}", file=sys.stderr)
        return 1
    _place(source, picture)
    _place(record_path(source), record_path(picture))
    failure_path(picture).unlink(missing_ok=True)
    _place_way(source, picture)
    return 0


def _failure(chunk: Path, source: Path, picture: Path) -> str:
    """Return why a picture was not handed over, and leave that beside its place."""
    failure = failure_path(source)
    if not failure.is_file():
        return f"was not handed over; delete {chunk} and run again"
    _place(failure, failure_path(picture))
    return json.loads(failure.read_bytes())["message"]


def _place_way(source: Path, picture: Path) -> None:
    """Put the pictures of a picture's way, and their film strip, in the place of earlier ones."""
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunk", type=Path, required=True, metavar="FOLDER", help="what paint_chunk.py handed over")
    parser.add_argument("--name", required=True, help="the combination, content/style/variant")
    parser.add_argument("--picture", type=Path, required=True, metavar="FILE", help="where the picture belongs")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
