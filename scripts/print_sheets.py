"""Draw the sheets for print: a PDF of the whole gallery, grouped by photograph, and a PNG of every page."""

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.report_arguments import parse_report, report_parser
from stylegrid.plan import plan_files
from stylegrid.reports.print.print_draw import Booklet, compose, draw_print_page
from stylegrid.reports.print.print_files import page_path, remove_pages_after, to_jpeg, to_png, write_pdf
from stylegrid.reports.print.print_layout import page_size
from stylegrid.store.findings import find_all, network_of
from stylegrid.store.layout import collection_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = parse_report(report_parser(__doc__), argv)
    file, combinations = plan_files.read_print(args.results)
    findings = find_all(args.results, combinations)
    booklet = compose(file, findings, network_of(findings))
    folder = collection_folder(args.results, args.partial) / "print"
    files.require_writable(folder / "gallery.pdf")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".pages.") as scratch:
        with ThreadPoolExecutor(args.threads) as pool:
            numbers = range(1, len(booklet.pages) + 1)
            jpegs = list(pool.map(lambda number: _draw(booklet, number, folder, Path(scratch)), numbers))
        write_pdf(folder / "gallery.pdf", jpegs, page_size(file.paper, file.orientation), file.gallery)
    remove_pages_after(folder, len(booklet.pages))


def _draw(booklet: Booklet, number: int, folder: Path, scratch: Path) -> Path:
    """Write a page as PNG in its place and as JPEG in a scratch folder, and return the latter."""
    page = draw_print_page(booklet, number)
    files.write_bytes(page_path(folder, number), to_png(page))
    jpeg = scratch / f"{number}.jpg"
    files.write_bytes(jpeg, to_jpeg(page))
    return jpeg


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
