"""Names of pictures that look right and aren't there: the one that is meant, or what to write instead."""

import html
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import unquote

from stylegrid.errors import closest

MOST_COMPARED = 2000  # names that a missing one is compared with letter by letter

_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›<>()[]{}"  # noqa: RUF001
_BETWEEN = re.compile(r"\s*[,|&\n]\s*|\s+(?:and|\+)\s+")  # what people write between names


class PictureNames:
    """The names of a folder's pictures, relative to it."""

    def __init__(self, names: Iterable[str]):
        self._alike: dict[str, list[str]] = {}
        self._folded: dict[str, str] = {}
        self._last: dict[str, str] = {}  # by the part after the last slash
        self._stems: dict[str, str] = {}
        for number, name in enumerate(names):
            key = shown(name)
            self._alike.setdefault(key, []).append(name)
            self._folded[key.casefold()] = name
            self._last[key.casefold().rpartition("/")[2]] = name
            if number < MOST_COMPARED:
                self._stems[_stem(name)] = name

    def alike(self, entry: str) -> str:
        """Return the one name that looks like an entry, whatever its Unicode form and invisible marks; else ""."""
        found = self._alike.get(shown(entry), [])
        return found[0] if len(found) == 1 else ""

    def remedy(self, entry: str, compare: bool = True) -> str:
        """Return the sentence that leads from an entry to the name that is meant; "" if none seems to be.

        Only if `compare` is it looked for among names with other letters, which takes long.
        """
        if "\\" in entry and (name := self._folded.get(shown(entry.replace("\\", "/")).casefold())):
            return f"Write / for \\: {name!r}"
        if (
            "+" in entry
            and " + " not in entry
            and all(self._named(part.partition(":")[0]) for part in entry.split("+"))
        ):
            return f"Write spaces around plus signs: {' + '.join(entry.split('+'))!r}"
        parts = [self._named(part) for part in _BETWEEN.split(entry)]
        if len(parts) > 1 and all(parts):
            return f"Separate names by semicolons: {'; '.join(parts)!r}"
        name = self._named(entry) or self._last.get(shown(entry.replace("\\", "/")).casefold().rpartition("/")[2], "")
        if not name and compare:
            name = self._stems.get(closest(_stem(entry), self._stems), "")
        return f"Did you mean {name!r}?" if name else ""

    def _named(self, entry: str) -> str:
        """Return the name that an entry is but for its case, marks around it, or a web page's spelling."""
        for text in (entry, entry.strip(_QUOTES), unquote(entry), html.unescape(entry)):
            if name := self._folded.get(shown(text).casefold()):
                return name
        return ""


def shown(name: str) -> str:
    """Return a name as it looks: composed letters, plain spaces, no invisible marks, no spaces around it."""
    if name.isascii():
        return name.strip()
    composed = unicodedata.normalize("NFC", name)
    return "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in composed if _shows(sign)).strip()


def _shows(sign: str) -> bool:
    return unicodedata.category(sign) != "Cf" and not "\ufe00" <= sign <= "\ufe0f"  # formats, variation selectors


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
