"""Write a manifest of the pictures that have stars on the gallery page, to paint them larger in a folder of their own.

STARS is the file that the page saves; by default the newest *-stars.json in the folder of downloads. Each large picture
begins with the chosen one and keeps its shapes and strokes. Stars of drafts choose rows, which are painted as they are.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import add_configfile, entry_point
from stylegrid.cli.star_arguments import add_stars, find_stars


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parser().parse_args(argv)
    # These bring pandas and pydantic, which --help has no need of.
    from stylegrid.plan import picks, plan_files
    from stylegrid.plan.row_of_job import RowBase, row_of_job
    from stylegrid.plan.rows_to_jobs import make_plan
    from stylegrid.settings import presets
    from stylegrid.settings.config import load_settings
    from stylegrid.store.chosen import enlarge

    settings = load_settings(*args.configfile)
    stars = find_stars(args)
    painted = plan_files.table_path(settings.results).is_file()  # otherwise the stars are those of drafts
    combinations = plan_files.read_table(settings.results) if painted else make_plan(settings).combinations
    chosen = picks.choose(combinations, picks.read_stars(stars), args.least)
    base = RowBase(**settings.model_dump(include=set(RowBase.model_fields)))
    rows, start_dir = [row_of_job(each, base) for each in chosen], None
    if args.size:
        size = presets.resolve({}, {"size": args.size}).size
        rows = [{**row, "size": str(size)} for row in rows]
    if args.size and painted and not args.anew:
        start_dir = args.folder / picks.START
        larger = [enlarge(settings.results, each.job, size, start_dir) for each in chosen]
        rows = [
            {name: cell for name, cell in (row | cells).items() if cell}
            for row, cells in zip(rows, larger, strict=True)
        ]
    path = picks.write_gallery(args.folder, rows, start_dir)
    print(f"{stars}: {len(chosen)} picture{'s' if len(chosen) != 1 else ''} in {args.folder / 'manifest.csv'}")
    print(f"paint them: make gallery CONFIG={_spell([*args.configfile, str(path)])}")


def _spell(configs: Sequence[str]) -> str:
    """Return config files as make takes them; config.yaml lies under all others anyway."""
    others = [name for name in configs if name != "config.yaml"]
    return others[0] if len(others) == 1 else f'"{" ".join(others)}"'


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_stars(parser, least=1, default="1")
    add_configfile(parser)
    parser.add_argument(
        "--size",
        default="1024",
        help="longest side in pixels, or own: each photograph's; '' leaves it (default: 1024)",
    )
    parser.add_argument("--anew", action="store_true", help="begin as the row says, not with the chosen picture")
    parser.add_argument("--folder", type=Path, default=Path("chosen"), help="what is written into (default: chosen)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
