"""The arguments of programs that make a report of a results folder."""

import argparse
import os
from collections.abc import Sequence

from stylegrid.cli.entry_point import add_results, find_results


def report_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of --configfile, --results, --threads and --partial, which every report of a run takes."""
    parser = argparse.ArgumentParser(description=description)
    add_results(parser)
    add_threads(parser)
    parser.add_argument("--partial", action="store_true", help="write below RESULTS/partial, also while a run goes on")
    return parser


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add --threads."""
    parser.add_argument("--threads", type=_threads, default=os.cpu_count() or 1, help="CPU threads (default: all)")


def parse_report(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments of a report, with the results folder found; raises ConfigError where the config is wrong."""
    args = parser.parse_args(argv)
    args.results = find_results(args)
    return args


def _threads(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, found {text!r}")
    return int(text)
