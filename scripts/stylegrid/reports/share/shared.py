"""The pictures that are shared, with the words and names that go with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.names import readable_name
from stylegrid.pictures.metadata import Metadata
from stylegrid.store import provenance
from stylegrid.store.findings import Finding
from stylegrid.store.record import Record


class Shared(NamedTuple):
    """A picture that is shared: its file's name without suffix, a caption, and the file and record it comes from."""

    name: str
    caption: str
    picture: Path
    record: Record

    def metadata(self, keep: bool) -> Metadata | None:
        """Return what the picture says of how it was made, without folders; None if that is dropped."""
        return provenance.describe(provenance.without_folders(self.record)) if keep else None


def share_all(findings: Sequence[Finding]) -> list[Shared]:
    """Return the pictures of findings, in their order; names are numbered, so that none are equal.

    Raises ImageError for a picture that isn't as it was recorded: an editor may have put anything into it.
    """
    painted = [(finding, finding.picture, finding.record) for finding in findings]
    found = [(finding, picture, record) for finding, picture, record in painted if picture and record]
    digits = len(str(len(found)))
    return [
        Shared(f"{number:0{digits}}-{_name(finding)}", _caption(finding, record), _unchanged(picture, record), record)
        for number, (finding, picture, record) in enumerate(found, start=1)
    ]


def _name(finding: Finding) -> str:
    job = finding.combination.job
    return readable_name(finding.combination.title) or readable_name(job.name)


def _caption(finding: Finding, record: Record) -> str:
    made = f"{record.content.shown} in the style of {' and '.join(style.shown for style in record.styles)}"
    return " ".join(finding.combination.title.split()) or made.replace("_", " ")


def _unchanged(picture: Path, record: Record) -> Path:
    if files.sha256(picture) != record.picture_sha256:
        raise ImageError(f"{picture}: is not the picture that its record describes; delete it and run again")
    return picture
