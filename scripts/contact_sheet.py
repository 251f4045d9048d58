"""Draw contact sheets: every picture in its row and column, labelled, with its final losses; or its fault."""

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import files, results
from stylegrid.draw import draw_page
from stylegrid.errors import ConfigError
from stylegrid.plan import make_plan
from stylegrid.settings import Settings, load_settings
from stylegrid.sheet import Page, plan_pages
from stylegrid.weights import UNTRAINED_NOTICE


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--config", default="config.yaml", help="config file, or its contents as JSON (default: config.yaml)"
    )
    parser.add_argument("--sheet", help="one page, e.g. overview or content/cat (default: all)")
    parser.add_argument("--folder", type=Path, help="where sheets go (default: sheets in the results folder)")
    args = parser.parse_args(argv)
    settings = load_settings(args.config)
    pages = plan_pages(make_plan(settings).combinations, settings.sheets.cells)
    for name in [args.sheet] if args.sheet else pages:
        if name not in pages:
            raise ConfigError(f"--sheet: must be one of {', '.join(pages)}, found {name!r}")
        _write(settings, pages[name], (args.folder or settings.results / "sheets") / f"{name}.png")


def _write(settings: Settings, page: Page, path: Path) -> None:
    found = {c.job.name: results.find(settings.results, c) for c in page.cells.values()}
    untrained = any(f.record and f.record.backbone and f.record.backbone.name == "untrained" for f in found.values())
    notice = UNTRAINED_NOTICE if untrained else ""
    sheet = draw_page(page, found, settings.sheets.thumbnail, settings.gallery.title, notice)
    buffer = io.BytesIO()
    sheet.save(buffer, format="PNG")
    files.write_bytes(path, buffer.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
