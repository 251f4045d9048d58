"""Check a results folder: every picture against its record, the table against the records, inputs against their hashes.

Only reads; exit code 1 when anything is not as it was recorded.
"""

import argparse
import sys
from collections.abc import Sequence

from stylegrid.cli.entry_point import add_results, entry_point, find_results
from stylegrid.errors import DriftError


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_results(parser)
    results = find_results(parser.parse_args(argv))
    from stylegrid.runs.verify import verify  # brings pandas, which --help has no need of

    drifts: list[str] = []
    for kind, number, drifted in verify(results):
        print(f"{kind}: {number - len(drifted)} of {number} as recorded", flush=True)
        drifts += drifted
    if drifts:
        raise DriftError("\n".join(drifts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
