"""How far a painting has come: on a terminal a bar with its losses and the time left, in a log lines now and then."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stylegrid.cli.entry_point import spell_losses, step_printer

# What draws the bar, and what knows of pictures, is imported when painting begins: --help has no time for it.
if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from rich.progress import Progress, TaskID

    from stylegrid.method.evaluation import Step
    from stylegrid.settings.workload import Workload


@contextmanager
def show_progress(workload: "Workload", steps: int, quiet: bool = False) -> "Iterator[Callable[[Step], None]]":
    """Give what shows the steps of a painting until it is done or given up; the terminal is left as it was."""
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
    """A bar of the work that is done; it begins with the first step, and steps that are skipped are done with the next.

    Until then TensorFlow prints what it has to say, which a bar would be torn by.
    """

    def __init__(self, progress: "Progress", workload: "Workload", steps: int):
        self._progress, self._effort, self._steps = progress, workload, steps
        self._total = max(workload.total, 1e-9)  # of no steps too
        self._task: TaskID | None = None

    def show(self, step: "Step") -> None:
        """Show a step, its losses and the time left."""
        if self._task is None:
            first = self._effort.after(step.step)
            self._task = self._progress.add_task("", total=self._total, completed=first, step="", losses="")  # type: ignore[arg-type]
        number, losses = f"{step.step}/{self._steps}", spell_losses(step, 3)
        self._progress.update(self._task, completed=self._effort.after(step.step), step=number, losses=losses)
        self._progress.start()

    def end(self) -> None:
        """Show that nothing is left, also where not all steps were needed, and the time that it took."""
        if self._task is not None:
            self._progress.update(self._task, completed=self._total)


def _make_bar() -> "Progress | None":
    """Return an empty display on the terminal; nothing where that can't move its cursor."""
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
