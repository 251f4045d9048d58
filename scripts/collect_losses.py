"""Collect every combination's final losses, painted or not, into one CSV."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import files, handover, results, table
from stylegrid.paths import collection_folder


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--partial", action="store_true", help="write below RESULTS/partial, also while a run goes on")
    args = parser.parse_args(argv)
    findings = results.find_all(args.results, handover.read_table(args.results))
    folder = collection_folder(args.results, args.partial)
    files.write_text(folder / "losses.csv", table.to_csv(findings, folder))
    if args.partial:
        print(f"{sum(finding.picture is not None for finding in findings)} of {len(findings)} pictures: {folder}")
        return
    for finding in findings:
        if finding.picture is None:
            print(f"{finding.outcome}: {finding.combination.job.name}: {finding.message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
