"""Coarse to fine: the sizes a painting goes through, and how its steps are shared among them."""

from collections.abc import Iterable
from typing import NamedTuple

from stylegrid.settings import PaintSettings
from stylegrid.vgg19 import smallest_side
from stylegrid.weighted import parse_weighted


class Scale(NamedTuple):
    """One scale: longest side in pixels, and the evaluations it may use."""

    longest_side: int
    steps: int


def plan_scales(size: int, coarsest: int, steps: int) -> tuple[Scale, ...]:
    """Return the scales up to `size`, each twice the last, from the first that is not below `coarsest`.

    Of n scales the first takes n + 1 shares of the steps, the next n, and so on to 2 for the last: large shapes need
    the most steps, and they are cheap there. Scales without a step are left out, but never the last. `coarsest` 0
    means one scale.
    """
    sides = [size]
    while coarsest and sides[0] // 2 >= coarsest:
        sides.insert(0, sides[0] // 2)
    shares = range(len(sides) + 1, 1, -1)
    taken = [steps * share // sum(shares) for share in shares]
    taken[-1] += steps - sum(taken)
    return tuple(Scale(side, count) for side, count in zip(sides, taken, strict=True) if count or side == size)


def smallest_size(settings: PaintSettings, pictures: Iterable[tuple[int, int]]) -> int:
    """Return the smallest longest side at which no layer is empty for pictures of these (width, height)."""
    shortest = smallest_side(layers_used(settings))
    return max(-(-shortest * max(picture) // min(picture)) for picture in pictures)


def layers_used(settings: PaintSettings) -> tuple[str, ...]:
    """Return the layers that a picture's losses need."""
    entries = parse_weighted(settings.content_layers) + parse_weighted(settings.style_layers)
    return tuple(dict(entries))
