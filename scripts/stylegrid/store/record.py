"""The record beside every picture: its inputs, settings, outcome and losses."""

import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self

from pydantic import ValidationError
from pydantic_core import from_json

from stylegrid import VERSION, files
from stylegrid.errors import RecordError, explain
from stylegrid.models import FrozenModel
from stylegrid.plan.job import Job, SharedSettings, Sources
from stylegrid.settings.paint_settings import PaintSettings

_VERSIONED = ("tensorflow", "tensorflow-cpu", "numpy", "scipy", "pillow")


class LossRecord(FrozenModel):
    """The unweighted loss terms of a picture and their weighted total."""

    content: float
    style: float
    tv: float
    total: float


class HistoryEntry(LossRecord):
    """The losses after `step` steps, at the `scale` of this longest side in pixels."""

    step: int
    scale: int


class MeasuresRecord(FrozenModel):
    """What a picture is like beside its photograph and paintings, which no loss was made small for.

    `style_cosine` and `edges_kept` lie in [-1, 1], `colour_distance` is in units of L*a*b*, `grain` in levels of 255,
    `specks` a share in [0, 1]. `style_cosine` is None where the fast method's networks were not at hand.
    """

    style_cosine: float | None
    edges_kept: float
    colour_distance: float
    grain: float
    specks: float


class BackboneRecord(FrozenModel):
    """The network that painted a picture; `path` is that of a user's own file."""

    name: str
    sha256: str
    path: str | None = None


class Record(Sources):
    """The record of one picture, or of a combination that failed, without losses.

    `losses` are unweighted but for `total` = content_weight * content + style_weight * style + tv_weight * tv.
    `measures` is None of a picture that an earlier version painted. `colours` are grey where the picture was painted in
    greys. `reduced` holds settings that were lowered because memory ran out; `tile` is the side of the tiles that the
    largest scale was computed in, None for one piece.
    """

    variant: str
    title: str
    settings: SharedSettings
    backbone: BackboneRecord | None = None
    recipe: int
    outcome: Literal["finished", "converged", "non_finite", "failed"]
    message: str
    losses: LossRecord | None = None
    style_by_layer: dict[str, float] = {}
    history: tuple[HistoryEntry, ...] = ()
    measures: MeasuresRecord | None = None
    width: int | None = None
    height: int | None = None
    steps: int = 0
    seconds: float | None = None
    steps_per_second: float | None = None
    peak_memory_mb: float | None = None
    device: str = ""
    precision: str = ""
    colours: Literal["free", "grey"] = "free"
    tile: int | None = None
    versions: dict[str, str] = {}
    picture_sha256: str | None = None
    reduced: dict[str, int | str] = {}

    @property
    def painted_settings(self) -> PaintSettings:
        """The settings that the picture was painted with."""
        return self.settings.model_copy(update=self.reduced)

    def named_for(self, job: Job, backbone: BackboneRecord) -> Self:
        """Return the record with the names of another job and backbone of the same picture."""
        return self.model_copy(update={**described_by(job), "backbone": backbone})

    def to_json(self) -> str:
        """Return the record as indented JSON."""
        return self.model_dump_json(indent=1) + "\n"


def described_by(job: Job) -> dict[str, object]:
    """Return the fields of a record that repeat its job: all but the style's name."""
    return {name: value for name, value in job if name in Record.model_fields}


def failed(job: Job, message: str) -> Record:
    """Return the record of a combination that could not be painted."""
    return Record(**described_by(job), outcome="failed", message=message)


def read_record(path: Path) -> Record:
    """Return the record in a file; raises RecordError for anything else."""
    try:
        return Record.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: is not a record ({explain(error, Record)[0]}); delete it and run again") from error


def read_outline(path: Path) -> Record:
    """Return the record in a file without its history, in a sixth of the time; raises RecordError."""
    return parse_outline(path, files.read_bytes(path))


def parse_outline(path: Path, contents: bytes) -> Record:
    """Return the record of a file's contents without its history."""
    try:
        return Record.model_validate({**from_json(contents), "history": ()})
    except (ValueError, TypeError):
        return read_record(path)  # which says what is wrong


@cache  # which takes longer than painting by the fast method
def versions() -> Mapping[str, str]:
    """Return the versions of stylegrid, Python, and the packages that decide pixels."""
    installed = {distribution.name.lower().replace("_", "-") for distribution in metadata.distributions()}
    found = {name: metadata.version(name) for name in _VERSIONED if name in installed}
    return MappingProxyType({"stylegrid": VERSION, "python": platform.python_version(), **found})
