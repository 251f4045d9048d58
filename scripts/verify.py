"""Check a results folder: every picture against its record, the table against the records, inputs against their hashes.

Only reads; exit code 1 when anything is not as it was recorded.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.cli.entry_point import entry_point
from stylegrid.errors import DriftError


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=Path("results"), help="results folder (default: results)")
    args = parser.parse_args(argv)
    from stylegrid.runs.verify import verify  # brings pandas, which --help has no need of

    drifts: list[str] = []
    for kind, number, drifted in verify(args.results):
        print(f"{kind}: {number - len(drifted)} of {number} as recorded", flush=True)
        drifts += drifted
    if drifts:
        raise DriftError("\n".join(drifts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
