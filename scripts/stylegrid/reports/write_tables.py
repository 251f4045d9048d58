"""The tables written as CSV and as a workbook: final losses, and their summary."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.reports.losses_table import make_losses, to_csv, with_varying
from stylegrid.reports.summary_table import make_summary
from stylegrid.reports.workbook import write_workbook
from stylegrid.store.findings import find_each
from stylegrid.store.record import read_outline

DIGITS = "%.9g"  # of a number in the summary: all that a float32 has


class Tally(NamedTuple):
    """How many combinations and pictures there are, and a line on each combination without a picture."""

    combinations: int
    pictures: int
    faults: tuple[str, ...]


def collect(results_folder: Path, folder: Path) -> Tally:
    """Write losses.csv, summary.csv and losses.xlsx, which has both, of a results folder into `folder`.

    Raises RecordError when there is no plan.
    """
    losses = read_losses(results_folder, folder)
    table, summary = with_varying(losses), make_summary(losses)
    files.write_text(folder / "losses.csv", to_csv(table))
    files.write_text(folder / "summary.csv", to_csv(summary, DIGITS))
    write_workbook(folder / "losses.xlsx", {"losses": table, "summary": summary})
    absent = losses[losses["picture"] == ""]
    names = absent["content"] + "/" + absent["style"] + "/" + absent["variant"]
    faults = absent["outcome"] + ": " + names + ": " + absent["message"]
    return Tally(len(losses), len(losses) - len(absent), tuple(faults))


def read_losses(results_folder: Path, folder: Path) -> pd.DataFrame:
    """Return the table of a results folder as it is now, pictures named relative to `folder`; raises RecordError."""
    findings = find_each(results_folder, plan_files.each_of_table(results_folder), read_outline)
    return make_losses(findings, folder)
