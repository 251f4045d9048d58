"""An objective over octaves: a mean of one objective at the picture's size, at half of it, at a quarter and so on.

A layer of the network sees a few pixels, so that in large pictures strokes become as fine as hair. Halved again and
again, the same picture has its large shapes and strokes compared too: Snelgrove, "High-resolution multi-scale neural
texture synthesis", SIGGRAPH Asia Technical Briefs 2017, does so with Gram matrices over a Gaussian pyramid. Each octave
weighs twice as much as the next larger one, with shares that sum to 1: in large pictures fine detail would outvote it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow as tf

from stylegrid.method.evaluation import ValueAndGradient
from stylegrid.method.objective import Losses
from stylegrid.pictures.geometry import Size

StyleByLayer = dict[str, tf.Tensor]


class Octave(NamedTuple):
    """The objective at one size: (width, height) of the picture reduced, and the functions of its pixels."""

    size: Size
    value_and_gradient: ValueAndGradient


def over_octaves(octaves: Sequence[Octave]) -> ValueAndGradient:
    """Return the function from pixels to the mean over octaves, largest first, of the four losses, and its gradient."""

    def value_and_gradient(pixels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        values, gradient = tf.zeros(4), tf.zeros_like(pixels)
        for share, octave in zip(shares(len(octaves)), octaves, strict=True):
            with tf.GradientTape() as tape:
                tape.watch(pixels)
                reduced = reduce_to(octave.size, pixels)
            at_octave, slope = octave.value_and_gradient(reduced)
            values += share * at_octave[:4]
            gradient += share * tape.gradient(reduced, pixels, output_gradients=slope)
        return tf.concat([values, tf.reduce_sum(gradient)[tf.newaxis]], axis=0), gradient

    return value_and_gradient


def mean_losses(measured: Sequence[tuple[Losses, StyleByLayer]]) -> tuple[Losses, StyleByLayer]:
    """Return the mean over octaves, largest first, of losses and of the style losses by layer."""
    losses, by_layer = zip(*measured, strict=True)
    means = Losses(*map(_mean, zip(*losses, strict=True)))
    return means, {layer: _mean([each[layer] for each in by_layer]) for layer in by_layer[0]}


def _mean(values: Sequence[tf.Tensor]) -> tf.Tensor:
    return tf.add_n([share * value for share, value in zip(shares(len(values)), values, strict=True)])


def shares(octaves: int) -> tuple[float, ...]:
    """Return the share of each octave, largest first: 1, 2, 4, ... over their sum."""
    return tuple(2**place / (2**octaves - 1) for place in range(octaves))


def reduce_to(size: Size, pixels: tf.Tensor) -> tf.Tensor:
    """Return pixels (1, height, width, channels) reduced to (width, height) by Lanczos' filter, as pictures are."""
    width, height = size
    if pixels.shape[1:3] == (height, width):
        return tf.identity(pixels)
    return tf.image.resize(pixels, (height, width), method="lanczos3", antialias=True)
