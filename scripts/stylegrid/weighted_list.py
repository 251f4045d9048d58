"""Weighted lists, the syntax of cells and settings: `wave.jpg:3 + night.jpg`."""

import re
from typing import Any, Self

from pydantic_core import CoreSchema, core_schema

from stylegrid.names import spell_number

LEAST, MOST = 1e-30, 1e30  # so that float32 holds every share of a blend

_SEPARATOR = re.compile(r"(?:^|(?<!\s)\s+)\+(?=\s|$)")
_WEIGHT = re.compile(r"^(?P<name>.*\S)\s*:\s*(?P<weight>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)$", re.DOTALL)

Weighted = tuple[tuple[str, float], ...]


class WeightedList(str):
    """A parsed weighted list: its canonical text, with `entries` of (name, weight).

    It is a string, so that JSON, hashes and comparisons see the text. Raises ValueError as `parse_weighted` does.
    """

    entries: Weighted

    def __new__(cls, text: str) -> Self:
        """Parse text."""
        return cls.of(parse_weighted(text))

    @classmethod
    def of(cls, entries: Weighted) -> Self:
        """Return the list of these names and weights."""
        made = super().__new__(cls, spell_weighted(entries))
        made.entries = entries
        return made

    @property
    def names(self) -> tuple[str, ...]:
        """The names, without weights."""
        return tuple(name for name, _ in self.entries)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, handler(str))


def parse_weighted(text: str) -> Weighted:
    """Return the (name, weight) entries of a weighted list; the default weight is 1.

    A plus sign between spaces separates entries, so that names may hold plus signs; a weight follows the last colon.
    Raises ValueError for an empty entry or a weight out of range.
    """
    return tuple(_parse_entry(entry.strip()) for entry in _SEPARATOR.split(text.strip()))


def is_plain(name: str) -> bool:
    """Return whether a name, as a weighted list, is that one name."""
    try:
        return parse_weighted(name) == ((name, 1.0),)
    except ValueError:
        return False


def spell_weighted(entries: Weighted) -> str:
    """Return the canonical text of a weighted list, without weights of 1."""
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
