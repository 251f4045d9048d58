"""A ladder: one pair of pictures over the values of a setting, each painting begun with the one before.

So begun, neighbours look alike but for what the setting changes, and take few steps.
"""

import math
from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from stylegrid.errors import ConfigError, explain
from stylegrid.plan.job import Job
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.weighted_list import WeightedList

SETTINGS = ("style_weight", "content_weight", "tv_weight", "style_scale", "strength")
STEPS = 20  # of each painting after the first
BEFORE = WeightedList("before")  # what `init` calls the painting before


def bounds(job: Job, setting: str, jobs: Iterable[Job]) -> tuple[float, float]:
    """Return the lowest and the highest value of a setting among the jobs of a job's pair of pictures and preset."""
    pair = (job.content.name, job.style, job.settings.preset)
    found = [each for each in jobs if (each.content.name, each.style, each.settings.preset) == pair]
    values = [getattr(each.settings, setting) for each in (job, *found)]
    return min(values), max(values)


def spaced(setting: str, low: float, high: float, count: int) -> list[float]:
    """Return so many values of a setting from low to high: equal factors apart, or equal differences where low is 0.

    Values have four digits that count. Raises ConfigError for fewer than 2 or where low is not below high.
    """
    if count < 2 or not 0 <= low < high < math.inf:
        found = f"found {count} from {low:g} to {high:g}; say --frames, --low and --high"
        raise ConfigError(f"{setting}: a ladder needs 2 values or more, the first below the last, {found}")
    parts = [place / (count - 1) for place in range(count)]
    values = [low * (high / low) ** part if low else high * part for part in parts]
    return [float(f"{value:.4g}") for value in values]


def rungs(job: Job, setting: str, values: Sequence[float], steps: int) -> list[Job]:
    """Return the job of each value; all but the first have one scale, so many steps, and begin with the one before.

    The fast method has no start. Raises ConfigError for a value out of range, or a setting without effect.
    """
    first, *others = (_with(job, {setting: value, "snapshots": 0}) for value in values)
    job.require_effect([setting])
    if job.settings.method == "fast":
        return [first, *others]
    short = {"init": BEFORE, "steps": steps, "coarsest": 0, "schedule": "auto"}
    return [first, *(_with(each, short) for each in others)]


def _with(job: Job, changes: dict[str, object]) -> Job:
    try:
        settings = PaintSettings.model_validate({**job.settings.model_dump(), **changes})
    except ValidationError as error:
        raise ConfigError(explain(error, PaintSettings)[0]) from error
    return job.model_copy(update={"settings": settings})
