"""The presets: a table, and where each departs from its source."""

from stylegrid.manual.markdown import table
from stylegrid.names import spell_number
from stylegrid.settings import presets
from stylegrid.settings.paint_settings import PaintSettings


def recipes() -> str:
    """All presets: a table, then where each departs from its source."""
    names = presets.preset_names()
    columns = ("preset", "weights: content, style, total variation", "start", "optimizer", "steps")
    rows = ((f"[`{name}`](#{name})", *_recipe(presets.resolve({"preset": name}))) for name in names)
    return "\n\n".join([table(columns, rows), *map(_origin, names)])


def _recipe(recipe: PaintSettings) -> tuple[str, ...]:
    weights = (recipe.content_weight, recipe.style_weight, recipe.tv_weight)
    return ", ".join(map(spell_number, weights)), recipe.init, recipe.optimizer, str(recipe.steps)


def _origin(name: str) -> str:
    preset = presets.load_preset(name)
    departures = "\n".join(f"- {' '.join(departure.split())}" for departure in preset.departures)
    return f"### {name}\n\n{preset.title}.\n\nSource: {preset.source}.\n\n{departures}"
