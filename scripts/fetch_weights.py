"""Download, make or check the file of the backbone's weights, and write the choice to --output.

The choice holds for a whole gallery: painting jobs read it from the output. Without --output only the file is
provided, as the set-up does; with --fast the weights of the fast method too.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
from stylegrid.fast.weights import fast_folder, make_fast
from stylegrid.vgg.weights.choice import choose_backbone, weights_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--weights", default="auto", help="auto, imagenet-8bit, imagenet, untrained, or a file (default: auto)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=weights_folder(),
        help="where weights are kept (default: the checkout's data/vgg19)",
    )
    parser.add_argument("--output", type=Path, help="JSON file for the choice")
    parser.add_argument("--fast", action="store_true", help="get the weights of the fast method too, into data/fast")
    args = parser.parse_args(argv)
    if args.fast:
        print(f"fast method: {make_fast(fast_folder())}", file=sys.stderr)
    backbone = choose_backbone(args.weights, args.folder)
    print(f"backbone: {backbone.name}, {backbone.path}, SHA-256 {backbone.sha256}", file=sys.stderr)
    if backbone.warning():
        print(f"NOTICE: {backbone.warning()}", file=sys.stderr)
    if args.output:
        files.write_text(args.output, backbone.model_dump_json() + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
