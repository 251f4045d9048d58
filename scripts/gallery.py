"""Build the gallery page, results/gallery/index.html, from what there is of every combination."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import gallery, handover


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads (default: all)")
    args = parser.parse_args(argv)
    if args.threads < 1:
        parser.error("--threads: must be 1 or more")
    combinations, title = handover.read_table(args.results), handover.read_title(args.results)
    for fault in gallery.build(args.results, combinations, title, args.threads):
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
