"""The networks' shapes, by the numbers of their papers."""

from stylegrid.fast.architecture import BOTTLENECKS, CONVOLUTIONS, VECTOR, Convolution


def count(prefix):
    kernels = [conv for conv in CONVOLUTIONS if conv.name.startswith(prefix)]
    return sum(height * width * i * o for _, (height, width, i, o), _ in kernels)


def test_every_convolution_is_there_once():
    assert len({conv.name for conv in CONVOLUTIONS}) == len(CONVOLUTIONS) == 53 + 42


def test_the_predictor_is_mobilenet_v2():
    """Keras' has 3,538,984 parameters, 1,281,000 of them for classes and 4 of batch norm for each channel."""
    assert len(BOTTLENECKS) == 17
    channels = sum(conv.channels for conv in CONVOLUTIONS if conv.name.startswith("MobilenetV2"))
    assert count("MobilenetV2") == 3_538_984 - 1_281_000 - 4 * channels
    assert [number for number, block in enumerate(BOTTLENECKS) if block.skip] == [2, 4, 5, 7, 8, 9, 11, 12, 14, 15]


def test_each_normalised_convolution_has_a_scale_and_a_shift_of_the_vector():
    channels = 10 * 32 + 16 + 8 + 3
    assert count("style_params") == 2 * VECTOR * channels


def test_a_depthwise_convolution_keeps_its_channels():
    assert Convolution("block/depthwise", (3, 3, 96, 1)).channels == 96
    assert Convolution("block/project", (1, 1, 96, 24)).channels == 24
