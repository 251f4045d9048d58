"""The architecture of VGG19: its convolutions, their shapes, and the names of layers.

Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", arXiv:1409.1556,
configuration E. Without TensorFlow.
"""

from collections.abc import Iterable
from typing import NamedTuple

# Channels and number of convolutions of each block. A pooling follows every block.
BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))


class Convolution(NamedTuple):
    """One 3x3 convolution: block, number within it, and kernel shape (height, width, channels in, channels out)."""

    block: int
    number: int
    kernel_shape: tuple[int, int, int, int]

    @property
    def keras_name(self) -> str:
        """Return Keras' name of the convolution, e.g. block4_conv2."""
        return f"block{self.block}_conv{self.number}"

    @property
    def before_relu(self) -> str:
        """Return the name of the output before the activation, e.g. conv4_2."""
        return f"conv{self.block}_{self.number}"

    @property
    def after_relu(self) -> str:
        """Return the name of the output after the activation, e.g. relu4_2."""
        return f"relu{self.block}_{self.number}"


def _convolutions() -> tuple[Convolution, ...]:
    channels_in, plan = 3, []
    for block, (channels, count) in enumerate(BLOCKS, start=1):
        for number in range(1, count + 1):
            plan.append(Convolution(block, number, (3, 3, channels_in, channels)))
            channels_in = channels
    return tuple(plan)


CONVOLUTIONS = _convolutions()
LAYERS = tuple(name for conv in CONVOLUTIONS for name in (conv.before_relu, conv.after_relu))


class Dense(NamedTuple):
    """One fully connected layer of the classifier: name in Keras, and kernel shape (in, out)."""

    keras_name: str
    kernel_shape: tuple[int, int]


# For pictures of 224 x 224, which the last pooling reduces to 7 x 7.
CLASSIFIER = (Dense("fc1", (7 * 7 * 512, 4096)), Dense("fc2", (4096, 4096)), Dense("predictions", (4096, 1000)))


def up_to_deepest(layers: Iterable[str]) -> tuple[Convolution, ...]:
    """Return the convolutions up to the deepest of some layers."""
    wanted = frozenset(layers)
    depth = max(place for place, conv in enumerate(CONVOLUTIONS) if wanted & {conv.before_relu, conv.after_relu})
    return CONVOLUTIONS[: depth + 1]


def smallest_side(layers: tuple[str, ...]) -> int:
    """Return the least side in pixels for which no named layer is empty (poolings halve it)."""
    deepest = max(int(layer[4]) for layer in layers)
    return 2 ** (deepest - 1)


def layer_size(layer: str, size: tuple[int, int], up: bool = False) -> tuple[int, int]:
    """Return the (height, width) of a layer's activations for a picture's; poolings halve them, rounded down or up."""
    height, width = size
    for _ in range(int(layer[4]) - 1):
        height, width = (height + up) // 2, (width + up) // 2
    return height, width
