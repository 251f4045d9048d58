"""Settings in words and in order: captions, heads and labels of what varies in a gallery."""

from collections.abc import Iterable, Sequence

from stylegrid.names import spell_number
from stylegrid.settings.paint_settings import PaintSettings

Value = int | float | str


def captions(settings: PaintSettings, names: Sequence[str]) -> tuple[str, ...]:
    """Return settings with their names, a line for each: `style_weight 30`, `style_scale 1.5`."""
    return tuple(f"{name} {spell(getattr(settings, name))}" for name in names)


def values(settings: PaintSettings, names: Sequence[str]) -> str:
    """Return settings without their names, where these stand elsewhere: `30, 1.5`."""
    return ", ".join(spell(getattr(settings, name)) for name in names)


def spell(value: object) -> str:
    """Return a setting's value as text, numbers as short as can be."""
    return spell_number(value) if isinstance(value, float) else str(value)


def places(settings: Iterable[PaintSettings], names: Sequence[str]) -> dict[PaintSettings, tuple[int, ...]]:
    """Return where settings stand among all by each name: numbers from low to high, then words as they come."""
    every = list(dict.fromkeys(settings))
    orders = [_numbered(getattr(each, name) for each in every) for name in names]
    return {
        each: tuple(order[getattr(each, name)] for name, order in zip(names, orders, strict=True)) for each in every
    }


def in_order(found: Iterable[Value]) -> list[Value]:
    """Return each value of a setting once: numbers from low to high, then words as they come."""
    distinct = dict.fromkeys(found)
    numbers = sorted(value for value in distinct if isinstance(value, int | float))
    return [*numbers, *(value for value in distinct if isinstance(value, str))]


def _numbered(found: Iterable[Value]) -> dict[Value, int]:
    return {value: place for place, value in enumerate(in_order(found))}
