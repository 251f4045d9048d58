"""Make films of pictures: of the descent that painted them, or of a pair over the values of a setting.

Without --over, each picture with snapshots (the setting `snapshots`) gets a film of them. With it, each NAME is painted
at values from the lowest to the highest, each begun with the one before. Films are animated WebP, and MP4 too where
ffmpeg is installed; they lie in results/films, and the gallery page shows them.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import gallery
from stylegrid.cli.entry_point import add_results, entry_point, find_results, step_printer
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
from stylegrid.cli.without_keras import skip_keras
from stylegrid.errors import ConfigError
from stylegrid.pictures import film
from stylegrid.plan import ladder, plan_files
from stylegrid.runs import filming, run
from stylegrid.settings.field_types import LARGEST, SMALLEST
from stylegrid.store.findings import Finding, find_all
from stylegrid.store.layout import Layout
from stylegrid.store.record import read_outline

if TYPE_CHECKING:  # imports TensorFlow
    from stylegrid.painting.stylize import Report


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parse(argv)
    findings = find_all(args.results, plan_files.each_of_table(args.results), read_outline)
    if film.find_ffmpeg() is None:
        print("note: no MP4, since there is no ffmpeg on PATH", file=sys.stderr)
    for path in (_ladders if args.over else _descents)(args, findings):
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    if Layout(args.results).page.is_file():
        gallery.main(["--results", str(args.results)])


def _descents(args: argparse.Namespace, findings: Sequence[Finding]) -> Iterator[Path]:
    """Make the films of snapshots, and yield their files."""
    chosen = filming.with_snapshots(filming.choose(findings, args.names) if args.names else findings)
    run.require_none(args.results)
    for finding in chosen:
        yield from filming.film_descent(args.results, finding, args.size)


def _ladders(args: argparse.Namespace, findings: Sequence[Finding]) -> Iterator[Path]:
    """Make the films over a setting, all planned before any is painted, and yield their files."""
    if not args.names:
        raise ConfigError("--over: needs the name of a picture, as in paths: content/style/variant")
    over = filming.Range(args.over, args.low, args.high, args.frames)
    chosen = filming.choose(findings, args.names)
    planned = [filming.plan_ladder(finding, findings, over, args.steps) for finding in chosen]
    run.require_none(args.results)
    for each in planned:
        yield from filming.film_ladder(args.results, each, args.size, partial(_say, each))


def _say(planned: filming.Ladder, place: int) -> "Report":
    """Say what is painted, and return what says how far it is."""
    job, value = planned.jobs[place], planned.values[place]
    name = f"{planned.finding.combination.job.name}, {planned.setting} {value:g} ({place + 1}/{len(planned.jobs)})"
    print(name, file=sys.stderr, flush=True)
    return step_printer(job.settings.planned_steps, "  ")


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of a picture, as in paths: content/style/variant")
    add_results(parser)
    parser.add_argument("--over", choices=ladder.SETTINGS, help="setting whose values the film goes over")
    parser.add_argument("--low", type=float, help="its lowest value (default: the pair's lowest in the gallery)")
    parser.add_argument("--high", type=float, help="its highest value (default: the pair's highest in the gallery)")
    parser.add_argument("--frames", type=int, default=13, help="how many values, these two included (13)")
    parser.add_argument(
        "--steps", type=int, default=ladder.STEPS, help=f"of each painting after the first ({ladder.STEPS})"
    )
    parser.add_argument("--size", type=int, default=640, help="longest side of films, at most, in pixels (640)")
    args = parser.parse_args(argv)
    if not SMALLEST <= args.size <= LARGEST:
        raise ConfigError(f"--size: must be from {SMALLEST} to {LARGEST} pixels, found {args.size}")
    args.results = find_results(args)
    return args


if __name__ == "__main__":
    hide_tensorflow_lines()
    skip_keras()
    sys.exit(main(sys.argv[1:]))
