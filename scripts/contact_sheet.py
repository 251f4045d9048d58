"""Draw contact sheets: every picture in its row and column, labelled, with its final losses; or its fault."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.report_arguments import parse_report, report_parser
from stylegrid.errors import ConfigError
from stylegrid.plan import plan_files
from stylegrid.reports.contact_sheet import draw_page
from stylegrid.store.findings import find_all, network_of
from stylegrid.store.layout import collection_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = report_parser(__doc__)
    parser.add_argument("--sheet", help="one page, e.g. overview or content/cat (default: all)")
    args = parse_report(parser, argv)
    names = plan_files.sheet_names(args.results)
    if args.sheet and args.sheet not in names:
        raise ConfigError(f"--sheet: must be one of {', '.join(names)}, found {args.sheet!r}")
    for name in [args.sheet] if args.sheet else names:
        _draw(args.results, name, collection_folder(args.results, args.partial))


def _draw(results_folder: Path, name: str, folder: Path) -> None:
    file, page = plan_files.read_page(results_folder, name)
    findings = find_all(results_folder, page.cells.values())
    found = {finding.combination.job.name: finding for finding in findings}
    sheet = draw_page(page, found, file.thumbnail, file.gallery, network_of(findings))
    buffer = io.BytesIO()
    sheet.save(buffer, format="PNG", compress_level=3)  # half the time of the usual 6, and a tenth more bytes
    files.write_bytes(folder / "sheets" / f"{name}.png", buffer.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
