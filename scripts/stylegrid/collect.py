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
    reader = Reader()
    findings = results.find_each(results_folder, handover.each_of_table(results_folder), reader.read)
    rows = to_csv(map(reader.count, findings), folder)
    files.write_parts(folder / "losses.csv", (row.encode() for row in rows))
    if folder == results_folder:
        reader.write(handover.digest_path(results_folder))
    return Tally(reader.combinations, reader.combinations - len(reader.faults), tuple(reader.faults))


class Reader:
    """Reads records, and remembers of them what is told in the end: a digest, their number, and faults."""

    def __init__(self) -> None:
        self.combinations = 0
        self.faults: list[str] = []
        self._digest = hashlib.sha256()

    def read(self, path: Path) -> Record:
        """Return a record without its history, which counts in the digest."""
        contents = files.read_bytes(path)
        self._digest.update(contents)
        return parse_outline(path, contents)

    def count(self, finding: Finding) -> Finding:
        """Return a finding as it is, after it was counted."""
        name = finding.combination.job.name
        self.combinations += 1
        self._digest.update(f"{name} {finding.outcome}\n".encode())
        if finding.picture is None:
            self.faults.append(f"{finding.outcome}: {name}: {finding.message}")
        return finding

    def write(self, path: Path) -> None:
        """Write the digest of all that was read and counted."""
        files.write_text(path, f"{self._digest.hexdigest()}\n")
