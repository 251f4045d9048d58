"""An index of pictures' hashes and sizes, kept between runs."""

import json
from pathlib import Path

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.images import Inspection

READING = 2  # raised whenever pictures are read differently, so that those known are inspected again


class PictureIndex:
    """Inspects pictures, again only when a file's size or modification time changes; its file keeps the results."""

    def __init__(self, file: Path):
        self._file = file
        self._known: dict[str, list] = _load(file)
        self._used: dict[str, list] = {}
        self._faults: dict[Path, ImageError] = {}
        self._masks: set[Path] = set()

    def inspect(self, path: Path) -> Inspection:
        """Return a picture's hash and size; raises ImageError, at every call, if it can't be painted from."""
        if path in self._faults:
            raise self._faults[path]
        try:
            return self._inspect(path)
        except ImageError as error:
            self._faults[path] = error
            raise

    def inspect_mask(self, path: Path) -> Inspection:
        """Return a mask's hash and size; raises ImageError also where it is black everywhere."""
        found = self.inspect(path)
        if path not in self._masks:
            images.require_mask(path)
            self._masks.add(path)
        return found

    def _inspect(self, path: Path) -> Inspection:
        key = str(path)
        if key not in self._used:
            stamp = _stamp(path)
            known = self._known.get(key)
            self._used[key] = known if known and known[:3] == stamp else [*stamp, *images.inspect(path)]
        return Inspection(*self._used[key][3:])

    def save(self) -> None:
        """Write the index; raises RecordError if the results folder can't be written."""
        known = {**self._known, **self._used}
        if known != self._known or not self._file.exists():
            files.write_text(self._file, json.dumps(known, indent=0, sort_keys=True))


def _stamp(path: Path) -> list[int]:
    """Return READING, and a file's size and modification time; zeros for a missing file, which inspecting reports."""
    try:
        status = path.stat()
    except OSError:
        return [READING, 0, 0]
    return [READING, status.st_size, status.st_mtime_ns]


def _load(file: Path) -> dict[str, list]:
    """Return an earlier run's index; empty for a missing or damaged file, so that pictures are inspected again."""
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
        return {key: value for key, value in known.items() if len(value) == len(Inspection._fields) + 3}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
