"""Config files: YAML within limits, each overriding the one before."""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from stylegrid import files
from stylegrid.errors import ConfigError

BASE = "config.yaml"  # the Snakefile's own
MOST_ALIASES = 20  # of YAML's anchors, which may stand for each other and so for lists without end
DEEPEST = 20  # lists within lists; PyYAML takes minutes over thousands


def load_config(sources: Sequence[str]) -> dict[str, Any]:
    """Return a config, unchecked: JSON text, or YAML files over ``config.yaml``, as Snakemake layers them.

    Raises ConfigError if it can't be read, is neither, or expands beyond the limits.
    """
    if sources and sources[0].lstrip().startswith("{"):
        return _load_json(sources[0])
    base = [BASE] if Path(BASE).is_file() else []
    layers = [load_yaml(Path(each)) for each in [*base, *sources]]
    return functools.reduce(_lay_over, layers, {})


def _lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` updated with `above`, recursively."""
    sections = {
        key: _lay_over(below[key], value)
        for key, value in above.items()
        if isinstance(value, dict) and isinstance(below.get(key), dict)
    }
    return {**below, **above, **sections}


def _load_json(text: str) -> dict[str, Any]:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"--configfile: is not JSON: {error}; give a file's path, or a config as JSON") from error


def _check_events(path: Path, events: Iterable[yaml.Event]) -> None:
    """Raise ConfigError for YAML beyond the limits of aliases and depth."""
    depth = aliases = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > DEEPEST:
            raise ConfigError(f"{path}: must have at most {DEEPEST} lists within lists; a config needs two")
        if aliases > MOST_ALIASES:
            raise ConfigError(f"{path}: must have at most {MOST_ALIASES} aliases (*name); write out what they mean")


def load_yaml(path: Path) -> dict[str, Any]:
    """Return what one config file holds; raises ConfigError if it can't be read, is no YAML, or beyond the limits."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start + 1}); save it as UTF-8") from error
    except FileNotFoundError:
        raise ConfigError(files.absent_named(path, "give --configfile the path of a config file")) from None
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigError(f"{path}: cannot be read ({what}); give --configfile the path of a config file") from error
    try:
        _check_events(path, yaml.parse(text))
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # YAML's dates and numbers are none for Python
        raise ConfigError(f"{path}: is not YAML: {_fault_of_yaml(error)}") from error
    if not isinstance(loaded, dict):
        raise ConfigError(f"{path}: must hold keys with values, found {type(loaded).__name__}")
    return loaded


def _fault_of_yaml(error: Exception) -> str:
    """Return where a text is no YAML, line and column counted from 1, and why, in PyYAML's own words."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    mark, reason = error.problem_mark, error.problem or error.context
    remedy = "check that line's indentation and quotes, and the line above it"
    return f"line {mark.line + 1}, column {mark.column + 1}: {reason}; {remedy}"
