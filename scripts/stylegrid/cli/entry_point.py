"""What programs here share: a user's fault becomes one line and exit code 1, never a traceback; lines of progress.

Ctrl-C is no fault: exit code 130, as shells have it, and no traceback either.
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

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.method.evaluation import Step

Main = Callable[[Sequence[str] | None], None]

REPORTS = 12  # lines of progress in a run
INTERRUPTED = 130


def entry_point(main: Main) -> Callable[[Sequence[str] | None], int]:
    """Return a program's main function that returns its exit code: 0, 1 after `error: ...` for each fault, or 130."""

    @functools.wraps(main)
    def guarded(argv: Sequence[str] | None = None) -> int:
        _show_what_the_library_says()
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
    """Add the flag that names the config, which is Snakemake's own."""
    parser.add_argument(
        "--configfile",
        nargs="+",
        default=["config.yaml"],
        metavar="FILE",
        help="laid over config.yaml, one over the other; or a whole config as JSON (default: config.yaml alone)",
    )


def _show_what_the_library_says() -> None:
    """Let what the library logs for the user come to stderr as it stands, and no more of other libraries than else."""
    logging.getLogger("stylegrid").setLevel(logging.INFO)
    if logging.lastResort is not None:
        logging.lastResort.setLevel(logging.INFO)


def step_printer(steps: int, name: str = "") -> "Callable[[Step], None]":
    """Return what prints a line of progress now and then, beginning with a name."""
    due = 0

    def report(step: "Step") -> None:
        nonlocal due
        if step.step >= due or step.step == steps:
            due = step.step + max(1, steps // REPORTS)
            terms = spell_losses(step, 4)
            print(f"{name}step {step.step}/{steps}, {step.scale} px: {terms}", file=sys.stderr, flush=True)

    return report


def spell_losses(step: "Step", digits: int) -> str:
    """Return a step's losses, each with its name."""
    return "  ".join(f"{term} {value:.{digits}g}" for term, value in step.losses._asdict().items())


def spell_duration(seconds: float) -> str:
    """Return a duration in two units at most: 45 s, 3 min 20 s, 5 h 10 min."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
