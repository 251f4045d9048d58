"""Try style weights and style scales small for pairs of photograph and painting, and propose three rows for each.

Paints nine small pictures of a pair into a results folder of their own, ranks them by the measures of losses.csv, and
draws them on sheets for the eye to choose. Rows for the spreadsheet go to standard output: mild, middle and bold.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import draft
import plan
from stylegrid.cli.entry_point import add_configfile, entry_point
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
from stylegrid.cli.without_keras import skip_keras
from stylegrid.errors import ConfigError
from stylegrid.plan.job import Combination
from stylegrid.plan.picks import to_csv
from stylegrid.plan.row_of_job import RowBase
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs.advice import Trial, pairs_of, plan_cells, propose, rank, row_of_trial, titled, trials_of
from stylegrid.settings.config import Settings, load_settings
from stylegrid.store.findings import find_all
from stylegrid.store.record import read_outline
from stylegrid.text import plain

SIZES = {"descents": 128, "drafts": 384}


@entry_point
def main(argv: Sequence[str] | None = None) -> int:
    """Run the program, and return 1 where a picture couldn't be painted."""
    args, began = _parser().parse_args(argv), time.monotonic()
    args.size = args.size or SIZES[args.by]
    settings = load_settings(*args.configfile)
    apart = draft.settings_apart(settings, args, "advice")
    trials = [trials_of(pair, args.size, args.by) for pair in _pairs(settings, args)]
    every = [trial.painted for of_pair in trials for trial in of_pair]
    for line in plan.forecast(apart, [combination.job for combination in every]):
        print(plain(line), file=sys.stderr)
    failed = draft.paint(apart, every)
    rows = _advise(apart, trials, RowBase(**settings.model_dump(include=set(RowBase.model_fields))))
    code = draft.report(apart.results)
    sheets = apart.results / "sheets" / "content"
    print(f"{len(every) - failed} tries in {time.monotonic() - began:.0f} s. Look at {sheets}", file=sys.stderr)
    print(to_csv(rows), end="")
    return max(code, int(failed > 0))


def _pairs(settings: Settings, args: argparse.Namespace) -> list[Combination]:
    """Return the pairs that are asked for, and say which of the manifest are not."""
    if args.pairs < 1:
        raise ConfigError(f"--pairs: must be 1 or more, found {args.pairs}")
    if bool(args.content) != bool(args.style):
        raise ConfigError("--content: goes with --style; give both, or neither for the pairs of the manifest")
    if args.content:
        return pairs_of(plan_cells(settings, args.content, args.style))
    pairs = pairs_of(make_plan(settings).combinations)
    if len(pairs) > args.pairs:
        print(f"The first {args.pairs} of {len(pairs)} pairs; --pairs {len(pairs)} takes all.", file=sys.stderr)
    return pairs[: args.pairs]


def _advise(settings: Settings, trials: Sequence[Sequence[Trial]], base: RowBase) -> list[dict[str, str]]:
    """Write the tries' ranks into the plan that the reports work from, print them, and return the proposed rows."""
    from stylegrid.runs.apart import plan_apart

    rows, combinations = [], []
    for of_pair in trials:
        found = find_all(settings.results, [trial.painted for trial in of_pair], read_outline)
        ranked = rank(found)
        proposals = propose(of_pair, ranked)
        combinations += titled(of_pair, ranked, proposals)
        rows += [row_of_trial(trial, base) for trial in proposals.values()]
        print(plain(f"{found[0].combination.job.content.name} in {found[0].combination.job.style}:"), file=sys.stderr)
        print(ranked.sort_values("rank").to_string(float_format="%.3g"), file=sys.stderr)
    plan_apart(settings, combinations)
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_configfile(parser)
    parser.add_argument("--content", help="photographs, as a cell names them (default: the manifest's pairs)")
    parser.add_argument("--style", help="paintings for them, as a cell names them")
    parser.add_argument("--pairs", type=int, default=4, help="most pairs of the manifest, its first (4)")
    parser.add_argument(
        "--by",
        choices=SIZES,
        default="descents",
        help="what is tried: descents, or drafts by the fast method, whose strength stands for the style weight",
    )
    parser.add_argument("--size", type=int, help="longest side, at most, in pixels (128; of drafts 384)")
    parser.add_argument("--results", type=Path, help="folder of the tries (default: the config's, with -advice)")
    return parser


if __name__ == "__main__":
    hide_tensorflow_lines()
    skip_keras()
    sys.exit(main(sys.argv[1:]))
