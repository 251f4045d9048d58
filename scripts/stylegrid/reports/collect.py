"""The table of final losses written as CSV."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.reports.losses_table import COLUMNS, make_losses, to_csv
from stylegrid.store.findings import find_each
from stylegrid.store.record import read_outline


class Tally(NamedTuple):
    """How many combinations and pictures there are, and a line on each combination without a picture."""

    combinations: int
    pictures: int
    faults: tuple[str, ...]


def collect(results_folder: Path, folder: Path) -> Tally:
    """Write losses.csv of a results folder into `folder`; raises RecordError when there is no plan."""
    table = read_losses(results_folder, folder)
    files.write_text(folder / "losses.csv", to_csv(table[[*COLUMNS]]))
    absent = table[table["picture"] == ""]
    names = absent["content"] + "/" + absent["style"] + "/" + absent["variant"]
    faults = absent["outcome"] + ": " + names + ": " + absent["message"]
    return Tally(len(table), len(table) - len(absent), tuple(faults))


def read_losses(results_folder: Path, folder: Path) -> pd.DataFrame:
    """Return the table of a results folder as it is now, pictures named relative to `folder`; raises RecordError."""
    findings = find_each(results_folder, plan_files.each_of_table(results_folder), read_outline)
    return make_losses(findings, folder)
