"""Text that does nothing to a terminal, and breaks no line: control characters found, or spelled out."""

import unicodedata

IN_CELLS = "\t\n\r\u2028\u2029"  # what spreadsheets leave in their cells

# Control characters, the two line separators of Unicode, and halves of characters, which are no text at all.
_OBEYED = frozenset({"Cc", "Zl", "Zp", "Cs"})


def control(text: str, allowed: str = "") -> str:
    """Return the first character of a text that a terminal would obey, spelled out; nothing if there is none."""
    found = (sign for sign in text if sign not in allowed and unicodedata.category(sign) in _OBEYED)
    return _spell(next(found, ""))


def plain(text: str) -> str:
    """Return text whose control characters are spelled out."""
    return "".join(_spell(sign) if unicodedata.category(sign) in _OBEYED else sign for sign in text)


def _spell(sign: str) -> str:
    return repr(sign)[1:-1]
