"""What there is of a combination below the results folder."""

from collections.abc import Callable, Iterable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import RecordError
from stylegrid.plan.job import Combination, Job
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.record import BackboneRecord, Record, described_by, read_record
from stylegrid.vgg.weights import labels
from stylegrid.vgg.weights.choice import read_backbone

NOT_PAINTED = "not painted: its job did not run, or was killed; see logs/paint"
OUTDATED = "what is there is of other settings, inputs or weights: run again"


Read = Callable[[Path], Record]


class Finding(NamedTuple):
    """A combination and what was found of it; `outcome` is its record's, or `missing`."""

    combination: Combination
    outcome: str
    message: str
    record: Record | None
    picture: Path | None


def find_all(results: Path, combinations: Iterable[Combination], read: Read = read_record) -> list[Finding]:
    """Return what there is of combinations, under the backbone that was chosen for the results folder."""
    return list(find_each(results, combinations, read))


def find_each(results: Path, combinations: Iterable[Combination], read: Read = read_record) -> Iterator[Finding]:
    """Yield the same one by one, so that no memory holds all of them."""
    backbone = chosen_backbone(results)
    for combination in combinations:
        yield find(results, combination, backbone, read)


def chosen_backbone(results: Path) -> str | None:
    """Return the SHA-256 of the weights that were chosen for a results folder, if they were."""
    chosen = results / "backbone.json"
    return read_backbone(chosen).sha256 if chosen.is_file() else None


def find(
    results: Path, combination: Combination, backbone_sha256: str | None = None, read: Read = read_record
) -> Finding:
    """Return what there is of a combination; what was made with other settings, inputs or weights counts as missing."""
    picture = picture_path(results, combination.job)
    painted = picture.is_file() and record_path(picture).is_file()
    path = record_path(picture) if painted else failure_path(picture)
    if not path.is_file():
        return Finding(combination, "missing", NOT_PAINTED, None, None)
    try:
        record = read(path)
    except RecordError as error:
        return Finding(combination, "failed", str(error), None, None)
    of_other_weights = painted and backbone_sha256 and record.backbone and record.backbone.sha256 != backbone_sha256
    if of_other_weights or not _describes(record, combination.job):
        return Finding(combination, "missing", OUTDATED, None, None)
    return Finding(combination, record.outcome, record.message, record, picture if painted else None)


class Network(NamedTuple):
    """What a report says of the weights of its pictures: a short name, and a warning of untrained ones; "" of none."""

    label: str
    warning: str

    @property
    def line(self) -> str:
        """Return the line of a report that names the weights."""
        return f"painted by VGG19, weights: {self.label}" if self.label else ""


def network_of(findings: Iterable[Finding]) -> Network:
    """Return what a report of findings says of their weights."""
    return describe_network({painted for finding in findings for painted in painted_by(finding.record)})


def painted_by(record: Record | None) -> set[tuple[BackboneRecord, str]]:
    """Return the weights and the preset that painted a record's picture; nothing of one that wasn't painted."""
    return {(record.backbone, record.settings.preset)} if record and record.backbone else set()


def describe_network(painted: Set[tuple[BackboneRecord, str]]) -> Network:
    """Return what a report says of pictures painted by weights and presets."""
    names = sorted({labels.label(backbone.name, backbone.path) for backbone, _ in painted})
    presets = [preset for backbone, preset in painted if backbone.name == "untrained"]
    return Network(", ".join(names), labels.warning("untrained", presets) if presets else "")


def _describes(record: Record, job: Job) -> bool:
    """Return whether a record is of this job, whatever its title."""
    return all(getattr(record, name) == value for name, value in described_by(job).items() if name != "title")
