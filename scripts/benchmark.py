"""Measure what painting costs on this machine, beside TensorFlow's tutorial and a PyTorch script.

Prints a table, and writes it with every single time as JSON.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.bench import machine
from stylegrid.bench.report import Findings, Report
from stylegrid.bench.sections import ON_DEMAND, SECTIONS
from stylegrid.bench.setup import CONTENTS, Setup
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    flags = parser().parse_args(argv)
    files.require_writable(flags.output)
    setup, found, host = Setup(pairs=flags.pairs), Findings(), machine.describe()
    for name in SECTIONS:
        if name not in (flags.only or SECTIONS.keys() - ON_DEMAND):
            continue
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        start = time.perf_counter()
        found = found.and_also(SECTIONS[name](setup))
        print(f"measured: {name}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
        report = Report.now(host, found)
        files.write_text(flags.output, report.to_json())  # each time: the next section may take long
    print(report.to_text(), end="")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    found = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    found.add_argument(
        "--output", type=Path, default=Path("results/benchmark.json"), metavar="FILE", help="default: %(default)s"
    )
    found.add_argument(
        "--only", nargs="+", choices=SECTIONS, metavar="NAME", help=f"sections to measure, of {', '.join(SECTIONS)}"
    )
    found.add_argument(
        "--pairs",
        type=int,
        choices=range(1, len(CONTENTS) + 1),
        default=3,
        help="pairs of pictures that the tutorial paints to its end, some minutes each (%(default)s)",
    )
    return found


if __name__ == "__main__":
    hide_tensorflow_lines()
    sys.exit(main(sys.argv[1:]))
