"""A row of the spreadsheet that stands for one combination, whatever globs and lists it came from."""

import os
from pathlib import Path
from typing import Any

from stylegrid.models import FrozenModel
from stylegrid.plan.job import Combination, Source
from stylegrid.plan.titles import escape_title
from stylegrid.settings import presets, setting_words
from stylegrid.weighted_list import WeightedList


class RowBase(FrozenModel):
    """What of a config rows are laid over: the folders that their names are of, and settings of every picture."""

    content_dir: Path
    style_dir: Path
    stylize: dict[str, Any]


def row_of_job(combination: Combination, base: RowBase) -> dict[str, str]:
    """Return the cells of a combination's row, but for empty ones.

    They hold its photograph, its painting or blend, the settings that differ from what the config alone would give, and
    its title and notes. Raises ConfigError where the config is wrong.
    """
    job = combination.job
    blend = WeightedList.of(tuple((_name(each, base.style_dir), each.weight) for each in job.styles))
    style = blend if len(job.styles) > 1 else _name(job.styles[0], base.style_dir)
    cells = {
        "content": _name(job.content, base.content_dir),
        "style": str(style),
        **_settings(combination, base),
        "title": escape_title(combination.title),
        "notes": combination.notes,
    }
    return {name: cell for name, cell in cells.items() if cell}


def _name(source: Source, folder: Path) -> str:
    return Path(os.path.relpath(source.path, folder)).as_posix()


def _settings(combination: Combination, base: RowBase) -> dict[str, str]:
    settings, usual = combination.job.settings, presets.resolve(base.stylize)
    preset = {} if settings.preset == usual.preset else {"preset": settings.preset}
    usual = presets.resolve(base.stylize, preset)
    others = {name: value for name, value in settings if value != getattr(usual, name)}
    return {**preset, **{name: setting_words.spell(value) for name, value in others.items()}}
