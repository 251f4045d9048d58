"""Write losses.csv, every combination's final losses, painted or not, and summary.csv, their medians by setting."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import entry_point
from stylegrid.reports.collect import collect
from stylegrid.store.layout import collection_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--partial", action="store_true", help="write below RESULTS/partial, also while a run goes on")
    args = parser.parse_args(argv)
    folder = collection_folder(args.results, args.partial)
    tally = collect(args.results, folder)
    if args.partial:
        print(f"{tally.pictures} of {tally.combinations} pictures: {folder}")
        return
    for fault in tally.faults:
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
