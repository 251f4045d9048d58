"""Write the generated parts of the pages in docs/: settings, config keys, recipes, programs, targets, rules, modules.

A part stands between the lines `<!-- generated: NAME -->` and `<!-- end -->`; everything else is written by hand.
"""

import argparse
import sys
from collections.abc import Sequence

from stylegrid import CHECKOUT, files
from stylegrid.cli.entry_point import entry_point
from stylegrid.manual.pages import page


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(argv)
    for path in sorted((CHECKOUT / "docs").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if text != (current := page(text)):
            files.write_text(path, current)
            print(path.relative_to(CHECKOUT))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
