"""The base of values passed between rooms: validated when made, immutable."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator


class FrozenModel(BaseModel):
    """A validated value: immutable, without unknown keys, infinities or NaN."""

    # Validating defaults turns 50 into 50.0, as it is read back from a file.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_yes_and_no(cls, value: Any) -> Any:
        """Refuse booleans, which pydantic reads as 1 or 0; YAML makes them of an unquoted yes or no."""
        if isinstance(value, bool):
            raise ValueError("must not be yes or no; put a word in quotes")
        return value
