"""Paint the gallery and show its pictures as they come; Snakemake's own words go into logs/snakemake.log.

Goes on after any interruption, as recover.py does. All other flags are Snakemake's. Its words are shown instead with
--verbose, with V=1 in the environment, and for flags that only look, such as -n.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from recover import make_parser
from stylegrid.cli.entry_point import INTERRUPTED, entry_point
from stylegrid.cli.gallery_progress import Bar, Lines, make_console
from stylegrid.runs import lines_for_console
from stylegrid.runs.closing import close, describe_end, describe_stop
from stylegrid.runs.growing_page import GrowingPage
from stylegrid.runs.run import is_begun_by
from stylegrid.runs.watch import Watch
from stylegrid.store.layout import Layout

RECOVER = Path(__file__).with_name("recover.py")
LOG = Path("logs/snakemake.log")
LOOKS = {
    *("-n", "--dry-run", "--dryrun", "-h", "--help", "-v", "--version", "--lint", "--unlock", "--report"),
    *("--dag", "--rulegraph", "--filegraph", "--summary", "-S", "--detailed-summary", "-D"),
    *("--list-rules", "--list-target-rules"),
}
EVERY = 0.5  # seconds between two looks
PASS_ON = "pass on"  # of a signal that this program alone has got
PATIENCE = 3.0  # seconds that Snakemake has for its own end after Ctrl-C


@entry_point
def main(argv: Sequence[str] | None = None) -> int:
    """Run the program, and return Snakemake's exit code."""
    args, flags = _parser().parse_known_args(argv)
    command = [sys.executable, str(RECOVER), *(["--gone"] if args.gone else []), *flags]
    if args.verbose or os.environ.get("V") or LOOKS & set(flags):
        os.execv(command[0], command)
    with tempfile.TemporaryDirectory() as folder:
        return _Run(command, Path(folder), make_console()).show()


class _Run:
    """Snakemake at work, and what is known of it."""

    def __init__(self, command: Sequence[str], folder: Path, console: Lines | Bar):
        self._folder, self._console, self._reader = folder, console, lines_for_console.LineReader(folder)
        self._watch: Watch | None = None
        self._page: GrowingPage | None = None
        self._told: set[str] = set()
        LOG.parent.mkdir(exist_ok=True)
        environment = {**os.environ, lines_for_console.FOLDER: str(folder)}
        with LOG.open("wb") as log:
            self._snakemake = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)

    def show(self) -> int:
        """Show everything until Snakemake ends, and return its exit code."""
        signal.signal(signal.SIGTERM, _interrupt)
        signal.signal(signal.SIGHUP, _interrupt)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            while self._snakemake.poll() is None:
                self._look()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._snakemake.wait(EVERY)
            self._look()
        except KeyboardInterrupt as asked:
            self._stop(pass_on=asked.args == (PASS_ON,))
            return INTERRUPTED
        finally:
            self._console.end()
            if self._page:
                self._page.end()
        return self._end(self._snakemake.returncode)

    def _look(self) -> None:
        for line in self._reader.new():
            self._told.add(line)
            self._console.say(line)
        if self._watch is None:
            self._begin()
        if self._watch is not None and self._page is not None:
            finished, painting = self._watch.look(), self._watch.painting()
            self._console.show(self._watch, finished, painting)
            self._page.look(finished, done=self._watch.is_painted)

    def _begin(self) -> None:
        """Begin to watch, once the run has written down what it is going to do."""
        results = lines_for_console.read_results(self._folder)
        if results is None or not is_begun_by(results, self._snakemake.pid):
            return
        self._watch, self._page = Watch(results), GrowingPage(results)
        if self._watch.total:
            page = os.path.relpath(self._page.path)
            self._console.say(f"{self._watch.total} to paint; {page} shows them as they come.")

    def _stop(self, pass_on: bool) -> None:
        """End Snakemake and all that it has started, and say what is kept.

        Ctrl-C reaches them too, and twice would end Snakemake in the midst of its own end; other signals are passed on.
        """
        _end_all(psutil.Process(self._snakemake.pid), pass_on)
        self._console.end()
        lines = self._reader.new()
        if self._watch is not None and not any(line.startswith("Stopped.") for line in lines):
            self._watch.look()
            lines.append(describe_stop(self._watch.in_place, self._watch.planned))
        for line in lines or ["Stopped before anything was painted."]:
            self._console.say(line)

    def _end(self, code: int) -> int:
        """Show what there is to know of a run that has not begun, name the log after a failure, and return the code."""
        results = lines_for_console.read_results(self._folder)
        if self._watch is not None:
            lines = [f"Snakemake's own words: {LOG}"] if code else []
        elif results is not None and not code:
            lines = [*describe_end(close(results, time.time()), "", Path(os.path.relpath(Layout(results).page)))]
        else:
            lines = self._read_log()
        for line in lines:
            self._console.say(line)
        return code

    def _read_log(self) -> list[str]:
        """Return the faults that the log tells, or all of it where it tells none, but for what was said already."""
        lines = LOG.read_text(encoding="utf-8", errors="replace").splitlines()
        faults = [line for line in lines if line.startswith("error: ")]
        return [line for line in faults or lines if line not in self._told]


def _interrupt(*what: object) -> None:
    raise KeyboardInterrupt(PASS_ON)


def _end_all(snakemake: psutil.Process, pass_on: bool) -> None:
    """End a Snakemake with its jobs within PATIENCE and a moment: first as Ctrl-C does, then by force."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = [snakemake, *snakemake.children(recursive=True)]
        for process in family if pass_on else ():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGINT)
        _, living = psutil.wait_procs(family, timeout=PATIENCE)
        for process in living:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(living, timeout=1)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(__doc__, "paint_gallery.py [-h] [--gone] [--verbose] SNAKEMAKE'S FLAGS")
    parser.add_argument("--verbose", action="store_true", help="show Snakemake's own words")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
