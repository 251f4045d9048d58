"""The state of an optimiser: pixels, Adam's moments, and the running average of pixels."""

from typing import NamedTuple

import tensorflow as tf


class OptimizerState(NamedTuple):
    """What an optimiser carries from step to step: tensors (1, height, width, channels) in the space that is optimised.

    `mean` and `square` are Adam's moments after `updates` updates, one zero before the first. `average` is the decayed
    sum of pixels, average = d * average + (1 - d) * pixels for a decay d, and `missing` what its weights lack to 1.
    """

    pixels: tf.Tensor
    mean: tf.Tensor
    square: tf.Tensor
    updates: int
    average: tf.Tensor
    missing: float

    def move(self, pixels: tf.Tensor, decay: float) -> "OptimizerState":
        """Return the state at other pixels, which the average counts if it has a decay."""
        if not decay:
            return self._replace(pixels=pixels, average=pixels)
        average = decay * self.average + (1 - decay) * pixels
        return self._replace(pixels=pixels, average=average, missing=self.missing * decay)


def initial_state(pixels: tf.Tensor, decay: float) -> OptimizerState:
    """Return the state at the beginning of a scale: no moments, and the pixels as their own average."""
    pixels = tf.convert_to_tensor(pixels)
    zero = tf.zeros((1, 1, 1, 1))  # which takes no memory where there are no moments
    return OptimizerState(pixels, zero, zero, 0, (1 - decay) * pixels if decay else pixels, decay)


def averaged_pixels(state: OptimizerState, decay: float) -> tf.Tensor:
    """Return the average of pixels, average / (1 - missing); the pixels themselves where `decay` is 0."""
    return state.average / (1 - state.missing) if decay else state.pixels
