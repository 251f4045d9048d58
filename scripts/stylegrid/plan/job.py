"""The job of painting one combination: the contract between the workflow and Python."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from stylegrid import files
from stylegrid.errors import ConfigError, ImageError, RecordError, StylegridError, explain
from stylegrid.fast.architecture import VALUES_SHA256
from stylegrid.models import FrozenModel
from stylegrid.names import safe_name
from stylegrid.pictures.geometry import Size
from stylegrid.settings.compatibility import OF_OBJECTIVE, OF_OCTAVES, size_conflict, unused_settings
from stylegrid.settings.field_types import STARTS
from stylegrid.settings.paint_settings import PaintSettings, mask_files, start_file
from stylegrid.weighted_list import spell_weighted

if TYPE_CHECKING:  # not at run time: --help has no time for it
    from stylegrid.pictures.images import Inspection

# Raised by whoever changes what the pixels would be; every picture is then painted again.
RECIPE = 5


# Settings that name pictures, which count by their contents, and those that don't change a painting but its files.
_NAMING_PICTURES = frozenset({"init", "content_mask", "style_mask"})
PUBLISHING = frozenset({"format", "quality", "original_colours", "snapshots"})
COMPUTING = frozenset({"tile"})  # how the same pixels are computed, but for rounding


_LARGEST_SHARE = 1024  # different settings that are remembered
_shared: dict[str, PaintSettings] = {}


def _share(value: Any, check: ValidatorFunctionWrapHandler) -> PaintSettings:
    """Return one object for equal settings, validated once: a hundred thousand job files may repeat them."""
    if not isinstance(value, dict):
        return check(value)
    text = repr(value)  # which tells 1 from True
    if text not in _shared:
        settings = check(value)
        if len(_shared) >= _LARGEST_SHARE:
            _shared.clear()
        _shared[text] = settings
    return _shared[text]


SharedSettings = Annotated[PaintSettings, WrapValidator(_share)]


class Source(FrozenModel):
    """One input picture: its safe name, its path, and the SHA-256 of its contents."""

    name: str
    path: str
    sha256: str

    @classmethod
    def of(cls, name: str, path: Path, found: "Inspection", **more: float) -> Self:
        """Return the source of an inspected picture, with its size."""
        source = cls(name=name, path=str(path), sha256=found.sha256, **more)
        source.__dict__["size"] = (found.width, found.height)  # as cached_property keeps it
        return source

    @property
    def shown(self) -> str:
        """The name in words for people: its file's without the suffix, unless `name` was made of more than that."""
        stem = Path(self.path).stem
        return stem if safe_name(stem) == self.name else self.name

    @cached_property
    def size(self) -> Size:
        """Upright (width, height) in pixels; read from the file's header unless the picture was inspected.

        It is no field: the hash implies it, and job files and records stay as they are. Raises ImageError.
        """
        from stylegrid.pictures import images

        return images.upright_size(Path(self.path))


class StyleSource(Source):
    """A painting, with its weight in the blend."""

    weight: float = Field(default=1.0, gt=0)


class Sources(FrozenModel):
    """The input pictures of a painting, shared by its job and its record."""

    content: Source
    styles: tuple[StyleSource, ...]
    start: Source | None = Field(default=None, description="the picture that `init` names, if it names one")
    content_mask: Source | None = Field(default=None, description="where the photograph counts")
    style_masks: tuple[Source | None, ...] = Field(default=(), description="where each style paints, if any has a mask")

    @property
    def roles(self) -> tuple[tuple[str, Source], ...]:
        """Every input picture with its role, such as "content mask"."""
        found = [("content", self.content), *(("style", style) for style in self.styles)]
        others = [("start", self.start), ("content mask", self.content_mask)]
        others += [("style mask", mask) for mask in self.style_masks]
        return (*found, *((role, source) for role, source in others if source is not None))

    @property
    def style_shown(self) -> str:
        """The paintings in words for people, with their weights: `waves:2 + night`."""
        return spell_weighted(tuple((style.shown, style.weight) for style in self.styles))

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Every input picture."""
        return tuple(source for _, source in self.roles)


def find_pictures(
    settings: PaintSettings, paintings: int, find: Callable[[str, str], Source], faults: list[StylegridError]
) -> dict[str, Any]:
    """Return the pictures that settings name, as fields of Sources; what is wrong is added to `faults`."""
    if start_file(settings) is None and settings.content_mask == "none" == settings.style_mask:
        return {}

    def look(setting: str, name: str | None) -> Source | None:
        try:
            return None if name is None else find(setting, name)
        except StylegridError as error:
            faults.append(error)
            return None

    mask = None if settings.content_mask == "none" else settings.content_mask
    start, content_mask = look("init", start_file(settings)), look("content_mask", mask)
    try:
        masks = mask_files(settings, paintings)
    except ConfigError as error:
        faults.append(error)
        masks = ()
    style_masks = tuple(look("style_mask", name) for name in masks)
    return {"start": start, "content_mask": content_mask, "style_masks": style_masks}


class Job(Sources):
    """One combination of the manifest: content, style or blend of styles, and resolved settings."""

    style: str = Field(description="name of the style or blend, as in paths")
    variant: str
    title: str = ""
    settings: SharedSettings
    recipe: int = RECIPE

    @classmethod
    def of(
        cls,
        content: Source,
        styles: tuple[StyleSource, ...],
        settings: PaintSettings,
        find: Callable[[str, str], Source],
        **names: str,
    ) -> Self:
        """Return the job of painting a photograph in a style; `names` are its style, variant and title.

        `find(setting, name)` returns the picture that a setting names. Raises ImageError for sizes that the settings
        don't allow, ConfigError for a wrong number of masks, and whatever `find` raises; of several faults one error of
        the first's type, with a line for each.
        """
        faults: list[StylegridError] = []
        if fault := size_conflict(settings, content.size, [style.size for style in styles]):
            faults.append(ImageError(f"{fault}; {content.path} with {names['style']}"))
        pictures = find_pictures(settings, len(styles), find, faults)
        if faults:
            raise type(faults[0])("\n".join(map(str, faults)))
        return cls(content=content, styles=styles, settings=settings, **pictures, **names)

    @property
    def name(self) -> str:
        """The combination's path below results/pictures/, without suffix: content/style/variant."""
        return f"{self.content.name}/{self.style}/{self.variant}"

    def key(self, backbone_sha256: str) -> str:
        """Return the cache key of the painting: a SHA-256 of input contents, settings, backbone and recipe.

        Names, settings of publishing and computing, and unused settings don't count. Masks count even where their term
        weighs nothing, and the objective with the fast method: the losses in the record are measured with them.
        """
        fast = self.settings.method == "fast"
        unused = self._unused().keys() - (OF_OBJECTIVE.split() if fast else ())
        excluded = {"preset", "method", *_NAMING_PICTURES, *PUBLISHING, *COMPUTING, *unused, *OF_OCTAVES, "detail"}
        decides = {
            "content": self.content.sha256,
            "styles": [(style.sha256, style.weight) for style in self.styles],
            "start": self.start.sha256 if self.start else None,
            "content_mask": self.content_mask.sha256 if self.content_mask else None,
            "style_masks": [mask.sha256 if mask else None for mask in self.style_masks],
            "settings": self.settings.model_dump(exclude=excluded),
            "init": self._starts(),
            "backbone": backbone_sha256,
            "recipe": self.recipe,
            # Of others, keys are those of earlier versions.
            **({"fast": VALUES_SHA256} if fast else {}),
            **(self.settings.model_dump(include=set(OF_OCTAVES)) if self.settings.smallest_octave else {}),
            **({} if self.settings.detail == "none" or "detail" in unused else {"detail": self.settings.detail}),
        }
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()

    def _starts(self) -> list[tuple[str, float]]:
        """Return the start's parts and weights, without the file's name: its hash is in the key already."""
        return [(name if name in STARTS else "file", weight) for name, weight in self.settings.init.entries]

    def _unused(self) -> dict[str, str]:
        """Return the settings without effect in this job, each with a sentence."""
        return unused_settings(self.settings, len(self.styles), any(self.style_masks))

    def require_effect(self, given: Collection[str]) -> None:
        """Raise ConfigError, with a line for each, if given settings have no effect.

        A seed without noise is allowed: it is harmless, and many users always give one.
        """
        if faults := idle(self._unused(), given):
            raise ConfigError("\n".join(faults))

    def to_json(self) -> str:
        """Return the job as one line of JSON; equal jobs give equal text."""
        return self.model_dump_json()


def idle(unused: Mapping[str, str], given: Collection[str]) -> list[str]:
    """Return the sentences of unused settings that are given, but for the seed."""
    return [sentence for name, sentence in unused.items() if name in given and name != "seed"]


class Combination(NamedTuple):
    """One combination of the manifest: its job, the row it comes from, and the row's words for the reports."""

    job: Job
    row: int
    title: str
    notes: str


def read_job(path: Path) -> Job:
    """Return the job in a file; raises RecordError when it isn't one."""
    try:
        return Job.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: is not a job: {explain(error, Job)[0]}") from error
