"""Shows a run's pictures: a line for each, and on a terminal a bar that stays in place, elsewhere signs of life."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from stylegrid.cli.entry_point import spell_duration
from stylegrid.text import plain

if TYPE_CHECKING:  # rich is imported where there is a terminal, the rest not at all
    from rich.progress import Progress

    from stylegrid.runs.watch import Finished, Painting, Watch

SILENCE = 15.0  # seconds without a line, where there is no terminal
STARTING = "Starting a painting process"
COLLECTING = "Making tables, sheets, plots and the page"


class Lines:
    """Prints a line for each picture, and one now and then."""

    def __init__(self) -> None:
        self._said, self._collecting = time.monotonic(), 0.0

    def say(self, line: str) -> None:
        """Print a line."""
        print(line, file=sys.stderr, flush=True)
        self._said = time.monotonic()

    def show(self, watch: "Watch", finished: Sequence["Finished"], painting: Sequence["Painting"]) -> None:
        """Print what has finished, or else how far it is where nothing was said for long."""
        left = watch.seconds_left(painting)
        for line in describe_finished(watch, finished, left):
            self.say(line)
        if watch.is_painted:
            self._show_collecting()
        elif time.monotonic() - self._said >= SILENCE:
            self.say("; ".join([*(describe_painting(painting) if painting else [STARTING]), *_describe_left(left)]))

    def end(self) -> None:
        """Do nothing: there is nothing to put right."""

    def _show_collecting(self) -> None:
        if not self._collecting:
            self._collecting = time.monotonic()
            self.say(f"{COLLECTING}.")
        elif time.monotonic() - self._said >= SILENCE:
            self.say(f"{COLLECTING}: {spell_duration(time.monotonic() - self._collecting)} so far.")


class Bar:
    """A bar of the work that is done, below the lines of finished pictures."""

    def __init__(self, progress: "Progress"):
        self._progress = progress
        self._task = progress.add_task("", total=1.0, now="", left="")
        self._started = False

    def say(self, line: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(line, markup=False, highlight=False)

    def show(self, watch: "Watch", finished: Sequence["Finished"], painting: Sequence["Painting"]) -> None:
        """Show how far all is, and the picture that has been painted for longest."""
        for line in describe_finished(watch, finished, None):
            self.say(line)
        now = COLLECTING if watch.is_painted else next(describe_painting(painting), STARTING)
        left = "" if watch.is_painted else "; ".join(_describe_left(watch.seconds_left(painting)))
        self._progress.update(self._task, completed=watch.share_done(painting), now=now, left=left)
        if not self._started:
            self._progress.start()
            self._started = True

    def end(self) -> None:
        """Give the terminal back."""
        self._progress.update(self._task, visible=False)
        self._progress.stop()


def make_console() -> Lines | Bar:
    """Return what shows a run on this program's stderr."""
    if not sys.stderr.isatty():
        return Lines()
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    if not console.is_interactive:
        return Lines()
    columns = (
        BarColumn(bar_width=24),
        TextColumn("{task.fields[now]}", markup=False),
        TextColumn("{task.fields[left]}"),
    )
    return Bar(Progress(*columns, console=console, transient=True))


def describe_finished(watch: "Watch", finished: Sequence["Finished"], left: float | None) -> Iterator[str]:
    """Yield a line for each: its number, its name, how it came out, and for the last the time left."""
    first = watch.total - len(watch.pending) - len(finished)
    for number, each in enumerate(finished, first + 1):
        parts = [f"{number}/{watch.total} {each.job.name}: {_describe_outcome(each)}"]
        parts += _describe_left(left) if each is finished[-1] and not watch.is_painted else []
        yield plain("; ".join(parts))


def describe_painting(painting: Sequence["Painting"]) -> Iterator[str]:
    """Yield what is being painted, its step and its losses."""
    for each in painting:
        beat = each.heartbeat
        losses = "  ".join(f"{term} {value:.3g}" for term, value in beat.losses.items() if value is not None)
        yield plain(f"{each.job.name}: step {beat.step} of {beat.steps}" + (f", {losses}" if losses else ""))


def _describe_outcome(finished: "Finished") -> str:
    record = finished.record
    if record.outcome == "failed":
        return f"failed: {record.message}"
    if finished.cached:
        return "from the cache"
    seconds = f"{record.steps} steps in {spell_duration(record.seconds or 0)}"
    losses = f", total {record.losses.total:.3g}" if record.losses else ""
    return seconds + losses + (f", {record.outcome}" if record.outcome == "non_finite" else "")


def _describe_left(left: float | None) -> list[str]:
    return [] if left is None else [f"{spell_duration(left)} left"]
