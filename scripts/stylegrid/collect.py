"""The table of final losses collected from all records, row by row: no memory holds many of them at once."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from stylegrid import files, handover, results
from stylegrid.record import Record, parse_outline
from stylegrid.results import Finding
from stylegrid.table import to_csv


class Tally(NamedTuple):
    """How many combinations and pictures were found, and a line on each combination without a picture."""

    combinations: int
    pictures: int
    faults: tuple[str, ...]


def collect(results_folder: Path, folder: Path) -> Tally:
    """Write the table of a results folder into a folder; raises RecordError when there is no plan.

    In the results folder itself, a digest of all that was found is written too, by which others know that it changed.
    """
    reader = _Reader()
    findings = results.find_each(results_folder, handover.each_of_table(results_folder), reader.read)
    rows = to_csv(map(reader.count, findings), folder)
    files.write_parts(folder / "losses.csv", (row.encode() for row in rows))
    if folder == results_folder:
        files.write_text(handover.digest_path(results_folder), f"{reader.digest.hexdigest()}\n")
    return Tally(reader.combinations, reader.combinations - len(reader.faults), tuple(reader.faults))


class _Reader:
    """Reads records, and remembers of them what is told in the end."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.combinations = 0
        self.faults: list[str] = []

    def read(self, path: Path) -> Record:
        contents = files.read_bytes(path)
        self.digest.update(contents)
        return parse_outline(path, contents)

    def count(self, finding: Finding) -> Finding:
        name = finding.combination.job.name
        self.combinations += 1
        self.digest.update(f"{name} {finding.outcome}\n".encode())
        if finding.picture is None:
            self.faults.append(f"{finding.outcome}: {name}: {finding.message}")
        return finding
