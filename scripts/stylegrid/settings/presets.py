"""Presets: recipes as data, one YAML file each in workflow/presets/."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from pydantic import Field, ValidationError

from stylegrid import CHECKOUT
from stylegrid.errors import ConfigError, explain
from stylegrid.models import FrozenModel
from stylegrid.settings.compatibility import conflicts
from stylegrid.settings.paint_settings import PaintSettings

FOLDER = CHECKOUT / "workflow" / "presets"


class Preset(FrozenModel):
    """One recipe: its source, departures from it, and settings; the others are neutral."""

    title: str
    source: str = Field(description="paper, program or page whose formulas these are")
    departures: tuple[str, ...] = Field(description="known differences from the source")
    settings: dict[str, Any]


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load_preset(name: str) -> Preset:
    """Return a preset by name; raises ConfigError if it is missing or its file has faults."""
    if name not in preset_names():
        raise ConfigError(f"preset: must be one of {', '.join(preset_names())}, found {name!r}")
    path = FOLDER / f"{name}.yaml"
    try:
        preset = Preset.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ConfigError(f"{path}: {explain(error, Preset)[0]}") from error
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {' '.join(str(error).split())}") from error
    try:
        PaintSettings.model_validate({**preset.settings, "preset": name})
    except ValidationError as error:
        raise ConfigError(f"{path}: {explain(error, PaintSettings, 'settings')[0]}") from error
    return preset


def resolve(*layers: Mapping[str, Any]) -> PaintSettings:
    """Return one picture's settings: its preset's, overridden by each layer in turn.

    Raises ConfigError with a line for each wrong setting or conflict.
    """
    given = {key: value for layer in layers for key, value in layer.items()}
    name = str(given.get("preset", "stylegrid"))
    try:
        settings = PaintSettings.model_validate({**load_preset(name).settings, **given, "preset": name})
    except ValidationError as error:
        raise ConfigError("\n".join(explain(error, PaintSettings))) from error
    faults = conflicts(settings)
    if faults:
        raise ConfigError("\n".join(faults))
    return settings


def different(settings: PaintSettings) -> dict[str, object]:
    """Return the settings that differ from their preset's; raises ConfigError when there is no such preset."""
    preset = _resolved(settings.preset)
    return {name: value for name, value in settings if value != getattr(preset, name)}


@cache
def _resolved(name: str) -> PaintSettings:
    return resolve({"preset": name})
