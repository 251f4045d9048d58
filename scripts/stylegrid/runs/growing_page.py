"""The gallery page while a run paints: built again now and then by a process of its own, which takes little time."""

import subprocess
import sys
import time
from collections.abc import Sized
from pathlib import Path

from stylegrid.store.layout import Layout

PROGRAM = Path(__file__).parents[2] / "gallery.py"
PAUSE = 5.0  # seconds between two builds, at least
SHARE = 0.05  # of the time that building may take


class GrowingPage:
    """Builds the page of a results folder after pictures have come."""

    def __init__(self, results: Path):
        self.path = Layout(results).page
        self._results = results
        self._build: subprocess.Popen[bytes] | None = None
        self._began = self._due = 0.0
        self._new = False

    def look(self, finished: Sized, done: bool) -> None:
        """Hear of pictures that have come, and whether all is painted: then the run itself builds the page."""
        self._new = self._new or bool(finished)
        now = time.monotonic()
        if self._build is not None and self._build.poll() is not None:
            self._build, self._due = None, now + max(PAUSE, (now - self._began) / SHARE)
        if done:
            self.end()
        elif self._new and self._build is None and now >= self._due:
            command = [sys.executable, str(PROGRAM), "--results", str(self._results), "--threads=1", "--growing"]
            self._new, self._began = False, now
            self._build = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self) -> None:
        """End a build that goes on, which must not write over the run's own page."""
        if self._build is not None:
            self._build.kill()
            self._build.wait()
            self._build = None
