"""Floating-point operations of one step, counted from shapes; a multiply-add counts as 2.

Counts convolutions, Gram matrices and square roots; other operations are a few per value instead of hundreds.
"""

from collections.abc import Iterable

from stylegrid.pictures.geometry import Size
from stylegrid.vgg.architecture import CONVOLUTIONS, Convolution, up_to_deepest


def step_flops(size: Size, layers: Iterable[str], gram_layers: Iterable[str] = ()) -> int:
    """Return the operations of one step: activations up to the deepest of `layers`, Gram matrices, and the gradient.

    Layers are named relu4_2 or conv4_2. The gradient is with respect to pixels only and costs each convolution and
    Gram matrix once more: 2 * (convolutions + Gram matrices).
    """
    gram_layers = tuple(gram_layers)
    wanted = {*layers, *gram_layers}
    convolutions = sum(convolution_flops(conv, size) for conv in up_to_deepest(wanted))
    return 2 * (convolutions + sum(gram_flops(layer, size) for layer in gram_layers))


# Of a Wasserstein distance with its gradient: 12 iterations of 3 and of 5 products, and the products around these.
ROOT_PRODUCTS = 12 * (3 + 5) + 2 * 2


def root_flops(layers: Iterable[str]) -> int:
    """Return the operations of the square roots in a step's Wasserstein distances, whatever the picture's size.

    `layers` are those compared; a product of matrices takes 2 * channels^3.
    """
    return sum(2 * ROOT_PRODUCTS * _convolution(layer).kernel_shape[-1] ** 3 for layer in layers)


def values(size: Size, layers: Iterable[str]) -> int:
    """Return the number of activations of the convolutions up to the deepest of `layers`."""
    return sum(conv.kernel_shape[-1] * _positions(conv, size) for conv in up_to_deepest(layers))


def convolution_flops(conv: Convolution, size: Size) -> int:
    """Return the operations of one convolution: 2 * 9 * channels in * channels out * positions, padding included."""
    height, width, channels_in, channels_out = conv.kernel_shape
    return 2 * height * width * channels_in * channels_out * _positions(conv, size)


def gram_flops(layer: str, size: Size) -> int:
    """Return the operations of one Gram matrix: 2 * channels^2 * positions.

    Its gradient, activations times a channels x channels matrix, costs the same.
    """
    conv = _convolution(layer)
    return 2 * conv.kernel_shape[-1] ** 2 * _positions(conv, size)


def _convolution(layer: str) -> Convolution:
    (conv,) = (conv for conv in CONVOLUTIONS if layer in (conv.before_relu, conv.after_relu))
    return conv


def _positions(conv: Convolution, size: Size) -> int:
    """Return the number of positions of a convolution's output: poolings halve both sides, rounded down."""
    width, height = size
    return (width >> (conv.block - 1)) * (height >> (conv.block - 1))
