"""Build the gallery page, results/gallery/index.html, from what there is of every combination."""

import argparse
import sys
from collections.abc import Sequence

from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.report_arguments import parse_report, report_parser
from stylegrid.plan import plan_files
from stylegrid.reports.gallery import gallery_contents
from stylegrid.reports.gallery.gallery_page import Stage
from stylegrid.store.layout import collection_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = parse_report(_parser(), argv)
    combinations, listed = plan_files.read_table(args.results), plan_files.read_gallery(args.results)
    folder = collection_folder(args.results, args.partial) / "gallery"
    stage = Stage.GROWING if args.growing else Stage.PARTIAL if args.partial else Stage.FINISHED
    faults = gallery_contents.build(args.results, combinations, listed, args.threads, folder, stage)
    if stage is not Stage.FINISHED:
        print(f"{len(combinations) - len(faults)} of {len(combinations)} pictures: {folder / 'index.html'}")
        return
    for fault in faults:
        print(fault, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = report_parser(__doc__)
    growing = "say how far the painting is; an open page takes up what is built later, until it is built without this"
    parser.add_argument("--growing", action="store_true", help=growing)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
