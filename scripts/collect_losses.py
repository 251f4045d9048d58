"""Collect every combination's final losses, painted or not, into one CSV."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import files, results, table
from stylegrid.plan import make_plan
from stylegrid.settings import load_settings


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--config", default="config.yaml", help="config file, or its contents as JSON (default: config.yaml)"
    )
    parser.add_argument("--output", type=Path, help="the CSV (default: losses.csv in the results folder)")
    args = parser.parse_args(argv)
    settings = load_settings(args.config)
    output = args.output or settings.results / "losses.csv"
    findings = [results.find(settings.results, combination) for combination in make_plan(settings).combinations]
    files.write_text(output, table.to_csv(findings, output.parent))
    for finding in findings:
        if finding.picture is None:
            print(f"{finding.outcome}: {finding.combination.job.name}: {finding.message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
