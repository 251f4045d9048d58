"""Names on disk: readable, unique, and safe on every file system and in URLs."""

import hashlib
import re

from slugify import slugify

LONGEST_NAME = 80  # keeps a picture's file name below the limit of 255 bytes

# Short names of settings; the others are spelled out.
_SHORT = {
    "style_weight": "sw",
    "content_weight": "cw",
    "tv_weight": "tv",
    "size": "px",
    "learning_rate": "lr",
    "steps": "steps",
    "seed": "seed",
    "optimizer": "",
    "preset": "",
}
_FIRST = ("style_weight", "size", "content_weight", "tv_weight", "preset")


def spell_number(value: float) -> str:
    """Return the canonical spelling of a number: the shorter of plain and exponent form, plain if equally short.

    >>> [spell_number(value) for value in (100.0, 10000, 0.1, 0.001)]
    ['100', '1e4', '0.1', '1e-3']
    """
    value = value + 0.0 if value == 0 else value  # no -0
    plain = f"{value:.15f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.0f}"
    mantissa, exponent = f"{value:.15e}".split("e")
    scientific = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    exact = [text for text in (plain, scientific, repr(value)) if float(text) == value]
    return min(exact, key=len)


def safe_name(text: str) -> str:
    """Return text as a name of ASCII letters, digits, `_` and `-`; if the text changes, a hash is added."""
    slug = slugify(text, lowercase=False, regex_pattern=r"[^-A-Za-z0-9_]+").strip("-")[:LONGEST_NAME]
    if slug and slug == text:
        return slug
    return "-".join(filter(None, (slug, _hash(text))))


def variant_name(varied: dict[str, object]) -> str:
    """Return the name of a combination's variant, from the settings in its row, e.g. `sw100-px512-seed2`.

    `default` if the row sets none.
    """
    order = [key for key in _FIRST if key in varied] + sorted(key for key in varied if key not in _FIRST)
    return _shorten("-".join(_variant_part(key, varied[key]) for key in order), 2 * LONGEST_NAME) or "default"


def _variant_part(key: str, value: object) -> str:
    """Return one setting's part of the name: `sw100` with a short name, else `beta_1=0.8`."""
    return f"{_SHORT[key]}{_spell(value)}" if key in _SHORT else f"{key}={_spell(value)}"


def _shorten(name: str, longest: int) -> str:
    """Return a name, cut to the longest with a hash of the whole if it is longer."""
    return name if len(name) <= longest else f"{name[: longest - 7]}-{_hash(name)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _spell(value: object) -> str:
    if isinstance(value, float):
        return spell_number(value)
    text = str(value)
    return text.replace(":", "x") if re.fullmatch(r"\d+:\d+", text) else safe_name(text)
