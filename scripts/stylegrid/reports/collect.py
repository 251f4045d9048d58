"""All records read one by one, for the table of final losses or for a digest: no memory holds many of them at once."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.reports.table import to_csv
from stylegrid.store.findings import Finding, find_each
from stylegrid.store.layout import picture_path, record_path
from stylegrid.store.record import read_outline


class Tally(NamedTuple):
    """How many combinations and pictures were found, and a line on each combination without a picture."""

    combinations: int
    pictures: int
    faults: tuple[str, ...]


def collect(results_folder: Path, folder: Path) -> Tally:
    """Write the table of a results folder into a folder; raises RecordError when there is no plan."""
    combinations, faults = 0, []

    def count(finding: Finding) -> Finding:
        nonlocal combinations
        combinations += 1
        if finding.picture is None:
            faults.append(f"{finding.outcome}: {finding.combination.job.name}: {finding.message}")
        return finding

    findings = find_each(results_folder, plan_files.each_of_table(results_folder), read_outline)
    rows = to_csv(map(count, findings), folder)
    files.write_parts(folder / "losses.csv", (row.encode() for row in rows))
    return Tally(combinations, combinations - len(faults), tuple(faults))


def write_digest(results_folder: Path, style: str) -> None:
    """Write down a hash of all that the records of a style hold; raises RecordError when one isn't there."""
    digest = hashlib.sha256()
    _, combinations = plan_files.read_plots(results_folder, style)
    for job in (combination.job for combination in combinations):
        digest.update(f"{job.name}\n".encode())
        digest.update(files.read_bytes(record_path(picture_path(results_folder, job))))
    files.write_text(plan_files.digest_path(results_folder, style), f"{digest.hexdigest()}\n")
