"""The interface of the compared programs, and the constants of TensorFlow's tutorial."""

from typing import Protocol

import numpy as np

# "Neural style transfer", tensorflow/docs, site/en/tutorials/generative/style_transfer.ipynb (commit 7c36502).
STYLE_LAYERS = tuple(f"block{block}_conv1" for block in range(1, 6))
CONTENT_LAYER = "block5_conv2"
STYLE_WEIGHT, CONTENT_WEIGHT, VARIATION_WEIGHT = 1e-2, 1e4, 30.0
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 0.02, 0.99, 0.999, 1e-1


class Peer(Protocol):
    """A program that paints one picture step by step, starting from the photograph.

    On a GPU a step may return before it is done; `picture` waits for it.
    """

    def step(self) -> None:
        """Take one step: loss, gradient, update, clip."""

    def picture(self) -> np.ndarray:
        """Return the current picture: (1, height, width, 3), float32, RGB in [0, 1]."""

    def loss(self, picture: np.ndarray) -> float:
        """Return the total loss of a picture."""
