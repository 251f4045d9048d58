"""Values that cross a boundary between parts: checked once when they are made, and never changed after."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator


class FrozenModel(BaseModel):
    """A value that crosses a boundary: immutable, no unknown keys, no infinities."""

    # Defaults are checked too, which makes 50 the 50.0 that is read back from a file.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_yes_and_no(cls, value: Any) -> Any:
        """Refuse what pydantic would read as 1 or 0, and YAML makes of an unquoted yes or no."""
        if isinstance(value, bool):
            raise ValueError("must not be yes or no; put a word in quotes")
        return value
