"""Weighted lists, the one small language of cells and settings: `wave.jpg:3 + night.jpg`."""

import re
from typing import Any, Self

from pydantic_core import CoreSchema, core_schema

from stylegrid.names import spell_number

LEAST, MOST = 1e-30, 1e30  # so that float32 holds every share of a blend

_SEPARATOR = re.compile(r"(?:^|(?<!\s)\s+)\+(?=\s|$)")
_WEIGHT = re.compile(r"^(?P<name>.*\S)\s*:\s*(?P<weight>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)$", re.DOTALL)

Weighted = tuple[tuple[str, float], ...]


class WeightedList(str):
    """A weighted list, parsed: text in its one spelling, with `entries` of names and weights.

    As text it is written to JSON, hashed and compared. Raises ValueError as `parse_weighted` does.
    """

    entries: Weighted

    def __new__(cls, text: str) -> Self:
        """Parse text."""
        return cls.of(parse_weighted(text))

    @classmethod
    def of(cls, entries: Weighted) -> Self:
        """The list of these names and weights."""
        made = super().__new__(cls, spell_weighted(entries))
        made.entries = entries
        return made

    @property
    def names(self) -> tuple[str, ...]:
        """The names without their weights."""
        return tuple(name for name, _ in self.entries)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, handler(str))


def parse_weighted(text: str) -> Weighted:
    """Return the names of a weighted list with their weights (1 where none is given).

    Entries are separated by a plus sign between spaces, so that names may hold a plus sign; a weight follows the
    last colon. Raises ValueError for an empty entry or a weight out of range.
    """
    return tuple(_parse_entry(entry.strip()) for entry in _SEPARATOR.split(text.strip()))


def is_plain(name: str) -> bool:
    """Return whether a name stands for itself in a weighted list."""
    try:
        return parse_weighted(name) == ((name, 1.0),)
    except ValueError:
        return False


def spell_weighted(entries: Weighted) -> str:
    """Return a weighted list's one spelling; weights of 1 are left out."""
    return " + ".join(name if weight == 1 else f"{name}:{spell_number(weight)}" for name, weight in entries)


def _parse_entry(entry: str) -> tuple[str, float]:
    if not entry:
        raise ValueError("an entry between the plus signs is empty")
    match = _WEIGHT.match(entry)
    if match is None:
        return entry, 1.0
    try:
        weight = float(match["weight"])
    except ValueError:
        raise ValueError(f"the weight {match['weight']!r} is not a number") from None
    if not LEAST <= weight <= MOST:
        allowed = f"from {spell_number(LEAST)} to {spell_number(MOST)}"
        raise ValueError(f"the weight of {match['name']!r} must be {allowed}, found {match['weight']}")
    return match["name"], weight
