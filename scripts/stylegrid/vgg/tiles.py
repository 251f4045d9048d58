"""Tiles of a picture: parts whose activations, computed from a crop around each, are those of the whole picture.

A layer's activation at position i sees the pixels stride * i - halo to stride * (i + 1) - 1 + halo, along each axis. A
crop therefore reaches one halo beyond its tile, or to the picture's border, where the network's own padding takes over;
and tiles begin at multiples of the deepest layer's stride, so that poolings pair the same pixels. Each tile's own
activations, put side by side, are the whole picture's. Without TensorFlow.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from stylegrid.pictures.geometry import Size
from stylegrid.vgg.architecture import up_to_deepest


class Box(NamedTuple):
    """Rows from `top` to before `bottom` and columns from `left` to before `right`: integers, or tensors of them."""

    top: Any
    bottom: Any
    left: Any
    right: Any

    def of(self, array: Any) -> Any:
        """Return this part of an array or tensor (batch, height, width, channels)."""
        return array[:, self.top : self.bottom, self.left : self.right]

    def within(self, outer: "Box") -> "Box":
        """Return this box as counted from the corner of another."""
        return Box(self.top - outer.top, self.bottom - outer.top, self.left - outer.left, self.right - outer.left)


class Tile(NamedTuple):
    """One tile: the box of its own pixels, and that of the crop which its activations need."""

    own: Box
    crop: Box


def stride(layer: str) -> int:
    """Return the pixels from one position of a layer to the next: poolings double them."""
    return 2 ** (int(layer[4]) - 1)


def halo(layers: Iterable[str]) -> int:
    """Return how far the activations of some layers see beyond a tile, in pixels: 12 for relu3_1, 40 for relu4_2.

    Rounded up to the deepest layer's stride: each convolution adds the stride of its block, and a pooling nothing.
    """
    convolutions = up_to_deepest(layers)
    reach = sum(stride(conv.after_relu) for conv in convolutions)
    return _round_up(reach, stride(convolutions[-1].after_relu))


def plan_tiles(size: Size, side: int, layers: tuple[str, ...]) -> list[Tile]:
    """Return tiles of at most `side` pixels, all about as large, that cover a picture of this (width, height).

    `side` is at least the stride of the deepest layer.
    """
    width, height = size
    step, around = stride(up_to_deepest(layers)[-1].after_relu), halo(layers)
    return [
        Tile(
            Box(top, bottom, left, right),
            Box(*_widened(top, bottom, height, around), *_widened(left, right, width, around)),
        )
        for top, bottom in _spans(height, side, step)
        for left, right in _spans(width, side, step)
    ]


def at_layer(layer: str, box: Box, up: bool) -> Box:
    """Return a box of pixels as positions of a layer, whose poolings round the picture's odd sides down or up.

    The box begins at a multiple of the layer's stride, and ends at one or at the picture's border.
    """
    pixels = stride(layer)
    more = pixels - 1 if up else 0
    return Box(box.top // pixels, (box.bottom + more) // pixels, box.left // pixels, (box.right + more) // pixels)


def _spans(length: int, side: int, step: int) -> list[tuple[int, int]]:
    """Return (begin, end) of parts of a length, about equal, that begin at multiples of `step`, at most `side` long."""
    longest = side // step * step
    parts = -(-length // longest)
    each = _round_up(-(-length // parts), step)
    return [(begin, min(begin + each, length)) for begin in range(0, length, each)]


def _widened(begin: int, end: int, length: int, around: int) -> tuple[int, int]:
    return max(0, begin - around), min(length, end + around)


def _round_up(number: int, step: int) -> int:
    return -(-number // step) * step
