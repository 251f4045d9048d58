"""Progress of a painting: on a terminal a bar with losses and time left, elsewhere a line now and then."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stylegrid.cli.entry_point import spell_losses, step_printer

# rich and the workload are imported when painting begins, so that --help is fast.
if TYPE_CHECKING:  # imports TensorFlow
    from rich.progress import Progress, TaskID

    from stylegrid.method.evaluation import Step
    from stylegrid.settings.workload import Workload


@contextmanager
def show_progress(workload: "Workload", steps: int, quiet: bool = False) -> "Iterator[Callable[[Step], None]]":
    """Context manager yielding a progress callback; restores the terminal on exit."""
    if quiet:
        yield lambda step: None
        return
    progress = _make_bar() if sys.stderr.isatty() else None
    if progress is None:
        yield step_printer(steps)
        return
    bar = Bar(progress, workload, steps)
    try:
        yield bar.show
        bar.end()
    finally:
        progress.stop()


class Bar:
    """A bar of completed work; it appears with the first step, after TensorFlow's own messages."""

    def __init__(self, progress: "Progress", workload: "Workload", steps: int):
        self._progress, self._workload, self._steps = progress, workload, steps
        self._total = max(workload.total, 1e-9)  # also for 0 steps
        self._task: TaskID | None = None

    def show(self, step: "Step") -> None:
        """Show a step, its losses and the time left."""
        if self._task is None:
            first = self._workload.after(step.step)
            self._task = self._progress.add_task("", total=self._total, completed=first, step="", losses="")  # type: ignore[arg-type]
        number, losses = f"{step.step}/{self._steps}", spell_losses(step, 3)
        self._progress.update(self._task, completed=self._workload.after(step.step), step=number, losses=losses)
        self._progress.start()

    def end(self) -> None:
        """Complete the bar, also if fewer steps were needed, and show the elapsed time."""
        if self._task is not None:
            self._progress.update(self._task, completed=self._total)


def _make_bar() -> "Progress | None":
    """Return an empty bar, or None if the terminal can't move its cursor."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_interactive:
        return None
    return Progress(
        BarColumn(bar_width=None),
        TextColumn("{task.fields[step]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.fields[losses]}", markup=False),
        console=console,
        expand=True,
    )
