"""Download, make or check the file of the backbone's weights, and write the choice to --output.

The choice holds for a whole gallery: painting jobs read it from the output. Without --output only the file is
provided, as the set-up does.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stylegrid import files
from stylegrid.cli.entry_point import entry_point
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
    args = parser.parse_args(argv)
    backbone = choose_backbone(args.weights, args.folder)
    print(f"backbone: {backbone.name}, {backbone.path}, SHA-256 {backbone.sha256}", file=sys.stderr)
    if backbone.warning():
        print(f"NOTICE: {backbone.warning()}", file=sys.stderr)
    if args.output:
        files.write_text(args.output, backbone.model_dump_json() + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
