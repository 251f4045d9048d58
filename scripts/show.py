"""Show how pictures were made, from the record in each: settings that differ from the preset, inputs, losses.

Or print the record as JSON, or the command that makes a picture again; its paths are of the folder it was painted from.
"""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid.cli.entry_point import entry_point
from stylegrid.errors import RecordError, StylegridError

# Imports that take long are in the functions that need them, so that --help is fast.
if TYPE_CHECKING:
    from stylegrid.store.provenance import Provenance

STYLIZE = Path(__file__).with_name("stylize.py")


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = _parser().parse_args(argv)
    faults = []
    for picture in args.pictures:
        try:
            _show(picture, args)
        except StylegridError as fault:
            faults.append(str(fault))
    if faults:
        raise RecordError("\n".join(faults))


def _show(picture: Path, args: argparse.Namespace) -> None:
    from stylegrid.store import provenance
    from stylegrid.store.describe import describe_record
    from stylegrid.store.findings import describe_network, painted_by
    from stylegrid.store.layout import is_film_strip
    from stylegrid.text import plain

    if is_film_strip(picture) and picture.is_file():
        print(f"note: {plain(str(picture))}: is a film strip; the picture beside it tells more", file=sys.stderr)
        return
    found = provenance.read(picture)
    if args.json:
        print(found.text)
    elif args.rerun:
        _print_command(picture, found)
    else:
        warning = describe_network(painted_by(found.record)).warning
        print(plain(str(picture)), *describe_record(found.record, args.all), sep="\n")
        if warning:
            print(f"NOTICE: {plain(str(picture))}: {warning}", file=sys.stderr)


def _print_command(picture: Path, found: "Provenance") -> None:
    """Print the command that repaints a picture, after notes on what has changed since."""
    from stylegrid.store import rerun
    from stylegrid.text import plain

    record = found.record
    flags = rerun.flags(record, rerun.output_path(picture, record))
    for note in rerun.notes(record):
        print(f"note: {plain(note)}", file=sys.stderr)
    here = STYLIZE.is_relative_to(Path.cwd())
    print(shlex.join(["python", os.path.relpath(STYLIZE) if here else str(STYLIZE), *flags]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE", help="what stylegrid has published")
    parser.add_argument("--all", action="store_true", help="show all settings")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the record as JSON, one line for each picture")
    form.add_argument("--rerun", action="store_true", help="print the command that makes the picture again")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
