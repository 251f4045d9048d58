"""Which settings vary in a gallery: what its tables, sheets and page have columns, captions and axes for."""

from collections import defaultdict
from collections.abc import Iterable

from stylegrid.settings.paint_settings import PaintSettings


def varying(settings: Iterable[PaintSettings]) -> tuple[str, ...]:
    """Return the names of the settings that vary: `preset` if there are several, then in the order of PaintSettings.

    A setting varies that has several values within a preset. What differs only from one preset to another is the
    preset's own, and is left out.
    """
    values: defaultdict[tuple[str, str], set[object]] = defaultdict(set)
    for each in dict.fromkeys(settings):
        for name, value in each:
            values[each.preset, name].add(value)
    presets = {preset for preset, _ in values}
    several = {name for (_, name), found in values.items() if len(found) > 1}
    first = ("preset",) if len(presets) > 1 else ()
    return (*first, *(name for name in PaintSettings.model_fields if name in several))
