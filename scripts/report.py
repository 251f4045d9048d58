"""Make all reports of what is there: after a run that failed, or with --partial while one goes on."""

import sys
from collections.abc import Sequence

import collect_losses
import contact_sheet
import gallery
import plot
import print_sheets
from stylegrid.cli.entry_point import entry_point
from stylegrid.cli.report_arguments import parse_report, report_parser
from stylegrid.plan import plan_files

REPORTS = (collect_losses, contact_sheet, gallery, plot)


@entry_point
def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; a report that fails costs no other. Return the highest exit code."""
    args = parse_report(report_parser(__doc__), argv)
    wanted = [*REPORTS, print_sheets] if plan_files.print_path(args.results).is_file() else REPORTS
    return max(report.main(argv) for report in wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
