"""Write down a hash of the records of a style, by which what is made of them knows whether they changed."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import entry_point
from stylegrid.errors import ConfigError
from stylegrid.plan import plan_files
from stylegrid.reports.record_digest import write_digest


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    parser.add_argument("--style", required=True, help="name of the style, as in paths")
    args = parser.parse_args(argv)
    styles = plan_files.style_names(args.results)
    if args.style not in styles:
        raise ConfigError(f"--style: must be one of {', '.join(styles)}, found {args.style!r}")
    write_digest(args.results, args.style)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
