"""The entry point of every program: a user's error becomes one line and exit code 1, Ctrl-C exit code 130.

A reader that has gone, as in `plan.py | head -1`, ends a program quietly; a full disk under its output is an error.

Also shared: the flags --configfile and --results, and lines of progress.
"""

import argparse
import contextlib
import functools
import logging
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid import files
from stylegrid.errors import StylegridError
from stylegrid.text import plain

if TYPE_CHECKING:  # imports TensorFlow
    from stylegrid.method.evaluation import Step

Main = Callable[[Sequence[str] | None], int | None]

REPORTS = 12  # progress lines of a run
INTERRUPTED = 130
READER_GONE = 141  # what a shell says of a program that the signal SIGPIPE has ended
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))  # in seconds


def entry_point(main: Main) -> Callable[[Sequence[str] | None], int]:
    """Decorate a program's main function: it returns its own code or 0, 1 after `error: ...`, 130 or 141."""

    @functools.wraps(main)
    def guarded(argv: Sequence[str] | None = None) -> int:
        _show_log()
        try:
            return _run(main, argv)
        except BrokenPipeError:
            return _end_without_output(READER_GONE)
        except OSError as error:
            if error.filename or not files.is_disk_full(error):  # files that are written say so themselves
                raise
            with contextlib.suppress(OSError):  # stderr may lie on the same disk
                print(f"error: the output cannot be written ({error.strerror}); make room on its disk", file=sys.stderr)
            return _end_without_output(1)

    return guarded


def _run(main: Main, argv: Sequence[str] | None) -> int:
    """Return the exit code of a program, all of whose output is written."""
    code = 0
    try:
        code = main(argv) or 0
    except StylegridError as error:
        for fault in str(error).split("\n"):
            print(f"error: {plain(fault)}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        code = INTERRUPTED
    except SystemExit:  # of --help, whose text may still be in the buffer
        _flush()
        raise
    _flush()
    return code


def _flush() -> None:
    """Write what is left of the output now: at Python's own end a fault would be a traceback."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _end_without_output(code: int) -> int:
    """Return an exit code after pointing the standard streams at nothing, so that Python's end is quiet too."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nothing:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            os.dup2(nothing.fileno(), stream.fileno())
    return code


def add_configfile(parser: argparse.ArgumentParser, default: Sequence[str] = ("config.yaml",)) -> None:
    """Add --configfile, as Snakemake has it."""
    parser.add_argument(
        "--configfile",
        nargs="+",
        default=default,
        metavar="FILE",
        help="laid over config.yaml, one over the other; or a whole config as JSON (default: config.yaml alone)",
    )


def add_results(parser: argparse.ArgumentParser) -> None:
    """Add --results, and --configfile whose `results` it overrides; `find_results` reads them."""
    add_configfile(parser, default=[])
    parser.add_argument("--results", type=Path, help="results folder (default: the config's)")


def find_results(args: argparse.Namespace) -> Path:
    """Return the results folder that --results or the config names; the config is read only for its `results`."""
    from stylegrid.settings.config import load_place  # brings pydantic, which --help has no need of

    return args.results or load_place(*args.configfile).results


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


def spell_about(seconds: float) -> str:
    """Return about how long something takes: a few seconds, 40 seconds, 1½ minutes, 3 hours."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 58:
        return f"{5 * round(seconds / 5)} seconds"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= 0.95 * size)
    halves = round(2 * seconds / size)
    if halves >= 20:  # ten or more: half of one is nothing
        halves = 2 * round(seconds / size)
    whole, half = divmod(halves, 2)
    return f"{whole}{'½' * half} {unit}{'s' * (halves > 2)}"


def spell_duration(seconds: float) -> str:
    """Return a duration in two units at most: 45 s, 3 min 20 s, 5 h 10 min."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
