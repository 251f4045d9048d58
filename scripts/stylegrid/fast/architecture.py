"""The convolutions of the two networks: their names in the published files, kernel shapes and strides.

Ghiasi et al., "Exploring the structure of a real-time, arbitrary neural artistic stylization network",
arXiv:1705.06830, in the small form that Magenta distilled for phones. The predictor is MobileNetV2 (arXiv:1801.04381)
up to its last convolution, averaged over positions, and a matrix. The transformer has a quarter of the paper's widths.
Without TensorFlow.
"""

from typing import NamedTuple

STYLE_SIDE = 256  # of the square picture of a painting that the predictor sees, in pixels
VECTOR = 100  # numbers in a style vector
STRIDE = 4  # the transformer halves the sides twice
SMALLEST = 5  # pixels of the shortest side that reflection at the transformer's border needs

# Of the published weights: all values as float32, little-endian, each convolution's kernel and then its bias.
VALUES_SHA256 = "78ef5d7d2a77bd082729c3bae52c40d184c8b81f094d7889f290ba78e7f99426"


class Convolution(NamedTuple):
    """One convolution; kernel (height, width, channels in, channels out), of a depthwise one (h, w, channels, 1)."""

    name: str
    kernel_shape: tuple[int, int, int, int]
    stride: int = 1

    @property
    def channels(self) -> int:
        """Return the number of channels of the output."""
        _, _, channels_in, channels_out = self.kernel_shape
        return channels_in if self.depthwise else channels_out

    @property
    def depthwise(self) -> bool:
        """Return whether each channel is convolved by itself."""
        return self.name.endswith("/depthwise")


class Bottleneck(NamedTuple):
    """An inverted residual block of MobileNetV2; `skip`: its input is added to its output."""

    expand: Convolution | None
    depthwise: Convolution
    project: Convolution
    skip: bool


class Normalised(NamedTuple):
    """A convolution of the transformer whose output is normalised with the style's `scale` and `shift`."""

    convolution: Convolution
    scale: Convolution
    shift: Convolution


# Expansion, channels, number and first stride of each group of blocks: table 2 of the paper.
_GROUPS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


def _bottlenecks() -> tuple[Bottleneck, ...]:
    found: list[Bottleneck] = []
    channels_in = 32
    for expansion, channels, count, first_stride in _GROUPS:
        for number in range(count):
            name = f"MobilenetV2/expanded_conv_{len(found)}" if found else "MobilenetV2/expanded_conv"
            wide, stride = expansion * channels_in, 1 if number else first_stride
            expand = Convolution(f"{name}/expand", (1, 1, channels_in, wide)) if expansion > 1 else None
            depthwise = Convolution(f"{name}/depthwise", (3, 3, wide, 1), stride)
            project = Convolution(f"{name}/project", (1, 1, wide, channels))
            found.append(Bottleneck(expand, depthwise, project, number > 0))
            channels_in = channels
    return tuple(found)


def _normalised(name: str, side: int, channels_in: int, channels: int) -> Normalised:
    parameters = f"style_params/transformer/{name}/StyleNorm"
    return Normalised(
        Convolution(f"transformer/{name}", (side, side, channels_in, channels)),
        scale=Convolution(f"{parameters}/Conv_1", (1, 1, VECTOR, channels)),
        shift=Convolution(f"{parameters}/Conv", (1, 1, VECTOR, channels)),
    )


FIRST = Convolution("MobilenetV2/Conv", (3, 3, 3, 32), 2)
BOTTLENECKS = _bottlenecks()
LAST = Convolution("MobilenetV2/Conv_1", (1, 1, 320, 1280))
TO_VECTOR = Convolution("mobilenet_conv/Conv", (1, 1, 1280, VECTOR))

CONTRACT = (
    Convolution("transformer/contract/conv1", (9, 9, 3, 8)),
    Convolution("transformer/contract/conv2", (3, 3, 8, 16), 2),
    Convolution("transformer/contract/conv3", (3, 3, 16, 32), 2),
)
RESIDUALS = tuple(
    (_normalised(f"residual/residual{n}/conv1", 3, 32, 32), _normalised(f"residual/residual{n}/conv2", 3, 32, 32))
    for n in range(1, 6)
)
EXPAND = (_normalised("expand/conv1/conv", 3, 32, 16), _normalised("expand/conv2/conv", 3, 16, 8))
TO_PICTURE = _normalised("expand/conv3/conv", 9, 8, 3)


def _all() -> tuple[Convolution, ...]:
    blocks = [conv for block in BOTTLENECKS for conv in (block.expand, block.depthwise, block.project) if conv]
    normalised = [*(norm for pair in RESIDUALS for norm in pair), *EXPAND, TO_PICTURE]
    return (FIRST, *blocks, LAST, TO_VECTOR, *CONTRACT, *(conv for norm in normalised for conv in norm))


CONVOLUTIONS = _all()
