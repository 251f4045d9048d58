"""The job of painting one combination: the contract between the workflow and Python."""

import hashlib
import json
from pathlib import Path

from pydantic import Field, ValidationError

from stylegrid import files
from stylegrid.errors import RecordError, explain
from stylegrid.settings import Frozen, PaintSettings

# Raised by whoever changes what the pixels would be; every picture is then painted again.
RECIPE = 1


class Source(Frozen):
    """One input picture: its safe name, where it lies, and its contents' SHA-256."""

    name: str
    path: str
    sha256: str


class StyleSource(Source):
    """A painting, with its weight among those that are blended."""

    weight: float = Field(default=1.0, gt=0)


class Job(Frozen):
    """One combination of the manifest: content, style or blend of styles, and resolved settings."""

    content: Source
    styles: tuple[StyleSource, ...]
    start: Source | None = Field(default=None, description="the picture that `init` names, if it names one")
    style: str = Field(description="name of the style or blend, as in paths")
    variant: str
    title: str = ""
    settings: PaintSettings
    recipe: int = RECIPE

    @property
    def name(self) -> str:
        """Return the combination's path below results/pictures/, without an ending."""
        return f"{self.content.name}/{self.style}/{self.variant}"

    def key(self, backbone_sha256: str) -> str:
        """Return the identity of the picture: a hash of inputs, settings, backbone and recipe, whatever their names."""
        decides = {
            "content": self.content.sha256,
            "styles": [(style.sha256, style.weight) for style in self.styles],
            "start": self.start.sha256 if self.start else None,
            "settings": self.settings.model_dump(exclude={"preset", "init"} if self.start else {"preset"}),
            "backbone": backbone_sha256,
            "recipe": self.recipe,
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Return the job as one line of JSON; equal jobs give equal text."""
        return self.model_dump_json()


def read_job(path: Path) -> Job:
    """Return the job in a file; raises RecordError when it isn't one."""
    try:
        return Job.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: is not a job: {explain(error, Job)[0]}") from error
