"""Write losses.csv, every combination's final losses, painted or not, and summary.csv, their medians by setting.

losses.xlsx has both as sheets, for Excel.
"""

import sys
from collections.abc import Sequence

from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.report_arguments import parse_report, report_parser
from stylegrid.store.layout import collection_folder


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    args = parse_report(report_parser(__doc__), argv)
    from stylegrid.reports.write_tables import collect  # brings pandas, which --help has no need of

    folder = collection_folder(args.results, args.partial)
    tally = collect(args.results, folder)
    if args.partial:
        print(f"{tally.pictures} of {tally.combinations} pictures: {folder}")
        return
    for fault in tally.faults:
        print(fault, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
