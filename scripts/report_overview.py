"""Make a small copy of a page of the overview, for a report by Snakemake."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.reports.report_copies import copy_of_sheet
from stylegrid.store.layout import Layout


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--sheet", default="overview", help="its page, e.g. overview.page2 (default: overview)")
    args = parser.parse_args(argv)
    layout = Layout(args.results)
    files.write_bytes(layout.report / f"{args.sheet}.jpg", copy_of_sheet(layout.root / "sheets" / f"{args.sheet}.png"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
