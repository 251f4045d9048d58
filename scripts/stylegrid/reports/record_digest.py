"""A digest of a style's records, by which what is made of them knows whether they changed."""

import hashlib
from pathlib import Path

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.store.layout import picture_path, record_path


def write_digest(results_folder: Path, style: str) -> None:
    """Write the SHA-256 of all records of a style; raises RecordError when one is missing."""
    digest = hashlib.sha256()
    _, combinations = plan_files.read_plots(results_folder, style)
    for job in (combination.job for combination in combinations):
        digest.update(f"{job.name}\n".encode())
        digest.update(files.read_bytes(record_path(picture_path(results_folder, job))))
    files.write_text(plan_files.digest_path(results_folder, style), f"{digest.hexdigest()}\n")
