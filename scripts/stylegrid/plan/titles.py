"""Titles with fields: `{content} in the style of {style}` stands for a title of each combination's own."""

import string
from collections.abc import Iterator

from stylegrid.errors import ConfigError

FIELDS = ("content", "style", "variant")  # as pages show them
LONGEST = 10_000  # characters; a title stands on sheets, where it takes room

_ALLOWED = ", ".join(f"{{{name}}}" for name in FIELDS)
_BRACES = "write {{ and }} for braces"


def expand_title(template: str, **names: str) -> str:
    """Return a title with each of `FIELDS` replaced by its name; doubled braces are braces.

    Raises ConfigError for any other field, for a brace that stands alone, and for a title that becomes too long.
    """
    title = "".join(text + (names[field] if field else "") for text, field in _parse(template))
    if len(title) > LONGEST:
        found = f"found {len(title)} with its fields filled in"
        raise ConfigError(f"title: must have at most {LONGEST} characters, {found}; shorten it")
    return title


def check_title(template: str) -> None:
    """Raise ConfigError for an unknown field and for a brace that stands alone."""
    list(_parse(template))


def escape_title(title: str) -> str:
    """Return the template of a title that is just these words."""
    return title.replace("{", "{{").replace("}", "}}")


def _parse(template: str) -> Iterator[tuple[str, str | None]]:
    """Yield pieces of text, each with the field that follows it, if one does."""
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        found = f"found {template!r} ({error})"
        raise ConfigError(f"title: a brace must begin or end one of {_ALLOWED}, {found}; {_BRACES}") from error
    for text, field, form, conversion in pieces:
        if field is not None and (field not in FIELDS or form or conversion):
            raise ConfigError(_unknown(field, form, conversion))
        yield text, field


def _unknown(field: str, form: str | None, conversion: str | None) -> str:
    spelled = field + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
    return f"title: unknown field {{{spelled}}}. Allowed are {_ALLOWED}; {_BRACES}"
