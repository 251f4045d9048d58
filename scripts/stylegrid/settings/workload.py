"""The work of a painting: steps times megapixels."""

from typing import NamedTuple

from stylegrid.pictures.geometry import Size
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import longest_side, octave_sides, picture_size, plan_scales, smallest_size


class Stage(NamedTuple):
    """One scale: its steps, and the megapixels of each, over all octaves."""

    steps: int
    megapixels: float


class Workload(NamedTuple):
    """The work of a painting, by stages."""

    stages: tuple[Stage, ...]

    @property
    def total(self) -> float:
        """The work of all steps, in megapixel-steps."""
        return sum(stage.steps * stage.megapixels for stage in self.stages)

    def after(self, step: int) -> float:
        """Return the work of the first `step` steps, in megapixel-steps."""
        done = 0.0
        for stage in self.stages:
            taken = min(step, stage.steps)
            done += taken * stage.megapixels
            step -= taken
        return done

    def share_left(self, step: int) -> float:
        """Return the share of the work left after a step, from 0 to 1."""
        return 1 - self.after(step) / self.total if self.total else 0.0


def workload_of(settings: PaintSettings, photograph: Size) -> Workload:
    """Return the work of painting a photograph of this size, or a finished picture of it."""
    side = longest_side(settings, photograph)
    smallest = smallest_size(settings, photograph, [])

    def megapixels(side: int) -> float:
        sizes = (picture_size(settings, photograph, each) for each in octave_sides(settings, side, smallest))
        return sum(width * height for width, height in sizes) / 1e6

    return Workload(tuple(Stage(steps, megapixels(scale)) for scale, steps in plan_scales(settings, side, smallest)))
