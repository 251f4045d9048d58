"""The entry point of every program: a user's error becomes one line and exit code 1, Ctrl-C exit code 130.

Also shared: the flag --configfile, and lines of progress.
"""

import argparse
import functools
import logging
import math
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stylegrid.errors import StylegridError
from stylegrid.text import plain

if TYPE_CHECKING:  # imports TensorFlow
    from stylegrid.method.evaluation import Step

Main = Callable[[Sequence[str] | None], None]

REPORTS = 12  # progress lines of a run
INTERRUPTED = 130


def entry_point(main: Main) -> Callable[[Sequence[str] | None], int]:
    """Decorate a program's main function: it returns 0, 1 after `error: ...` for each fault, or 130."""

    @functools.wraps(main)
    def guarded(argv: Sequence[str] | None = None) -> int:
        _show_log()
        try:
            main(argv)
        except StylegridError as error:
            for fault in str(error).split("\n"):
                print(f"error: {plain(fault)}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
            return INTERRUPTED
        return 0

    return guarded


def add_configfile(parser: argparse.ArgumentParser) -> None:
    """Add --configfile, as Snakemake has it."""
    parser.add_argument(
        "--configfile",
        nargs="+",
        default=["config.yaml"],
        metavar="FILE",
        help="laid over config.yaml, one over the other; or a whole config as JSON (default: config.yaml alone)",
    )


def _show_log() -> None:
    """Send stylegrid's log messages to stderr unformatted; leave other loggers alone."""
    logging.getLogger("stylegrid").setLevel(logging.INFO)
    if logging.lastResort is not None:
        logging.lastResort.setLevel(logging.INFO)


def step_printer(steps: int, name: str = "") -> "Callable[[Step], None]":
    """Return a callback that prints about REPORTS progress lines over `steps`, each beginning with `name`."""
    due = 0

    def report(step: "Step") -> None:
        nonlocal due
        if step.step >= due or step.step == steps:
            due = step.step + max(1, steps // REPORTS)
            terms = spell_losses(step, 4)
            print(f"{name}step {step.step}/{steps}, {step.scale} px: {terms}", file=sys.stderr, flush=True)

    return report


def spell_losses(step: "Step", digits: int) -> str:
    """Return a step's losses with their names."""
    return "  ".join(f"{term} {value:.{digits}g}" for term, value in step.losses._asdict().items())


def spell_duration(seconds: float) -> str:
    """Return a duration in two units at most: 45 s, 3 min 20 s, 5 h 10 min."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
