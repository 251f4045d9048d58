"""Sizes of the picture and its paintings; scales, and their shares of the steps."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from stylegrid.fast import architecture as fast
from stylegrid.pictures.geometry import Size, fit
from stylegrid.settings.field_types import SMALLEST
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.vgg.architecture import smallest_side
from stylegrid.weighted_list import WeightedList


class Scale(NamedTuple):
    """One scale: longest side in pixels, and its number of steps."""

    longest_side: int
    steps: int


def longest_side(settings: PaintSettings, photograph: Size) -> int:
    """Return the longest side of the finished picture, in pixels, for a photograph of this size."""
    if settings.size == "own":
        return max(photograph)
    return int(settings.size) if settings.enlarge == "always" else min(int(settings.size), max(photograph))


def picture_size(settings: PaintSettings, photograph: Size, side: int) -> Size:
    """Return the picture's size at the scale of this longest side."""
    return fit(_shape(settings, photograph), side)


def _shape(settings: PaintSettings, photograph: Size) -> Size:
    """Return a size with the picture's aspect ratio."""
    if settings.aspect == "own":
        return photograph
    width, height = settings.aspect.split(":")
    return int(width), int(height)


def painting_size(settings: PaintSettings, painting: Size, picture: Size) -> Size:
    """Return the size of a cropped painting beside a picture of this size."""
    if settings.style_shape == "stretched":
        return picture
    painting = _cropped(painting, settings.style_crop)
    side = max(1, round(max(picture) * settings.style_scale))
    return fit(painting, side if settings.enlarge == "always" else min(side, max(painting)))


def predicted_size(settings: PaintSettings, painting: Size) -> Size:
    """Return the size at which the fast method reads a painting: its shorter side 256 pixels times `style_scale`."""
    painting = _cropped(painting, settings.style_crop)
    shorter = max(1, round(fast.STYLE_SIDE * settings.style_scale))
    ratio = (shorter if settings.enlarge == "always" else min(shorter, *painting)) / min(painting)
    return fit(painting, round(max(painting) * ratio))


def _cropped(size: Size, share: float) -> Size:
    """Return a size without this share at each side."""
    width, height = (max(1, round(length * (1 - 2 * share))) for length in size)
    return width, height


def plan_scales(settings: PaintSettings, side: int, smallest: int = 1) -> tuple[Scale, ...]:
    """Return the scales up to a longest side, each with its share of the steps.

    They are those of the `schedule`, or each is `scale_factor` times the one before, none below `coarsest` or
    `smallest`; `coarsest` 0 means one scale. Scales without steps are left out, but never the last. The fast method has
    one scale, without steps.
    """
    if settings.method == "fast":
        return (Scale(side, 0),)
    sides, shares = _scheduled(settings) if settings.schedule != "auto" else _automatic(settings, side, smallest)
    taken = [int(settings.steps * share / sum(shares)) for share in shares]
    taken[-1] += settings.steps - sum(taken)
    return tuple(Scale(each, count) for each, count in zip(sides, taken, strict=True) if count or each == sides[-1])


def _scheduled(settings: PaintSettings) -> tuple[list[int], list[float]]:
    return [int(name) for name in settings.schedule.names], [share for _, share in settings.schedule.entries]


def _automatic(settings: PaintSettings, side: int, smallest: int) -> tuple[list[int], list[float]]:
    """Return sides and shares of the steps: most for coarse scales, where large shapes settle and steps are cheap."""
    sides = [side]
    coarsest = settings.coarsest and max(settings.coarsest, smallest)
    while coarsest and (below := int(side / settings.scale_factor ** len(sides) + 0.5)) >= coarsest:
        sides.insert(0, below)
    shares = {
        "falling": [float(share) for share in range(len(sides) + 1, 1, -1)],
        "equal": [1.0] * len(sides),
        "double_first": [2.0] + [1.0] * (len(sides) - 1),
    }
    return sides, shares[settings.sharing]


def octave_sides(settings: PaintSettings, side: int, smallest: int = 1) -> tuple[int, ...]:
    """Return the longest sides at which a scale's picture is compared: its own, and halvings not below the smallest."""
    sides, least = [side], settings.smallest_octave and max(settings.smallest_octave, smallest)
    while least and least <= (half := int(sides[-1] / 2 + 0.5)) < sides[-1]:
        sides.append(half)
    return tuple(sides)


def smallest_size(settings: PaintSettings, photograph: Size, paintings: Iterable[Size]) -> int:
    """Return the smallest longest side at which no layer of the picture or its paintings is empty."""
    shortest = _shortest(settings)
    picture = _shape(settings, photograph)
    needed = [-(-shortest * max(picture) // min(picture))]
    if settings.style_shape == "own":
        needed += [math.ceil(shortest * max(size) / min(size) / settings.style_scale) for size in paintings]
    return max(SMALLEST, *needed)


def size_fault(settings: PaintSettings, photograph: Size, paintings: Iterable[Size]) -> str:
    """Return why a photograph and paintings of these sizes can't be painted, or ""."""
    paintings = list(paintings)
    side, smallest = longest_side(settings, photograph), smallest_size(settings, photograph, paintings)
    if side < smallest:
        return f"size: the picture's longest side would be {side} px; these layers need {smallest} or more"
    scales = plan_scales(settings, side, smallest)
    if (
        settings.method == "descent"
        and settings.schedule != "auto"
        and (scales[-1].longest_side != side or scales[0].longest_side < smallest)
    ):
        return (
            f"schedule: must go from {smallest} px or more to the picture's longest side, {side}, found "
            f"{settings.schedule!r}; change it, or set enlarge to always where the photograph is smaller"
        )
    for painting in paintings:
        for scale in scales:
            size = painting_size(settings, painting, picture_size(settings, photograph, scale.longest_side))
            if min(size) < _shortest(settings):
                return f"size: a painting of {painting[0]}x{painting[1]} px is too small for these layers; try enlarge"
    return ""


def _shortest(settings: PaintSettings) -> int:
    """Return the smallest side that any input may have, in pixels."""
    layers = layers_used(settings.content_layers, settings.style_layers)
    of_layers = 1 if settings.pool_rounding == "up" else smallest_side(layers)
    return max(of_layers, fast.SMALLEST) if settings.method == "fast" else of_layers


def layers_used(*lists: WeightedList) -> tuple[str, ...]:
    """Return the layers of weighted lists, each once."""
    return tuple({name: None for layers in lists for name in layers.names})
