"""The plan of VGG19: its convolutions, their shapes, and the layers that losses may name.

Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", arXiv:1409.1556,
configuration E. Nothing here needs TensorFlow.
"""

from collections.abc import Iterable
from typing import NamedTuple

# Channels of each block's convolutions, and how many convolutions the block has. A pooling follows every block.
BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))


class Convolution(NamedTuple):
    """One 3x3 convolution: its block, its number there, and its kernel's shape (height, width, channels in, out)."""

    block: int
    number: int
    kernel_shape: tuple[int, int, int, int]

    @property
    def keras_name(self) -> str:
        """Return the name that Keras' VGG19 and its weight files give it, e.g. block4_conv2."""
        return f"block{self.block}_conv{self.number}"

    @property
    def before_relu(self) -> str:
        """Return the name of its output before the activation, e.g. conv4_2."""
        return f"conv{self.block}_{self.number}"

    @property
    def after_relu(self) -> str:
        """Return the name of its output after the activation, e.g. relu4_2."""
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
    """One fully connected layer of the classifier: its name in Keras, and its kernel's shape (in, out)."""

    keras_name: str
    kernel_shape: tuple[int, int]


# Of pictures of 224 x 224, whose last pooling leaves 7 x 7 positions.
CLASSIFIER = (Dense("fc1", (7 * 7 * 512, 4096)), Dense("fc2", (4096, 4096)), Dense("predictions", (4096, 1000)))


def up_to_deepest(layers: Iterable[str]) -> tuple[Convolution, ...]:
    """Return the convolutions that the activations of some layers need."""
    wanted = frozenset(layers)
    depth = max(place for place, conv in enumerate(CONVOLUTIONS) if wanted & {conv.before_relu, conv.after_relu})
    return CONVOLUTIONS[: depth + 1]


def smallest_side(layers: tuple[str, ...]) -> int:
    """Return the fewest pixels a picture's side needs so that no named layer is empty (poolings halve it)."""
    deepest = max(int(layer[4]) for layer in layers)
    return 2 ** (deepest - 1)


def layer_size(layer: str, size: tuple[int, int], up: bool = False) -> tuple[int, int]:
    """Return the sides of a layer's activations for a picture's; poolings halve them, rounded down or up."""
    height, width = size
    for _ in range(int(layer[4]) - 1):
        height, width = (height + up) // 2, (width + up) // 2
    return height, width
