"""Presets: recipes as data, one YAML file each in workflow/presets/."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from pydantic import Field, ValidationError

from stylegrid import CHECKOUT
from stylegrid.errors import ConfigError, explain, suggest
from stylegrid.models import FrozenModel
from stylegrid.settings.compatibility import conflicts
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.spelling import spell_keys

FOLDER = CHECKOUT / "workflow" / "presets"
LISTED = "docs/recipes.md"


class Preset(FrozenModel):
    """One recipe: its source, departures from it, and settings; the others are neutral.

    A file with a `base` gives the settings that differ from that preset's, and what else it likes.
    """

    title: str
    source: str = Field(description="paper, program or page whose formulas these are")
    departures: tuple[str, ...] = Field(description="known differences from the source")
    settings: dict[str, Any]
    base: str = Field(default="", description="preset whose settings these change; it has no base itself")


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load_preset(name: str) -> Preset:
    """Return a preset by name, with the settings of its base.

    Raises ConfigError if there is none, or with a line for each fault of its file.
    """
    if name not in preset_names():
        raise ConfigError(f"preset: there is no {name!r}. {suggest(name, preset_names(), listed=LISTED)}")
    try:
        return _load(name)
    except ConfigError as error:
        path = FOLDER / f"{name}.yaml"
        raise ConfigError("\n".join(f"preset: {path}: {line}" for line in str(error).splitlines())) from error


def _load(name: str) -> Preset:
    given = _read(name)
    try:
        whole = _over_base(name, given)
    except ConfigError as error:
        others = [fault for fault in _faults(name, given) if not fault.startswith("base: ")]
        alone = [fault for fault in others if not fault.endswith(": missing")]  # the base would have it
        raise ConfigError("\n".join([str(error), *alone])) from error
    if faults := _faults(name, whole):
        raise ConfigError("\n".join(faults))
    preset = Preset.model_validate(whole)
    return preset.model_copy(update={"settings": _spelt(preset.settings)})


def _read(name: str) -> Any:
    try:
        return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ConfigError(" ".join(str(error).split())) from error


def _over_base(name: str, given: Any) -> Any:
    """Return a file's contents laid over its base's, if it has one; raises ConfigError for a base that is none."""
    if not isinstance(given, dict) or given.get("base") is None:
        return given
    base, own = str(given["base"]), given.get("settings") or {}
    if base not in preset_names():
        raise ConfigError(f"base: there is no preset {base!r}. {suggest(base, preset_names(), listed=LISTED)}")
    below = _read(base)
    if isinstance(below, dict) and below.get("base") is not None:
        raise ConfigError(
            f"base: must be a preset without a base of its own, found {base!r}, whose base is {below['base']!r}"
        )
    preset = load_preset(base)
    from_base = {"title": f"{name}, after {base}", "source": preset.source, "departures": preset.departures}
    settings = {**preset.settings, **_spelt(own)} if isinstance(own, dict) else own
    return {**from_base, **given, "base": base, "settings": settings}


def _faults(name: str, contents: Any) -> list[str]:
    """Return the faults of a file's contents."""
    faults: list[str] = []
    try:
        Preset.model_validate(contents)
    except ValidationError as error:
        faults = explain(error, Preset)
    settings = contents.get("settings") if isinstance(contents, dict) else None
    return [*faults, *_faults_of_settings(name, settings)] if isinstance(settings, dict) else faults


def _spelt(settings: Mapping[Any, Any]) -> dict[str, Any]:
    return spell_keys(settings, PaintSettings, "settings")


def _faults_of_settings(name: str, given: Mapping[Any, Any]) -> list[str]:
    try:
        settings = PaintSettings.model_validate({**_spelt(given), "preset": name})
    except ConfigError as error:
        return str(error).splitlines()
    except ValidationError as error:
        return explain(error, PaintSettings, "settings")
    return [f"settings.{fault}" for fault in conflicts(settings)]


def resolve(*layers: Mapping[str, Any]) -> PaintSettings:
    """Return one picture's settings: its preset's, overridden by each layer in turn.

    Raises ConfigError with a line for each wrong setting or conflict, also where the preset is wrong.
    """
    given = {key: value for layer in layers for key, value in layer.items()}
    name = str(given.get("preset", "stylegrid"))
    try:
        recipe = load_preset(name).settings
    except ConfigError as error:
        raise ConfigError("\n".join([str(error), *_wrong_values(given)])) from error
    try:
        settings = PaintSettings.model_validate({**recipe, **given, "preset": name})
    except ValidationError as error:
        raise ConfigError("\n".join(explain(error, PaintSettings))) from error
    faults = conflicts(settings)
    if faults:
        raise ConfigError("\n".join(faults))
    return settings


def _wrong_values(given: Mapping[str, Any]) -> list[str]:
    """Return the faults of settings by themselves, whatever preset they are laid over."""
    try:
        PaintSettings.model_validate({**given, "preset": ""})
    except ValidationError as error:
        return [fault for fault in explain(error, PaintSettings) if not fault.endswith(": missing")]
    return []


def different(settings: PaintSettings) -> dict[str, object]:
    """Return the settings that differ from their preset's; raises ConfigError when there is no such preset."""
    preset = _resolved(settings.preset)
    return {name: value for name, value in settings if value != getattr(preset, name)}


@cache
def _resolved(name: str) -> PaintSettings:
    return resolve({"preset": name})
