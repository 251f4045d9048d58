"""What picture files hold, looked at once: a manifest names the same files again and again, and runs are repeated."""

import json
from pathlib import Path

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.images import Inspection


class PictureIndex:
    """Inspects pictures, each once as long as its size and time of change stay; what it found is kept in a file."""

    def __init__(self, memory: Path):
        self._memory = memory
        self._known: dict[str, list] = _load(memory)
        self._used: dict[str, list] = {}
        self._faults: dict[Path, ImageError] = {}

    def inspect(self, path: Path) -> Inspection:
        """Return what a picture holds; raises ImageError, every time it is asked, when it can't be painted from."""
        if path in self._faults:
            raise self._faults[path]
        try:
            return self._inspect(path)
        except ImageError as error:
            self._faults[path] = error
            raise

    def _inspect(self, path: Path) -> Inspection:
        key = str(path)
        if key not in self._used:
            stamp = _stamp(path)
            known = self._known.get(key)
            self._used[key] = known if known and known[:2] == stamp else [*stamp, *images.inspect(path)]
        return Inspection(*self._used[key][2:])

    def save(self) -> None:
        """Write what is known of the pictures; raises RecordError when the results folder can't be written."""
        known = {**self._known, **self._used}
        if known != self._known or not self._memory.exists():
            files.write_text(self._memory, json.dumps(known, indent=0, sort_keys=True))


def _stamp(path: Path) -> list[int]:
    """Return a file's size and time of change; zeros for a file that isn't there, which inspecting will report."""
    try:
        status = path.stat()
    except OSError:
        return [0, 0]
    return [status.st_size, status.st_mtime_ns]


def _load(memory: Path) -> dict[str, list]:
    """Return what an earlier run knew; a file that is missing or damaged only costs looking again."""
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
        return {key: value for key, value in known.items() if len(value) == len(Inspection._fields) + 2}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
