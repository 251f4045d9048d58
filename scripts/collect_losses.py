"""Collect every combination's final losses, painted or not, into one CSV."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import files, handover, results, table


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    folder = parser.parse_args(argv).results
    findings = results.find_all(folder, handover.read_table(folder))
    files.write_text(folder / "losses.csv", table.to_csv(findings, folder))
    for finding in findings:
        if finding.picture is None:
            print(f"{finding.outcome}: {finding.combination.job.name}: {finding.message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
