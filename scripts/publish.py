"""Put what was painted of one combination in its place, or say what kept it from being painted.

Called once for each picture, it imports nothing that takes long.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid.store.place import place


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program, and return its exit code."""
    args = _parser().parse_args(argv)
    try:
        fault = place(args.chunk, args.name, args.picture)
    except OSError as error:
        cause = f"cannot be written ({error.strerror}); check free space and permissions"
        print(f"error: {args.picture}: {cause}", file=sys.stderr)
        return 1
    if fault:
        print(f"error: {args.name}: {fault}", file=sys.stderr)
    return 1 if fault else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunk", type=Path, required=True, metavar="FOLDER", help="what paint_chunk.py handed over")
    parser.add_argument("--name", required=True, help="the combination, content/style/variant")
    parser.add_argument("--picture", type=Path, required=True, metavar="FILE", help="where the picture belongs")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
