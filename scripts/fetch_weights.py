"""Have the backbone's weights at hand: fetch, make or check the file, and write down which it is.

The choice is made once for a whole gallery; painting jobs read what is written here.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from door import door
from stylegrid import files
from stylegrid.vgg.backbone import choose_backbone


@door
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", default="auto", help="auto, imagenet, untrained, or a file (default: auto)")
    parser.add_argument(
        "--folder", type=Path, default=Path("data/vgg19"), help="where weights are kept (default: data/vgg19)"
    )
    parser.add_argument("--output", type=Path, required=True, help="JSON file that names the backbone")
    args = parser.parse_args(argv)
    backbone = choose_backbone(args.weights, args.folder)
    print(f"backbone: {backbone.name}, {backbone.path}, SHA-256 {backbone.sha256}", file=sys.stderr)
    if backbone.notice:
        print(f"NOTICE: {backbone.notice}", file=sys.stderr)
    files.write_text(args.output, backbone.model_dump_json() + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
