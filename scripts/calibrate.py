"""Measure what painting costs on this machine, for forecasts and the size of chunks.

Run it where pictures are painted, such as on a cluster's node that has a GPU; it takes half a minute.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.tensorflow_lines import hide_tensorflow_lines
from stylegrid.cli.without_keras import skip_keras
from stylegrid.errors import RecordError
from stylegrid.painting import gpu_lock
from stylegrid.plan.forecast import calibration_path, read_calibration


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    began = time.perf_counter()
    args = _parser().parse_args(argv)
    path = args.output or calibration_path()
    if args.if_missing and read_calibration(path) is not None:
        return
    try:
        files.require_writable(path)
    except RecordError as fault:
        if not args.if_missing:
            raise
        print(f"note: {fault}, or set XDG_CACHE_HOME to another; nothing is measured until then", file=sys.stderr)
        return
    print("measuring what painting costs on this machine: half a minute, once", file=sys.stderr)
    files.write_text(path, _measure(began, args.threads) + "\n")
    print(f"kept in {path}", file=sys.stderr)


def _measure(began: float, threads: int | None) -> str:
    asked = time.perf_counter()
    gpu_lock.claim()
    waited = time.perf_counter() - asked  # is no part of what a start takes
    from stylegrid.painting.calibrate import calibrate
    from stylegrid.vgg.weights.untrained import random_weights

    return calibrate(random_weights(), began + waited, threads).model_dump_json(indent=1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to keep it (default: the user's cache)")
    parser.add_argument("--if-missing", action="store_true", help="only if it has not been measured here yet")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser


if __name__ == "__main__":
    hide_tensorflow_lines()
    skip_keras()
    sys.exit(main(sys.argv[1:]))
