"""The faults a user can cause or meet; programs print them as one line and exit with 1.

StylegridError
├── ConfigError     config.yaml, --config, a preset, a flag
├── ManifestError   the spreadsheet, or what its rows name; may hold many faults
├── ImageError      a picture that cannot be read or used
├── WeightsError    the backbone's weights
└── RecordError     a job, record or other file of ours that cannot be read or written
"""

from collections.abc import Sequence

from pydantic import ValidationError


class StylegridError(Exception):
    """A fault whose message is a whole sentence for the user."""


class ConfigError(StylegridError):
    """A setting is unknown, of the wrong type, or out of range."""


class ManifestError(StylegridError):
    """The manifest has faults; `faults` holds one sentence each, and the message has them all, a line each."""

    def __init__(self, faults: Sequence[str]):
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class ImageError(StylegridError):
    """A picture is missing, unreadable, or too small or large to paint."""


class WeightsError(StylegridError):
    """The backbone's weights are missing, damaged, or of another network."""


class RecordError(StylegridError):
    """A file that this program writes itself cannot be read or written."""


def explain(error: ValidationError, prefix: str = "") -> list[str]:
    """Return one sentence for each fault pydantic found: key path, what is allowed, what was found."""
    return [_sentence(prefix, dict(fault)) for fault in error.errors(include_url=False)]


def _sentence(prefix: str, fault: dict) -> str:
    path = ".".join(str(part) for part in (prefix, *fault["loc"]) if part != "")
    if fault["type"] == "extra_forbidden":
        return f"{path}: unknown key"
    if fault["type"] == "missing":
        return f"{path}: missing"
    message = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    allowed = message if fault["type"] == "value_error" else f"must be {message}"
    return f"{path}: {allowed}, found {fault['input']!r}"
