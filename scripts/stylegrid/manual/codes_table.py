"""The codes of settings in long variants, as a table."""

from stylegrid.manual.markdown import table
from stylegrid.names import CODES
from stylegrid.settings.paint_settings import PaintSettings


def codes() -> str:
    """Every code with its setting, in the order of PaintSettings."""
    names = (name for name in PaintSettings.model_fields if name in CODES)
    return table(("code", "of"), ((f"`{CODES[name]}`", f"`{name}`") for name in names))
