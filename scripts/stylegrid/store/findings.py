"""What lies in the results folder of each combination: its picture, its record, or neither."""

from collections.abc import Callable, Iterable, Iterator, Set
from pathlib import Path
from typing import Literal, NamedTuple

from stylegrid.errors import RecordError
from stylegrid.plan.job import Combination, Job
from stylegrid.store.layout import Layout, failure_path, find_record, picture_path
from stylegrid.store.record import BackboneRecord, Record, described_by, read_record
from stylegrid.vgg.weights import labels
from stylegrid.vgg.weights.choice import read_backbone

NOT_PAINTED = "not painted yet"
OUTDATED = "what is there is of other settings, inputs or weights: run again"
FINISHED = ("finished", "converged")  # outcomes of pictures that came out as asked

Read = Callable[[Path], Record]
Method = Literal["descent", "fast"]
_PAINTED = {
    frozenset({"descent"}): "painted by VGG19",
    frozenset({"fast"}): "drafts by Magenta's fast network; losses by VGG19",
    frozenset({"descent", "fast"}): "painted by VGG19, drafts by Magenta's fast network; losses by VGG19",
}


class PaintedBy(NamedTuple):
    """The weights, the preset and the method of a picture."""

    backbone: BackboneRecord
    preset: str
    method: Method


class Finding(NamedTuple):
    """A combination with its record and picture, if there are any; `outcome` is the record's, or `missing`."""

    combination: Combination
    outcome: str
    message: str
    record: Record | None
    picture: Path | None

    @property
    def finished(self) -> bool:
        """Whether the picture came out as asked."""
        return self.outcome in FINISHED


def find_all(results: Path, combinations: Iterable[Combination], read: Read = read_record) -> list[Finding]:
    """Return the findings of combinations; pictures by other weights than the results folder's count as missing."""
    return list(find_each(results, combinations, read))


def find_each(results: Path, combinations: Iterable[Combination], read: Read = read_record) -> Iterator[Finding]:
    """Yield the findings of `find_all` one by one; none is kept."""
    backbone = chosen_backbone(results)
    for combination in combinations:
        yield find(results, combination, backbone, read)


def chosen_backbone(results: Path) -> str | None:
    """Return the SHA-256 of a results folder's weights, or None before they are chosen."""
    chosen = Layout(results).backbone
    return read_backbone(chosen).sha256 if chosen.is_file() else None


def find(
    results: Path, combination: Combination, backbone_sha256: str | None = None, read: Read = read_record
) -> Finding:
    """Return the finding of a combination; what was made with other settings, inputs or weights counts as missing."""
    picture = picture_path(results, combination.job)
    found = find_record(picture)
    painted = picture.is_file() and found.is_file()
    path = found if painted else failure_path(picture)
    if not path.is_file():
        return Finding(combination, "missing", NOT_PAINTED, None, None)
    try:
        record = read(path)
    except RecordError as error:
        return Finding(combination, "failed", str(error), None, None)
    of_other_weights = painted and backbone_sha256 and record.backbone and record.backbone.sha256 != backbone_sha256
    if of_other_weights or not describes(record, combination.job):
        return Finding(combination, "missing", OUTDATED, None, None)
    return Finding(combination, record.outcome, record.message, record, picture if painted else None)


class Network(NamedTuple):
    """The weights' short name and a warning if they are untrained, as reports show them; "" for none."""

    label: str
    warning: str
    painted: str = "painted by VGG19"

    @property
    def line(self) -> str:
        """The line of a report that names the weights."""
        return f"{self.painted}, weights: {self.label}" if self.label else ""


def network_of(findings: Iterable[Finding]) -> Network:
    """Return the weights that painted the pictures of findings."""
    return describe_network({painted for finding in findings for painted in painted_by(finding.record)})


def painted_by(record: Record | None) -> set[PaintedBy]:
    """Return what painted a record's picture, or measured it where the fast method painted; empty if nothing did."""
    if record is None or record.backbone is None:
        return set()
    return {PaintedBy(record.backbone, record.settings.preset, record.settings.method)}


def describe_network(painted: Set[PaintedBy]) -> Network:
    """Return the network of pictures."""
    names = sorted({labels.label(each.backbone.name, each.backbone.path) for each in painted})
    presets = [each.preset for each in painted if each.backbone.name == "untrained" and each.method == "descent"]
    methods = frozenset(each.method for each in painted) or frozenset({"descent"})
    return Network(", ".join(names), labels.warning("untrained", presets) if presets else "", _PAINTED[methods])


def describes(record: Record, job: Job) -> bool:
    """Return whether a record is of this job; titles may differ."""
    return all(getattr(record, name) == value for name, value in described_by(job).items() if name != "title")
