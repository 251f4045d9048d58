"""The arguments of programs that make a report of a results folder."""

import argparse
import os
from pathlib import Path


def report_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of --results, --threads and --partial, which every report takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--threads", type=_threads, default=os.cpu_count() or 1, help="CPU threads (default: all)")
    parser.add_argument("--partial", action="store_true", help="write below RESULTS/partial, also while a run goes on")
    return parser


def _threads(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1, found {text!r}")
    return int(text)
