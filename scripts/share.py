"""Make what can be sent of a gallery: one HTML file of its pictures, and a ZIP file of them.

The HTML file shows titles and pictures, and opens from disk or mail without a network; no losses, no settings. Shared
are the pictures with stars, if STARS or --least is given (the file that the gallery page saves; by default the newest
*-stars.json in the folder of downloads), otherwise all that there are.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid.cli.entry_point import add_results, entry_point, find_results
from stylegrid.cli.report_arguments import add_threads
from stylegrid.cli.star_arguments import add_stars, find_stars
from stylegrid.errors import ConfigError, RecordError
from stylegrid.names import readable_name

# What brings pandas and pydantic is imported by the functions that need it: --help doesn't.
if TYPE_CHECKING:
    from stylegrid.plan.job import Combination
    from stylegrid.reports.share.shared import Shared


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parse(argv)
    from stylegrid import files
    from stylegrid.plan import plan_files
    from stylegrid.reports.share import share_page
    from stylegrid.reports.share.share_archive import write_archive

    pictures, title = _pictures(args), plan_files.read_gallery(args.results).title
    folder = args.folder or args.results / "share"
    page, archive = (folder / f"{readable_name(title) or 'gallery'}{suffix}" for suffix in (".html", ".zip"))
    for path in (page, archive):
        files.require_writable(path)
    keep = args.provenance == "keep"
    limits = share_page.Limits(args.size, int(args.megabytes * share_page.MEGABYTE), keep)
    made = share_page.make_page(pictures, title, limits, args.threads)
    write_archive(archive, pictures, keep)
    files.write_bytes(page, made.html)
    count = f"{len(pictures)} picture{'' if len(pictures) == 1 else 's'}"
    print(f"{page}: {_size(page)}, {count} of at most {args.size} px, WebP of quality {made.quality}")
    print(f"{archive}: {_size(archive)}, {count} as painted")


def _pictures(args: argparse.Namespace) -> "list[Shared]":
    """Return the pictures that are asked for, as far as they are painted; says which aren't."""
    from stylegrid.reports.share.shared import share_all
    from stylegrid.store.findings import find_all
    from stylegrid.store.record import read_outline

    findings = find_all(args.results, _chosen(args), read_outline)
    painted = [finding for finding in findings if finding.picture]
    if not painted:
        raise RecordError(f"{args.results}: none of {len(findings)} pictures is painted yet; run make gallery first")
    if missing := len(findings) - len(painted):
        print(f"note: {missing} of {len(findings)} pictures are not painted, and left out", file=sys.stderr)
    return share_all(painted)


def _chosen(args: argparse.Namespace) -> "list[Combination]":
    from stylegrid.plan import picks, plan_files

    combinations = plan_files.read_table(args.results)
    if not (args.stars or args.least):
        return combinations
    return picks.choose(combinations, picks.read_stars(find_stars(args)), args.least or 1)


def _size(path: Path) -> str:
    from stylegrid.reports.share.share_page import spell_size

    return spell_size(path.stat().st_size)


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_stars(parser, least=None, default="all pictures, or 1 with STARS")
    add_results(parser)
    add_threads(parser)
    parser.add_argument("--size", type=int, default=1200, help="longest side in the HTML file, in pixels (1200)")
    parser.add_argument("--megabytes", type=float, default=8, help="most that the HTML file may have, in MB (8)")
    parser.add_argument(
        "--provenance",
        choices=("drop", "keep"),
        default="drop",
        help="whether pictures say how they were made; file names then have no folders (drop)",
    )
    parser.add_argument("--folder", type=Path, help="what is written into (default: share, in the results folder)")
    args = parser.parse_args(argv)
    from stylegrid.settings.field_types import LARGEST, SMALLEST

    if not SMALLEST <= args.size <= LARGEST:
        raise ConfigError(f"--size: must be from {SMALLEST} to {LARGEST} pixels, found {args.size}")
    if not 0 < args.megabytes < 1000:
        raise ConfigError(f"--megabytes: must be above 0 and below 1000, found {args.megabytes:g}")
    args.results = find_results(args)
    return args


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
