"""Settings, from config.yaml and from one picture's point of view; the only reader of the config."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from stylegrid.errors import ConfigError, explain, suggest
from stylegrid.vgg19 import LAYERS
from stylegrid.weighted import parse_weighted, spell_weighted


class Frozen(BaseModel):
    """A value that crosses a boundary: immutable, no unknown keys, no infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_yes_and_no(cls, value: Any) -> Any:
        """Refuse what pydantic would read as 1 or 0, and YAML makes of an unquoted yes or no."""
        if isinstance(value, bool):
            raise ValueError("must not be yes or no; put a word in quotes")
        return value


def _layers(text: str) -> str:
    entries = parse_weighted(text)
    for name, _ in entries:
        if name not in LAYERS:
            raise ValueError(
                f"must name layers of VGG19 such as relu4_2 or, before the activation, conv4_2; not {name!r}"
            )
    if len(dict(entries)) < len(entries):
        raise ValueError("names a layer twice")
    return spell_weighted(entries)


Layers = Annotated[str, AfterValidator(_layers)]
Comparison = Literal["mean_squared", "relative", "standardised"]
Weight = Annotated[float, Field(ge=0, le=1e38)]  # the largest power of ten that float32 holds


class PaintSettings(Frozen):
    """Everything that decides one picture's pixels, beside the input pictures and the backbone.

    Each field is a key of the config's `stylize` section, a column of the manifest and a flag of stylize.py.
    A preset gives every one of them a value.
    """

    preset: str = Field(description="recipe that gives every other setting its value: a file in workflow/presets/")
    size: int = Field(ge=16, le=16384, description="longest side of the picture, in pixels")
    steps: int = Field(
        ge=0, description="evaluations of loss and gradient, over all scales; 0 writes the start picture"
    )
    coarsest: int = Field(
        ge=0, description="longest side of the first scale, in pixels, doubled until `size`; 0: one scale"
    )
    seed: int = Field(ge=0, lt=2**32, description="seed of the noise start")
    init: str = Field(min_length=1, description="start picture: content, noise, or a picture file")
    content_weight: Weight = Field(description="weight of the content loss")
    style_weight: Weight = Field(description="weight of the style loss")
    tv_weight: Weight = Field(description="weight of the total variation loss")
    content_layers: Layers = Field(
        description="layers compared with the photograph: relu4_2, or conv4_2 before the ReLU"
    )
    style_layers: Layers = Field(description="layers compared with the painting, e.g. relu1_1 + relu2_1:0.5")
    content_loss: Comparison = Field(
        description="differences of activations: mean_squared, or over the photograph's energy (relative) or variance "
        "(standardised)"
    )
    style_loss: Comparison = Field(description="the same for differences of Gram matrices")
    gram: Literal["plain", "shifted"] = Field(
        description="Gram matrices of activations, or of activations minus the painting's mean (shifted)"
    )
    tv_loss: Literal["mean_absolute", "sum_absolute"] = Field(
        description="mean or sum of absolute differences between neighbouring pixels"
    )
    match_colours: Literal["none", "content"] = Field(
        description="content: give the photograph the painting's colours before painting"
    )
    padding: Literal["zero", "replicate"] = Field(description="what convolutions see beyond the picture's border")
    pooling: Literal["average", "max"] = Field(description="pooling between the blocks of the backbone")
    optimizer: Literal["lbfgs", "adam"] = Field(
        description="lbfgs (SciPy's L-BFGS-B, pixels bounded to [0, 1]) or adam"
    )
    corrections: int = Field(ge=1, le=200, description="L-BFGS: corrections kept")
    learning_rate: float = Field(gt=0, description="Adam: step size, in pixels of [0, 1]")
    beta_1: float = Field(ge=0, lt=1, description="Adam: decay of the mean gradient")
    beta_2: float = Field(ge=0, lt=1, description="Adam: decay of the mean squared gradient")
    epsilon: float = Field(gt=0, description="Adam: added to the root of the mean squared gradient")


class Sheets(Frozen):
    """The `sheets` section: how contact sheets look."""

    thumbnail: int = Field(default=240, ge=32, le=1024, description="longest side of a cell's picture, in pixels")
    cells: int = Field(default=200, ge=1, le=2000, description="most cells on a page; larger sheets go over several")


class Gallery(Frozen):
    """The `gallery` section: what the gallery calls itself."""

    title: str = Field(default="stylegrid", max_length=200, description="title printed on the contact sheets")


def _folder_of_its_own(path: Path) -> Path:
    if path == Path() or {"{", "}"} & set(str(path)):
        raise ValueError("must be a folder of its own, without { and } in its name")
    return path


HomePath = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(Frozen):
    """The whole of config.yaml, checked."""

    manifest: HomePath = Field(description="the spreadsheet: .csv, .tsv, .xlsx or .ods")
    content_dir: HomePath = Field(description="folder of the photographs")
    style_dir: HomePath = Field(description="folder of the paintings")
    results: Annotated[HomePath, AfterValidator(_folder_of_its_own)] = Field(
        description="folder for everything that is made"
    )
    weights: str = Field(min_length=1, description="auto, imagenet, untrained, or a file of VGG19 weights")
    stylize: dict[str, Any] = Field(default_factory=dict, description="settings of every picture")
    sheets: Sheets = Field(default_factory=Sheets, description="contact sheets")
    gallery: Gallery = Field(default_factory=Gallery, description="gallery")


def parse_settings(config: Mapping[str, Any]) -> Settings:
    """Return the settings of a config mapping; raises ConfigError naming each wrong key by its path.

    Keys that are null are left out: those of `stylize` to the preset, a section without keys to its defaults.
    """
    try:
        settings = Settings.model_validate({key: value for key, value in config.items() if value is not None})
    except ValidationError as error:
        raise ConfigError("\n".join(explain(error, Settings, "config"))) from error
    allowed = PaintSettings.model_fields
    unknown = [str(key) for key in settings.stylize if key not in allowed]
    if unknown:
        faults = [f"config.stylize.{key}: unknown key; {suggest(key, allowed)}" for key in unknown]
        raise ConfigError("\n".join(faults))
    given = {key: value for key, value in settings.stylize.items() if value is not None}
    return settings.model_copy(update={"stylize": given})


def load_settings(source: str) -> Settings:
    """Return the settings of a config given as the path of a YAML file or as JSON text."""
    return parse_settings(_load_json(source) if source.lstrip().startswith("{") else _load_yaml(Path(source)))


def _load_json(text: str) -> dict[str, Any]:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ConfigError(f"--config: is not JSON: {error}; give the path of a config file, or JSON text") from error


def _load_yaml(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); give --config the path of a config file") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(loaded, dict):
        raise ConfigError(f"{path}: must hold keys with values, found {type(loaded).__name__}")
    return loaded
