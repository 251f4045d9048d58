"""Names of settings and columns as people write them: `Style weight`, `style-weight`, `STYLE_WEIGHT`."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel

from stylegrid.errors import ConfigError
from stylegrid.text import plain


def spell_name(text: str, allowed: Collection[str]) -> str:
    """Return the allowed name that a text means: with any case, and with spaces or dashes for _; else the text."""
    name = re.sub(r"[\s_-]+", "_", text.strip().casefold())
    return name if name in allowed else text


def spell_keys(given: Mapping[Any, Any], model: type[BaseModel], place: str) -> dict[str, Any]:
    """Return values by the names of a model's fields, also within sections; without null, which means the default.

    Unknown keys stay as they are. Raises ConfigError with a line for each name that has two values by two spellings.
    """
    named: dict[str, Any] = {}
    faults: list[str] = []
    for key, value in given.items():
        name = spell_name(str(key), model.model_fields)
        if value is not None and name in named:
            faults.append(plain(f"{place}.{key}: is there twice, as {name} too; spell it {name}"))
        elif value is not None:
            section = _section(model, name)
            named[name] = (
                spell_keys(value, section, f"{place}.{name}") if section and isinstance(value, Mapping) else value
            )
    if faults:
        raise ConfigError("\n".join(faults))
    return named


def _section(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Return the model of a section; None for other fields."""
    field = model.model_fields.get(name)
    kind = field.annotation if field else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
