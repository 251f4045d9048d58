"""Signs of life of paintings that go on: a small file for each in its chunk's folder, `{combination}.progress.json`.

Whoever is killed leaves one behind, which says so by its age, or by its process, which is gone.
"""

import contextlib
import math
import os
import platform
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import psutil
from pydantic import Field, ValidationError

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.models import FrozenModel

ENDING = ".progress.json"
EVERY = 1.0  # seconds between two writes
PATIENCE = 120.0  # seconds without a step after which a painting has stopped
PAUSES = 3  # large pictures have longer steps: so many of the longest pause are waited for


class Heartbeat(FrozenModel):
    """How far a painting has come, and whose it is; times are seconds of the epoch."""

    step: int = Field(ge=0)
    steps: int = Field(ge=0)
    started: float
    updated: float
    pause: float = Field(default=0, ge=0, description="most seconds between two steps so far")
    host: str
    pid: int = Field(ge=1)
    losses: dict[str, float | None] = Field(default_factory=dict, description="of the step, by term; null: not finite")

    def has_stopped(self, now: float) -> bool:
        """Return whether the process is gone from this host, or no step has been heard of for too long."""
        if self.host == platform.node() and not psutil.pid_exists(self.pid):
            return True
        return now - self.updated > max(PATIENCE, PAUSES * self.pause)


class HeartbeatWriter:
    """Writes the heartbeat of one painting, from the moment this is made, at most once a second."""

    def __init__(self, path: Path, steps: int, clock: Callable[[], float] = time.time):
        self._path, self._steps, self._clock = path, steps, clock
        self._started = self._heard = clock()
        self._pause = 0.0
        self._write(0)

    def beat(self, step: int, losses: Mapping[str, float] = MappingProxyType({})) -> None:
        """Hear of a step and its losses."""
        now = self._clock()
        self._pause, self._heard = max(self._pause, now - self._heard), now
        if now - self._written >= EVERY:
            self._write(step, losses)

    def end(self) -> None:
        """Remove the heartbeat."""
        self._path.unlink(missing_ok=True)

    def _write(self, step: int, losses: Mapping[str, float] = MappingProxyType({})) -> None:
        self._written = self._heard
        heartbeat = Heartbeat(
            step=step,
            steps=self._steps,
            started=self._started,
            updated=self._heard,
            pause=self._pause,
            host=platform.node(),
            pid=os.getpid(),
            losses={term: float(value) if math.isfinite(value) else None for term, value in losses.items()},
        )
        # A painting is worth more than word of it, and a full disk is met where it costs something.
        with contextlib.suppress(RecordError):
            files.write_bytes(self._path, heartbeat.model_dump_json().encode(), sync=False)


def heartbeat_path(chunk: Path, name: str) -> Path:
    """Return where the heartbeat of a combination lies while its chunk is painted."""
    return chunk / f"{name}{ENDING}"


def read_heartbeats(chunks: Path) -> dict[str, Heartbeat]:
    """Return the heartbeats below a folder of chunks by the names of their combinations, the newest of each."""
    found: dict[str, Heartbeat] = {}
    for chunk in chunks.glob("*"):
        # Folders and files may vanish at any time: os.walk goes on then, Path.rglob does not.
        for folder, _, names in os.walk(chunk):
            for path in (Path(folder) / name for name in names if name.endswith(ENDING)):
                heartbeat = _read(path)
                name = str(path.relative_to(chunk)).removesuffix(ENDING)
                if heartbeat and (name not in found or found[name].updated < heartbeat.updated):
                    found[name] = heartbeat
    return found


def _read(path: Path) -> Heartbeat | None:
    """Return the heartbeat in a file; nothing if it is gone by now, or isn't one."""
    try:
        return Heartbeat.model_validate_json(files.read_bytes(path))
    except (RecordError, ValidationError):
        return None
