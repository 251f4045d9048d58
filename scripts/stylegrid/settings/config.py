"""The config, checked; its only reader."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, ValidationError

from stylegrid.errors import ConfigError, explain, suggest
from stylegrid.models import FrozenModel
from stylegrid.settings.config_files import load_config
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.spelling import spell_keys
from stylegrid.text import IN_CELLS, control, plain

REMOVED = {"config.painting.batch": "; it was removed: delete the line"}
DEFAULT_RESULTS = Path("results")


def _one_line(text: str) -> str:
    if control(text):
        raise ValueError("must be text on one line, without control characters")
    return text


def _text(text: str) -> str:
    if control(text, IN_CELLS):
        raise ValueError("must be text without control characters")
    return text


def _at_home(path: Path) -> Path:
    _one_line(str(path))
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError("must be a path; ~ and a name begin one only where there is such a user") from None


HomePath = Annotated[Path, AfterValidator(_at_home)]
Line = Annotated[str, AfterValidator(_one_line)]
Text = Annotated[str, AfterValidator(_text)]


def _auto_or_up_to(most: int) -> PlainValidator:
    """Return a validator of auto and whole numbers from 1 to `most`, with one message."""

    def check(value: object) -> int | str:
        text = str(value)
        if text == "auto":
            return text
        if not re.fullmatch(r"\d{1,4}", text) or not 1 <= int(text) <= most:
            raise ValueError(f"must be auto, or a whole number from 1 to {most}")
        return int(text)

    return PlainValidator(check)


class Sheets(FrozenModel):
    """The `sheets` section: how contact sheets look, on screen and on paper."""

    thumbnail: int = Field(default=240, ge=32, le=1024, description="longest side of a cell's picture, in pixels")
    cells: int = Field(default=200, ge=1, le=2000, description="most cells on a page; larger sheets go over several")
    overview: int = Field(
        default=20_000, ge=0, description="most combinations that have an overview; it has a page for every `cells`"
    )
    paper: Literal["none", "A4", "A3", "letter"] = Field(default="none", description="paper of the sheets for print")
    orientation: Literal["portrait", "landscape"] = Field(default="portrait", description="how the paper lies")
    columns: Annotated[int | Literal["auto"], _auto_or_up_to(8)] = Field(
        default="auto", description="pictures across a printed page, or auto: about 56 mm wide"
    )
    margin: int = Field(default=15, ge=5, le=40, description="margin of a printed page, in millimetres")


class Painting(FrozenModel):
    """The `painting` section: how work is divided among processes."""

    chunk: Annotated[int | Literal["auto"], _auto_or_up_to(256)] = Field(
        default="auto", description="combinations that one process paints, or auto: by the forecast"
    )
    out_of_memory: Literal["fail", "bfloat16", "smaller"] = Field(
        default="fail", description="what becomes of a picture that doesn't fit: nothing, or it is painted cheaper"
    )
    calibration: Annotated[Line, AfterValidator(lambda text: str(_at_home(Path(text))))] = Field(
        default="auto", min_length=1, description="the file that calibrate.py wrote, or auto: this machine's"
    )

    @property
    def calibration_file(self) -> Path | None:
        """The calibration's file, or None for auto."""
        return None if self.calibration == "auto" else Path(self.calibration)


class Plots(FrozenModel):
    """The `plots` section: which plots are drawn, if any, and as what."""

    format: Literal["svg", "png", "pdf"] = Field(default="svg", description="file format of the plots")
    each: Literal["style", "picture", "none"] = Field(
        default="style", description="what has a plot of loss curves: each style, or each picture too; none: no plots"
    )


class Gallery(FrozenModel):
    """The `gallery` section: the title."""

    title: Text = Field(default="stylegrid", max_length=200, description="title of the gallery page and the sheets")


def _folder_of_its_own(path: Path) -> Path:
    if path == Path() or {"{", "}"} & set(str(path)) or str(path).startswith("-"):
        raise ValueError("must be a folder of its own, without { and } in its name or a dash at its beginning")
    return path


Results = Annotated[HomePath, AfterValidator(_folder_of_its_own)]


class Settings(FrozenModel):
    """The whole of config.yaml, checked."""

    manifest: HomePath = Field(description="the spreadsheet: .csv, .tsv, .xlsx or .ods")
    content_dir: HomePath = Field(description="folder of the photographs")
    style_dir: HomePath = Field(description="folder of the paintings")
    links: Literal["inside", "anywhere"] = Field(
        default="inside", description="where links in these two folders may lead; anywhere for albums made of links"
    )
    start_dir: HomePath | None = Field(
        default=None, description="folder of the pictures that `init` names; without it, content_dir"
    )
    results: Results = Field(default=DEFAULT_RESULTS, description="folder for everything that is made")
    weights: Line = Field(
        default="auto",
        min_length=1,
        description="auto, imagenet-8bit, imagenet, untrained, or a file of VGG19 weights",
    )
    stylize: dict[str, Any] = Field(default_factory=dict, description="settings of every picture")
    painting: Painting = Field(default_factory=Painting, description="how painting is shared out")
    sheets: Sheets = Field(default_factory=Sheets, description="contact sheets")
    plots: Plots = Field(default_factory=Plots, description="plots of losses")
    gallery: Gallery = Field(default_factory=Gallery, description="gallery")


SECTIONS: Mapping[str, type[FrozenModel]] = MappingProxyType(
    {"stylize": PaintSettings, "painting": Painting, "sheets": Sheets, "plots": Plots, "gallery": Gallery}
)


class Place(FrozenModel):
    """What of a config says which gallery it is, what it is made from, and how its time left is told."""

    manifest: HomePath | None = None
    results: Results = DEFAULT_RESULTS
    painting: Painting = Field(default_factory=Painting)


def parse_settings(config: Mapping[str, Any]) -> Settings:
    """Return the settings of a config; raises ConfigError naming each wrong key by its path.

    A null stands for the default, in a section too; one in `stylize` for the preset's value. Keys may be spelt as
    columns are: `Style weight` is `style_weight`.
    """
    named = spell_keys(config, Settings, "config")
    faults = []
    if isinstance(named.get("stylize"), Mapping):
        named["stylize"] = spell_keys(named["stylize"], PaintSettings, "config.stylize")
        faults = list(_unknown_settings(named["stylize"]))
    try:
        settings = Settings.model_validate(named)
    except ValidationError as error:
        told = (_put_in_its_section(fault, config) for fault in explain(error, Settings, "config"))
        faults = [*map(_describe, told), *faults]
    if faults:
        raise ConfigError("\n".join(faults))
    return settings


def _unknown_settings(given: Mapping[str, Any]) -> Iterator[str]:
    allowed = PaintSettings.model_fields
    for key in given:
        if key not in allowed:
            yield plain(f"config.stylize.{key}: unknown key. {suggest(key, allowed)}")


def _describe(fault: str) -> str:
    """Return a fault with its remedy, if it is a missing key or one that was removed."""
    place, _, what = fault.partition(": ")
    field = Settings.model_fields.get(place.removeprefix("config."))
    return f"{fault}; name {field.description}" if field and what == "missing" else fault + REMOVED.get(place, "")


def _put_in_its_section(fault: str, config: Mapping[str, Any]) -> str:
    """Return the fault of an unknown key with what to write instead, if a section has it, as in `--config size=48`."""
    place, _, remedy = fault.partition(": unknown key. ")
    key = place.removeprefix("config.")
    sections = [name for name, model in SECTIONS.items() if key in model.model_fields] if remedy else []
    if not sections:
        return fault
    value = config[key] if isinstance(config[key], str | int | float) else "..."
    choices = [plain(f"'{name}={{{key}: {value}}}'") for name in sections]
    return f"{place}: unknown key. Write {' or '.join(choices)}"


def load_settings(*sources: str) -> Settings:
    """Return the settings of config files, as given to Snakemake's ``--configfile``, or of JSON text."""
    return parse_settings(load_config(sources))


def load_place(*sources: str) -> Place:
    """Return the place that a config names, whatever is wrong with other keys; raises ConfigError."""
    given = spell_keys(load_config(sources), Settings, "config")
    if not isinstance(given.get("manifest"), str):
        given.pop("manifest", None)
    try:
        return Place.model_validate({key: value for key, value in given.items() if key in Place.model_fields})
    except ValidationError as error:
        raise ConfigError("\n".join(map(_describe, explain(error, Place, "config")))) from error
