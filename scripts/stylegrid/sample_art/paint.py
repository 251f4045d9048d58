"""Brush strokes, colours and noise shared by the sample paintings.

A painting is a stack of layers of strokes. Every layer takes its colours and directions from maps of the size of the
final picture; the canvas itself is larger and is reduced at the end. Arrays are [row, column], points (x, y).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

Array = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

CHUNK = 96  # strokes laid at a time, which bounds the memory
STREAKS = 512  # side of the tileable bristle texture


@dataclass(frozen=True)
class Brush:
    """The shape of one kind of stroke; lengths are in pixels of the final picture."""

    length: float
    width: float
    taper: float = 0.7  # 0: a rectangle, 1: pointed at the end
    dry: float = 0.25  # how soon the bristles run out of paint
    ridge: float = 0.35  # height of the paint pushed to the sides
    bristle: float = 0.5  # depth of the furrows
    blend: float = 0.1  # change of lightness from bristle to bristle
    spread: float = 0.05  # change of colour from stroke to stroke
    wobble: float = 0.12  # change of direction from stroke to stroke, in radians


class Canvas:
    """Colour and height of the wet paint, at `scale` times the final size."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator, scale: int = 2) -> None:
        """Start with a bare canvas; every random choice on it comes from `rng`."""
        self.size, self.rng, self.scale = size, rng, scale
        self.x, self.y = grid(size)
        shape = (size[1] * scale, size[0] * scale)
        self.colour = np.zeros((*shape, 3), np.float32)
        self.relief = np.zeros(shape, np.float32)
        self.streaks = noise(rng, (STREAKS, STREAKS), 1.2, 24.0)

    def wash(self, colour: Array, where: Mask | None = None) -> None:
        """Put thin paint on the masked part, against holes between the strokes."""
        mask = self.x >= 0 if where is None else where
        big = [part.repeat(self.scale, axis=0).repeat(self.scale, axis=1) for part in (mask, colour)]
        self.colour[big[0]] = big[1][big[0]]

    def splat(self, points: Array, colour: Array, relief: Array, wet: Mask) -> None:
        """Put samples of paint on the canvas; a later one hides an earlier one."""
        column, row = np.moveaxis(np.rint(points * self.scale).astype(np.int32), -1, 0)
        rows, columns = self.relief.shape
        inside = wet & (column >= 0) & (row >= 0) & (column < columns) & (row < rows)
        row, column = row[inside], column[inside]
        self.colour[row, column] = colour[inside]
        self.relief[row, column] = relief[inside]

    def finish(self, light: float = 0.5, gloss: float = 0.25) -> Image.Image:
        """Light the relief from the upper left and reduce to the final size."""
        down, right = np.gradient(gaussian_filter(self.relief, 0.45 * self.scale))
        slope = (down + right) * self.scale
        shade = 1 + light * np.tanh(slope * 1.2)
        shine = gloss * np.clip(np.tanh(slope) - 0.35, 0, None)
        return reduced(self.colour * shade[..., None] + shine[..., None], self.size)


def ink(name: str) -> Array:
    """Return one colour, `rrggbb`, as three numbers between 0 and 1."""
    return np.array([int(name[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32)


def ramp(names: str, at: Array) -> Array:
    """Return colours between those in `names` (blank-separated): the first at 0, the last at 1."""
    stops = np.array([ink(name) for name in names.split()])
    where = np.clip(at, 0, 1) * (len(stops) - 1)
    channels = [np.interp(where, np.arange(len(stops)), stops[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def mix(first: Array, second: Array, share: Array) -> Array:
    """Return `first` where the share is 0, `second` where it is 1."""
    part = np.clip(share, 0, 1)[..., None]
    return (first * (1 - part) + second * part).astype(np.float32)


def noise(rng: np.random.Generator, shape: tuple[int, ...], down: float, right: float | None = None) -> Array:
    """Return tileable noise about 0, smooth over `down` rows and `right` columns, with a standard deviation of 1."""
    sigma = (down, down if right is None else right)
    field = gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    return np.asarray((field - field.mean()) / field.std(), np.float32)


def grid(size: tuple[int, int]) -> tuple[Array, Array]:
    """Return the x and the y of every pixel."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    return x, y


def look(field: NDArray[Any], points: Array) -> Array:
    """Return the value of a map at the pixel nearest to each point."""
    column = np.clip(np.rint(points[..., 0]), 0, field.shape[1] - 1).astype(np.int32)
    row = np.clip(np.rint(points[..., 1]), 0, field.shape[0] - 1).astype(np.int32)
    found: Array = field[row, column]
    return found


def reduced(pixels: Array, size: tuple[int, int]) -> Image.Image:
    """Return pixels between 0 and 1 as a picture of that size."""
    levels = (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(levels).resize(size, Image.Resampling.LANCZOS)


def scattered(rng: np.random.Generator, mask: Mask, count: int) -> Array:
    """Return points at random but evenly spread inside a mask, in no order."""
    row, column = np.nonzero(mask)
    slots = (np.arange(count) + rng.random(count)) * len(row) / count
    chosen = rng.permutation(slots.astype(np.int64))
    return np.stack([column[chosen], row[chosen]], axis=-1).astype(np.float32)


def lay(
    canvas: Canvas, colour: Array, angle: Array, brush: Brush, cover: float = 2.0, where: Mask | None = None
) -> None:
    """Cover the masked part of the canvas `cover` times over with strokes of that brush."""
    mask = canvas.x >= 0 if where is None else where
    count = int(cover * mask.sum() / (brush.length * brush.width))
    starts = scattered(canvas.rng, mask, count)
    for first in range(0, count, CHUNK):
        stroke(canvas, colour, angle, brush, starts[first : first + CHUNK])


def stroke(canvas: Canvas, colour: Array, angle: Array, brush: Brush, middle: Array) -> None:
    """Lay one stroke through every point of `middle`."""
    size = canvas.rng.uniform(0.7, 1.3, len(middle)).astype(np.float32)
    spine, heading = traced(canvas, angle, brush, middle, size)
    across = np.linspace(-1, 1, int(brush.width * 1.95 * canvas.scale) + 3, dtype=np.float32)
    along = np.linspace(0, 1, spine.shape[1], dtype=np.float32)
    half = 0.5 * brush.width * size[:, None] * outline(along, brush.taper)
    normal = np.stack([-np.sin(heading), np.cos(heading)], axis=-1) * half[..., None]
    points = spine[:, :, None] + across[:, None] * normal[:, :, None]
    hair = bristles(canvas, len(middle), len(along), len(across))
    paint = tinted(canvas, brush, look(colour, middle), hair)
    wet = hair > -2.6 + 6.4 * brush.dry * (along[:, None] ** 2 + 0.6 * across**4)
    canvas.splat(points, paint, raised(canvas, brush, along, across, hair), wet)


def traced(canvas: Canvas, angle: Array, brush: Brush, middle: Array, size: Array) -> tuple[Array, Array]:
    """Return the middle line of every stroke and its direction at each step."""
    steps = int(brush.length * 0.78 * canvas.scale) + 2
    stride = 0.5 * brush.length * size / steps
    turn = canvas.rng.normal(0, brush.wobble, len(middle)).astype(np.float32)
    ahead, forth = walked(angle, middle, stride, turn, steps)
    behind, back = walked(angle, middle, -stride, turn, steps)
    spine = np.concatenate([behind[:0:-1], ahead]).swapaxes(0, 1)
    return spine, np.concatenate([back[:0:-1], forth]).T


def walked(angle: Array, at: Array, stride: Array, turn: Array, steps: int) -> tuple[Array, Array]:
    """Return points and directions, step by step as the direction map leads."""
    points, headings = [], []
    for _ in range(steps):
        heading = look(angle, at) + turn
        points.append(at)
        headings.append(heading)
        at = at + stride[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=-1)
    return np.array(points, np.float32), np.array(headings, np.float32)


def outline(along: Array, taper: float) -> Array:
    """Return the relative width along a stroke: a quick start and a tapered end."""
    start = np.sqrt(np.clip(along / 0.12, 0, 1))
    end = np.clip((1 - along) / max(taper, 0.04), 0, 1) ** 0.7
    return np.asarray(np.maximum(start * end, 0.08), np.float32)


def bristles(canvas: Canvas, count: int, steps: int, lanes: int) -> Array:
    """Return a patch of the bristle texture for each stroke, its furrows along the stroke."""
    top, left = canvas.rng.integers(0, STREAKS, (2, count, 1, 1))
    rows, columns = top + np.arange(lanes), left + np.arange(steps)[:, None]
    found: Array = canvas.streaks[rows % STREAKS, columns % STREAKS]
    return found


def tinted(canvas: Canvas, brush: Brush, colour: Array, hair: Array) -> Array:
    """Return the colour of every sample of the strokes: none is quite like the next."""
    rng, count = canvas.rng, len(colour)
    shade = 1 + rng.normal(0, brush.spread, (count, 3)) + rng.normal(0, brush.spread, (count, 1))
    paint = (colour * shade)[:, None, None] * (1 + brush.blend * hair[..., None])
    return np.asarray(paint, np.float32)


def raised(canvas: Canvas, brush: Brush, along: Array, across: Array, hair: Array) -> Array:
    """Return the height of every sample: ridges at the sides, furrows between the bristles."""
    ridge = np.exp(-(((np.abs(across) - 0.85) / 0.18) ** 2)) * brush.ridge * 3
    level = 1 + canvas.rng.random((len(hair), 1, 1))
    return (level + (1 - 0.5 * along[:, None]) * ridge + brush.bristle * hair).astype(np.float32)
