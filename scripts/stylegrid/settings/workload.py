"""How much work a painting is: its steps, each by the pixels of its scale."""

from typing import NamedTuple

from stylegrid.pictures.geometry import Size
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import longest_side, picture_size, plan_scales, smallest_size


class Stage(NamedTuple):
    """The steps of one scale, and the megapixels that each is about."""

    steps: int
    megapixels: float


class Workload(NamedTuple):
    """The stages of a painting, in order."""

    stages: tuple[Stage, ...]

    @property
    def total(self) -> float:
        """Return the work of all steps, in megapixels."""
        return sum(stage.steps * stage.megapixels for stage in self.stages)

    def after(self, step: int) -> float:
        """Return the work of the first steps, in megapixels."""
        done = 0.0
        for stage in self.stages:
            taken = min(step, stage.steps)
            done += taken * stage.megapixels
            step -= taken
        return done

    def share_left(self, step: int) -> float:
        """Return what share of the work is still to be done after a step."""
        return 1 - self.after(step) / self.total if self.total else 0.0


def workload_of(settings: PaintSettings, photograph: Size) -> Workload:
    """Return the effort of painting a photograph of this size, or one of the finished picture's size."""
    side = longest_side(settings, photograph)
    scales = plan_scales(settings, side, smallest_size(settings, photograph, []))
    return Workload(tuple(Stage(steps, _megapixels(settings, photograph, side)) for side, steps in scales))


def _megapixels(settings: PaintSettings, photograph: Size, side: int) -> float:
    width, height = picture_size(settings, photograph, side)
    return width * height / 1e6
