"""Presets: recipes as data, one YAML file each in workflow/presets/, that give every setting a value."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from stylegrid.errors import ConfigError, explain
from stylegrid.settings import Frozen, PaintSettings

FOLDER = Path(__file__).resolve().parents[2] / "workflow" / "presets"


class Preset(Frozen):
    """One recipe: where it comes from, how it differs from its source, and a value for every setting."""

    title: str
    source: str = Field(description="paper, program or page whose formulas these are")
    departures: tuple[str, ...] = Field(description="known differences from the source")
    settings: dict[str, Any]


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load_preset(name: str) -> Preset:
    """Return a preset by name; raises ConfigError when there is none or its file has faults."""
    if name not in preset_names():
        raise ConfigError(f"preset: must be one of {', '.join(preset_names())}, found {name!r}")
    try:
        return Preset.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        reason = explain(error, Preset)[0] if isinstance(error, ValidationError) else " ".join(str(error).split())
        raise ConfigError(f"{FOLDER / name}.yaml: {reason}") from error


def resolve(*layers: Mapping[str, Any]) -> PaintSettings:
    """Return one picture's settings: its preset's, overridden by each layer of settings in turn.

    Raises ConfigError with one line for each setting that is wrong.
    """
    given = {key: value for layer in layers for key, value in layer.items()}
    name = str(given.get("preset", "stylegrid"))
    try:
        return PaintSettings.model_validate({**load_preset(name).settings, **given, "preset": name})
    except ValidationError as error:
        raise ConfigError("\n".join(explain(error, PaintSettings))) from error
