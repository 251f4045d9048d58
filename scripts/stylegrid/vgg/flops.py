"""What one step computes, counted from shapes alone; a multiplication with its addition counts as 2 operations.

Counted are convolutions and Gram matrices. What else a step does is done once for each value, not hundreds of times.
"""

from collections.abc import Iterable

from stylegrid.vgg.architecture import CONVOLUTIONS, Convolution, up_to_deepest

Size = tuple[int, int]  # width, height


def step_flops(size: Size, layers: Iterable[str], gram_layers: Iterable[str] = ()) -> int:
    """Return the operations of one step: activations up to the deepest of `layers`, Gram matrices, and the gradient.

    Layers are named relu4_2 or conv4_2. The gradient is that of the pixels, none of kernels, and costs each
    convolution and each Gram matrix once more: 2 * (convolutions + Gram matrices).
    """
    gram_layers = tuple(gram_layers)
    wanted = {*layers, *gram_layers}
    convolutions = sum(convolution_flops(conv, size) for conv in up_to_deepest(wanted))
    return 2 * (convolutions + sum(gram_flops(layer, size) for layer in gram_layers))


def values(size: Size, layers: Iterable[str]) -> int:
    """Return how many activations the convolutions up to the deepest of `layers` have."""
    return sum(conv.kernel_shape[-1] * _positions(conv, size) for conv in up_to_deepest(layers))


def convolution_flops(conv: Convolution, size: Size) -> int:
    """Return the operations of one convolution: 2 * 9 * channels in * channels out * positions, borders included."""
    height, width, channels_in, channels_out = conv.kernel_shape
    return 2 * height * width * channels_in * channels_out * _positions(conv, size)


def gram_flops(layer: str, size: Size) -> int:
    """Return the operations of one Gram matrix: 2 * channels^2 * positions.

    Its gradient, the activations times a matrix of channels by channels, costs the same.
    """
    (conv,) = (conv for conv in CONVOLUTIONS if layer in (conv.before_relu, conv.after_relu))
    return 2 * conv.kernel_shape[-1] ** 2 * _positions(conv, size)


def _positions(conv: Convolution, size: Size) -> int:
    """Return the positions of a convolution's output: each pooling before it halves both sides, rounded down."""
    width, height = size
    return (width >> (conv.block - 1)) * (height >> (conv.block - 1))
