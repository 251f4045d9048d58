"""Build the gallery page, results/gallery/index.html, from what there is of every combination."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import entry_point
from stylegrid.plan import plan_files
from stylegrid.reports.gallery import gallery_contents
from stylegrid.store.layout import collection_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads (default: all)")
    parser.add_argument("--partial", action="store_true", help="write below RESULTS/partial, also while a run goes on")
    args = parser.parse_args(argv)
    if args.threads < 1:
        parser.error("--threads: must be 1 or more")
    combinations, title = plan_files.read_table(args.results), plan_files.read_title(args.results)
    folder = collection_folder(args.results, args.partial) / "gallery"
    faults = gallery_contents.build(args.results, combinations, title, args.threads, folder)
    if args.partial:
        print(f"{len(combinations) - len(faults)} of {len(combinations)} pictures: {folder / 'index.html'}")
        return
    for fault in faults:
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
