"""Markdown tables, and values as code."""

from collections.abc import Iterable, Sequence

from stylegrid.names import spell_number


def table(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """A table with these columns; pipes in its cells are escaped."""
    lines = [f"| {' | '.join((cell or '').replace('|', chr(92) + '|') for cell in row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def code(value: object) -> str:
    """A value in backticks, or "" for an empty one."""
    return "" if value == "" else f"`{spell(value)}`"


def spell(value: object) -> str:
    """A value as text, numbers in their one spelling."""
    if value is None:
        return "null"
    return spell_number(value) if isinstance(value, float) else str(value)
