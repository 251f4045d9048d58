"""Show the status of a gallery: what is painted, being painted, failed and to do, and the time left.

Only reads; works at any time, also during a run.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from stylegrid.cli.entry_point import add_results, entry_point, spell_duration
from stylegrid.runs.status import Remaining, Status, Underway, read_status
from stylegrid.settings.config import Place, load_place

WORDS = {  # for each state: what it is called, and what it means where that doesn't say it
    "done": ("painted", ""),
    "painted": ("in the cache", "the next run puts them in place"),
    "running": ("now painting", ""),
    "stopped": ("stopped", "begun by a process that has ended; the next run goes on with them"),
    "failed": ("failed", "could not be painted"),
    "missing": ("to do", ""),
}
BASIS = {
    "pictures": "by the speed of the pictures that are painted",
    "calibration": "by what calibrate.py measured; no picture is painted yet",
}
LISTED = 20  # of a kind, at most


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parser().parse_args(argv)
    now = time.time()
    status = _read(args, now)
    if args.json:
        print(json.dumps({**status.model_dump(), "finished_at": _finished_at(status.left, now)}, indent=1))
        return
    for line in describe(status, now):
        print(line)


def _read(args: argparse.Namespace, now: float) -> Status:
    """Return the status of the folder that --results or the config names; that is not asked where a flag says all."""
    place = load_place(*args.configfile) if args.configfile or not args.results else Place()
    manifest = None if args.results else place.manifest  # of another folder nobody knows it
    results, calibration = args.results or place.results, args.calibration or place.painting.calibration_file
    return read_status(results, now, calibration, manifest)


def describe(status: Status, now: float) -> Iterator[str]:
    """Yield the status as lines."""
    yield f"{status.counts['done']} of {status.combinations} pictures are painted"
    for state, count in status.counts.items():
        if count:
            word, meaning = WORDS[state]
            yield f"  {word:<12}{count:>6}  {meaning}".rstrip()
    for title, group in (("now painting", status.running), ("stopped", status.stopped)):
        yield from _listed(title, [(one.name, _describe_steps(one)) for one in group])
    yield from _listed("failed", [(failure.name, failure.message) for failure in status.failed])
    yield _when(status, now)
    if status.spreadsheet == "saved since":
        yield "the spreadsheet was saved after the last run began; the next run paints what it asks for now"


def _listed(title: str, rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a title, then names with their texts, aligned."""
    if rows:
        yield f"{title}:"
    width = max((len(name) for name, _ in rows[:LISTED]), default=0)
    for name, text in rows[:LISTED]:
        yield f"  {name:<{width}}  {text}"
    if len(rows) > LISTED:
        yield f"  and {len(rows) - LISTED} more; --json names them all"


def _describe_steps(one: Underway) -> str:
    return f"step {one.step} of {one.steps}, {spell_duration(one.seconds_since_step)} ago, on {one.host}"


def _when(status: Status, now: float) -> str:
    """Return the line with the time left."""
    left, counts = status.left, status.counts
    if not counts["running"] + counts["stopped"] + counts["missing"]:
        return "nothing is left to be painted" + (", but what failed" if counts["failed"] else "")
    if left.seconds is None:
        return "time left: unknown yet; no picture is painted, and make plan has not measured this machine"
    duration, at = spell_duration(left.seconds), _finished_at(left, now)
    if at is None:
        return f"time left: {duration} of painting, one after another, once a run goes on ({BASIS[left.basis]})"
    return f"time left: {duration}, until {_clock(at, now)} ({BASIS[left.basis]}, {left.at_once} at once)"


def _finished_at(left: Remaining, now: float) -> str | None:
    """Return the time a live run will finish, local in ISO 8601; None if unknown or no run is alive."""
    if left.seconds is None or not left.at_once:
        return None
    return (datetime.fromtimestamp(now).astimezone() + timedelta(seconds=left.seconds)).isoformat(timespec="seconds")


def _clock(at: str, now: float) -> str:
    """Return a time of today as 14:05, other times with their date."""
    moment = datetime.fromisoformat(at)
    today = moment.date() == datetime.fromtimestamp(now).astimezone().date()
    return moment.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_results(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--calibration", type=Path, metavar="FILE", help="what calibrate.py measured (default: the config's)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
