"""Print the combinations that a manifest stands for, where their pictures will lie, and every fault there is."""

import argparse
import sys
from collections.abc import Sequence

from door import door
from stylegrid.paths import picture_path
from stylegrid.plan import Plan, make_plan
from stylegrid.settings import Settings, load_settings


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--config", default="config.yaml", help="config file, or its contents as JSON (default: config.yaml)"
    )
    settings = load_settings(parser.parse_args(argv).config)
    _show(settings, make_plan(settings))


def _show(settings: Settings, plan: Plan) -> None:
    for combination in plan.combinations:
        print(f"row {combination.row}\t{picture_path(settings.results, combination.job)}")
    for notice in plan.notices:
        print(f"note: {notice}", file=sys.stderr)
    jobs = [combination.job for combination in plan.combinations]
    contents, styles = {job.content.name for job in jobs}, {job.style for job in jobs}
    print(f"{len(jobs)} combinations of {len(contents)} contents and {len(styles)} styles; no faults", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
