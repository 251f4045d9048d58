"""The errors a user can cause or meet; programs print them as one line and exit with 1.

StylegridError
├── ConfigError     config.yaml, --config, a preset, a flag
├── ManifestError   the spreadsheet, or what its rows name; may hold many faults
├── ImageError      a picture that cannot be read or used
├── WeightsError    the backbone's weights
├── DeviceError     a GPU that can't be used
├── ClusterError    Slurm, or an earlier run that is still alive
├── RecordError     a job, record or other file of ours that cannot be read or written
└── DriftError      files that differ from their records
"""

import difflib
import re
import reprlib
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from stylegrid.names import spell_number
from stylegrid.text import plain

# Pydantic's error types in a user's words.
_ALLOWED = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "string_type": "must be text; put it in quotes",
    "path_type": "must be a path",
    "model_type": "must hold keys with values",
    "dict_type": "must hold keys with values",
    "model_attributes_type": "must hold keys with values",
}
# The range of a number, by its bounds.
_RANGES = {
    ("ge",): "{ge} or more",
    ("gt",): "above {gt}",
    ("le",): "{le} or less",
    ("lt",): "below {lt}",
    ("ge", "le"): "from {ge} to {le}",
    ("ge", "lt"): "from {ge} to below {lt}",
    ("gt", "le"): "above {gt}, up to {le}",
    ("gt", "lt"): "above {gt} and below {lt}",
}
_NUMBERS = re.compile(r"[\d.]+(\s*,\s*|\s+)[\d.]+.*")  # several, or one with a decimal comma
SEVERAL = "; write 0.5 with a point, and semicolons between several"
LONGEST_FOUND = 80  # characters of a found value shown in a message
MOST_LISTED = 20  # allowed names in a message
SETTINGS_PAGE = "docs/settings.md"


class StylegridError(Exception):
    """An error whose message is a whole sentence for the user."""


class ConfigError(StylegridError):
    """A setting is unknown, of the wrong type, or out of range."""


class ManifestError(StylegridError):
    """The manifest has faults: `faults` has one sentence each, the message one line each."""

    def __init__(self, faults: Sequence[str]):
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class ImageError(StylegridError):
    """A picture is missing, unreadable, or too small or large to paint."""


class WeightsError(StylegridError):
    """The backbone's weights are missing, damaged, or of another network."""


class DeviceError(StylegridError):
    """A GPU can't be used."""


class ClusterError(StylegridError):
    """Slurm can't be used, or a part of an earlier run is still alive."""


class RecordError(StylegridError):
    """A file of this program cannot be read or written."""


class DriftError(StylegridError):
    """Pictures, tables or inputs differ from their records; a line for each."""


def suggest(name: str, allowed: Collection[str], first: Collection[str] = (), listed: str = SETTINGS_PAGE) -> str:
    """Return the remedy for an unknown name: the closest of `first`, else of `allowed`, else all of `allowed`.

    Of more than MOST_LISTED the page `listed` is named instead.
    """
    close = closest(name, first) or closest(name, allowed)
    if close:
        return f"Did you mean {close!r}?"
    return f"Allowed are {', '.join(allowed)}" if len(allowed) <= MOST_LISTED else f"{listed} lists what is allowed"


def closest(name: str, names: Collection[str]) -> str:
    """Return the name that is most like another, whatever their case; "" if none is like it."""
    folded = {each.casefold(): each for each in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1)
    return folded[close[0]] if close else ""


def explain(error: ValidationError, model: type[BaseModel], prefix: str = "") -> list[str]:
    """Return one sentence for each of pydantic's faults: key path, allowed values, found value."""
    return [plain(_sentence(model, prefix, dict(fault))) for fault in error.errors(include_url=False)]


class _Repr(reprlib.Repr):
    """Spells a found value: short ones in full, and the beginning of long or nested ones."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = LONGEST_FOUND // 4
        self.maxstring = self.maxother = self.maxlong = 4 * LONGEST_FOUND  # more than LONGEST_FOUND

    def repr_int(self, x: int, level: int) -> str:
        """Return a whole number, or its length: Python refuses to spell very long ones."""
        return super().repr_int(x, level) if x.bit_length() < 1000 else f"a number of {x.bit_length()} bits"


_REPR = _Repr()


def _sentence(model: type[BaseModel], prefix: str, fault: dict) -> str:
    path = ".".join(str(part) for part in (prefix, *fault["loc"]) if part != "")
    place = f"{path}: " if path else ""
    if fault["type"] == "extra_forbidden":
        return f"{place}unknown key. {suggest(str(fault['loc'][-1]), list(_fields(model, fault['loc'][:-1])))}"
    if fault["type"] == "missing":
        return f"{place}missing"
    if fault["type"] == "json_invalid":
        return f"{place}not JSON, {fault['ctx']['error']}"
    allowed = _range(model, fault) or _allowed(fault)
    if ", found " in allowed:
        return f"{place}{allowed}"
    remedy = SEVERAL if isinstance(fault["input"], str) and _NUMBERS.fullmatch(fault["input"].strip()) else ""
    return f"{place}{allowed}, found {_found(fault['input'])}{remedy}"


def _fields(model: Any, path: Sequence[str | int]) -> dict[str, FieldInfo]:
    """Return the fields of the model at a path of keys; empty if there is no model."""
    for part in path:
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    return getattr(model, "model_fields", {})


def _range(model: type[BaseModel], fault: dict) -> str:
    """Return the allowed range of a number out of range; "" if it is not a model's field."""
    if not fault["type"].startswith(("greater_than", "less_than")):
        return ""
    *path, name = fault["loc"]
    field = _fields(model, path).get(name)
    limits = field.metadata if field else []
    found = ((bound, getattr(limit, bound, None)) for bound in ("ge", "gt", "le", "lt") for limit in limits)
    bounds = {bound: _spell(value) for bound, value in found if value is not None}
    return f"must be {_RANGES[tuple(bounds)].format(**bounds)}" if bounds else ""


def _spell(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else spell_number(bound)


def _allowed(fault: dict) -> str:
    message = re.sub(r"^[A-Z]\w+ should ", "must ", fault["msg"].removeprefix("Value error, "))
    return _ALLOWED.get(fault["type"], message)


def _found(value: object) -> str:
    text = _REPR.repr(value)
    return text if len(text) <= LONGEST_FOUND else f"{text[: LONGEST_FOUND - 3]}..."
