"""The settings of a picture and the keys of the config, as tables."""

import re
from collections.abc import Mapping
from typing import Any, get_args

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stylegrid import CHECKOUT
from stylegrid.manual.markdown import code, spell, table
from stylegrid.settings import config, presets
from stylegrid.settings.paint_settings import PaintSettings


def settings() -> str:
    """The settings of a picture: a table for each group of the class body."""
    house = presets.resolve({})
    return "\n\n".join(
        f"### {title}\n\n"
        + table(
            ("setting", "what it is", "values", "house recipe"),
            (
                (f"`{name}`", field.description, _values(field), code(getattr(house, name)))
                for name, field in fields.items()
            ),
        )
        for title, fields in setting_groups().items()
    )


def setting_groups() -> dict[str, dict[str, FieldInfo]]:
    """The fields of PaintSettings under the comments that head them in its source; the first has none."""
    source = (CHECKOUT / "scripts" / "stylegrid" / "settings" / "paint_settings.py").read_text(encoding="utf-8")
    groups: dict[str, dict[str, FieldInfo]] = {}
    title = "The recipe"
    for line in source.partition("class PaintSettings")[2].splitlines():
        if heading := re.fullmatch(r"    # (.+)\.", line):
            title = heading[1]
        elif (name := line.strip().partition(":")[0]) in PaintSettings.model_fields and line.startswith(f"    {name}:"):
            groups.setdefault(title, {})[name] = PaintSettings.model_fields[name]
    return groups


def config_keys() -> str:
    """The keys of the config: a table of those at the top, and one for each section."""
    shipped = yaml.safe_load((CHECKOUT / "config.yaml").read_text(encoding="utf-8"))
    fields = config.Settings.model_fields
    models = {name: field.annotation for name, field in fields.items()}
    sections = {name: model for name, model in models.items() if isinstance(shipped[name], dict) and name != "stylize"}
    top = {name: field for name, field in fields.items() if name not in sections}
    tables = [_keys(top, {**shipped, "stylize": ""})]
    for name, model in sections.items():
        assert isinstance(model, type) and issubclass(model, BaseModel)
        tables.append(f"### `{name}`\n\n{_keys(model.model_fields, shipped[name])}")
    return "\n\n".join(tables)


def _keys(fields: Mapping[str, FieldInfo], shipped: Mapping[str, object]) -> str:
    rows = ((f"`{name}`", field.description, _values(field), code(shipped[name])) for name, field in fields.items())
    return table(("key", "what it is", "values", "default"), rows)


def _values(field: FieldInfo) -> str:
    """What a field may be: its words, or its range; nothing where only its description can say."""
    words = [f"`{word}`" for word in _words(field.annotation)]
    if words:
        return ", ".join([*words, *(["a number"] if int in get_args(field.annotation) else [])])
    low = _bound(field, ge="{}", gt="above {}")
    high = _bound(field, le="{}", lt="below {}")
    return f"{low} to {high}" if low and high else f"{low} or more" if low else ""


def _bound(field: FieldInfo, **kinds: str) -> str:
    """One end of a field's range, as the kind of limit that it has says it."""
    found = [
        words.format(spell(getattr(limit, kind)))
        for limit in field.metadata
        for kind, words in kinds.items()
        if hasattr(limit, kind)
    ]
    return found[0] if found else ""


def _words(annotation: Any) -> list[str]:
    """The words that an annotation allows, those of its parts among them."""
    return [word for part in get_args(annotation) for word in ([part] if isinstance(part, str) else _words(part))]
