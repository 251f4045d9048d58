"""Text that is safe to print: control characters found, or escaped."""

import unicodedata

IN_CELLS = "\t\n\r\u2028\u2029"  # allowed in the cells of spreadsheets

# Unicode categories: control characters, line and paragraph separators, and lone surrogates.
_CONTROL = frozenset({"Cc", "Zl", "Zp", "Cs"})


def control(text: str, allowed: str = "") -> str:
    """Return the first control character of a text, escaped, or ""."""
    found = (sign for sign in text if sign not in allowed and unicodedata.category(sign) in _CONTROL)
    return _escape(next(found, ""))


def plain(text: str) -> str:
    """Return text with its control characters escaped."""
    return "".join(_escape(sign) if unicodedata.category(sign) in _CONTROL else sign for sign in text)


def _escape(sign: str) -> str:
    return repr(sign)[1:-1]
