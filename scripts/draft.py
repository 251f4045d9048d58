"""Paint drafts of the whole manifest by the fast method, small, and make table, sheets and page of them.

They lie in a results folder of their own, beside the gallery's. Then say what painting the gallery itself takes.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import collect_losses
import contact_sheet
import gallery
import plan
from stylegrid.cli.entry_point import add_configfile, entry_point
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
from stylegrid.cli.without_keras import skip_keras
from stylegrid.errors import ConfigError, StylegridError
from stylegrid.plan.job import Combination, Job
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs.draft import as_drafts
from stylegrid.settings.config import Settings, load_settings
from stylegrid.settings.field_types import LARGEST, SMALLEST
from stylegrid.store.layout import Layout
from stylegrid.text import plain

REPORTS = (collect_losses, contact_sheet, gallery)


@entry_point
def main(argv: Sequence[str] | None = None) -> int:
    """Run the program, and return 1 where a picture couldn't be painted."""
    args, began = _parser().parse_args(argv), time.monotonic()
    settings = load_settings(*args.configfile)
    apart = settings_apart(settings, args, "drafts")
    combinations = make_plan(settings).combinations
    failed = paint(apart, as_drafts(combinations, args.size))
    code = report(apart.results)
    page = Layout(apart.results).page
    print(f"{len(combinations) - failed} drafts in {time.monotonic() - began:.0f} s. Open {page}", file=sys.stderr)
    for line in plan.forecast(settings, [combination.job for combination in combinations]):
        print(plain(f"The gallery itself: {line}"), file=sys.stderr)
    return max(code, int(failed > 0))


def settings_apart(settings: Settings, args: argparse.Namespace, name: str) -> Settings:
    """Return settings with a results folder of this name; raises ConfigError for a wrong --results or --size."""
    if not SMALLEST <= args.size <= LARGEST:
        raise ConfigError(f"--size: must be from {SMALLEST} to {LARGEST} pixels, found {args.size}")
    results = args.results or settings.results.with_name(f"{settings.results.name}-{name}")
    if results.absolute() == settings.results.absolute():
        raise ConfigError(f"--results: must not be the gallery's own folder, found {settings.results}")
    return settings.model_copy(update={"results": results})


def paint(settings: Settings, combinations: Sequence[Combination]) -> int:
    """Paint combinations into the results folder of `settings` and return how many failed."""
    from stylegrid.runs.apart import paint_apart  # brings TensorFlow, for which --help and faults don't wait

    failed = 0

    def fault(job: Job, error: Exception) -> None:
        nonlocal failed
        failed += 1
        if not isinstance(error, StylegridError):
            raise error
        print(f"error: {job.name}: {plain(str(error))}", file=sys.stderr, flush=True)

    paint_apart(settings, combinations, fault)
    return failed


def report(results: Path) -> int:
    """Make table, sheets and page of a results folder, and return the worst of their exit codes."""
    return max(each.main(["--results", str(results)]) for each in REPORTS)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_configfile(parser)
    parser.add_argument("--results", type=Path, help="folder of the drafts (default: the config's, with -drafts)")
    parser.add_argument("--size", type=int, default=384, help="longest side, at most, in pixels (384)")
    return parser


if __name__ == "__main__":
    hide_tensorflow_lines()
    skip_keras()
    sys.exit(main(sys.argv[1:]))
