"""Plot losses: curves of each style's pictures, the trade-off between content and style, and curves of each picture."""

import argparse
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.report_arguments import parse_report, report_parser
from stylegrid.errors import ConfigError
from stylegrid.plan import plan_files
from stylegrid.store.layout import collection_folder

Work = Callable[[], None]


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = report_parser(__doc__)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--style", help="only the curves of this style (default: all that the config wants)")
    only.add_argument("--tradeoff", action="store_true", help="only the trade-off")
    only.add_argument("--pictures", action="store_true", help="only the curves of each picture by itself")
    args = parse_report(parser, argv)
    _run(_work(args), args.threads)


def _work(args: argparse.Namespace) -> list[Work]:
    """Return the plots to draw."""
    from stylegrid.reports.plots import plot_files  # brings pandas and matplotlib, which --help has no need of

    everything, _ = plan_files.read_plots(args.results)
    styles = plan_files.style_names(args.results)
    if args.style is not None and args.style not in styles:
        raise ConfigError(f"--style: must be one of {', '.join(styles)}, found {args.style!r}")
    folder = collection_folder(args.results, args.partial)
    copies = not args.partial
    losses = [partial(plot_files.write_losses, args.results, style, folder, copies) for style in styles]
    if args.style is not None:
        return [losses[styles.index(args.style)]]
    tradeoff = [partial(plot_files.write_tradeoff, args.results, folder, copies)]
    curves = [partial(plot_files.write_curves, args.results, style, folder) for style in styles]
    if args.tradeoff or args.pictures:
        return [*tradeoff] if args.tradeoff else [*curves]
    wanted: dict[str, list[Work]] = {
        "none": [],
        "style": [*tradeoff, *losses],
        "picture": [*tradeoff, *losses, *curves],
    }
    return wanted[everything.each]


def _run(work: Sequence[Work], threads: int) -> None:
    """Do work, in several processes if there is more than one; matplotlib draws no faster in threads."""
    processes = min(threads, len(work))
    if processes < 2:
        for each in work:
            each()
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(each) for each in work]:
            done.result()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
