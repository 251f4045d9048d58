"""The arguments of programs that take the pictures with stars on the gallery page."""

import argparse
from pathlib import Path

DOWNLOADS = Path("~/Downloads")


def add_stars(parser: argparse.ArgumentParser, least: int | None, default: str) -> None:
    """Add STARS, --least with its default, which `default` says in words, and --downloads."""
    parser.add_argument("stars", type=Path, nargs="?", metavar="STARS", help="file of stars")
    parser.add_argument(
        "--least", type=int, choices=range(1, 6), default=least, help=f"stars at least (default: {default})"
    )
    parser.add_argument("--downloads", type=Path, default=DOWNLOADS, help=f"default: {DOWNLOADS}")


def find_stars(args: argparse.Namespace) -> Path:
    """Return the file of stars that is named, else the newest of the downloads; raises ConfigError if there is none."""
    from stylegrid.plan.picks import newest_stars  # brings pydantic, which --help has no need of

    return args.stars or newest_stars(args.downloads.expanduser())
