"""Operations counted by hand for pictures of a few pixels."""

import pytest

from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.flops import convolution_flops, gram_flops, root_flops, step_flops


def test_one_convolution_over_four_pixels():
    """Each of 4 positions and 64 channels out: 3 x 3 x 3 products and as many sums."""
    assert convolution_flops(CONVOLUTIONS[0], (2, 2)) == 4 * 64 * 27 * 2 == 13_824


def test_a_gram_matrix_over_four_pixels():
    """Each of 64 x 64 entries: 4 products and as many sums."""
    assert gram_flops("relu1_1", (2, 2)) == gram_flops("conv1_1", (2, 2)) == 64 * 64 * 4 * 2 == 32_768


def test_a_step_is_there_and_back():
    assert step_flops((2, 2), ["conv1_1"]) == 2 * 13_824
    assert step_flops((2, 2), [], ["relu1_1"]) == step_flops((2, 2), ["relu1_1"], ["relu1_1"]) == 2 * (13_824 + 32_768)


def test_square_roots_cost_the_same_for_pictures_of_any_size():
    """A root takes 12 times 3 products, its gradient 12 times 5; 4 more multiply by the painting's root, and back."""
    assert root_flops(["relu1_1"]) == 100 * 2 * 64**3
    assert root_flops(["relu1_1", "conv4_1"]) == 100 * 2 * (64**3 + 512**3)


def test_pooling_rounds_down():
    """5 x 3 pixels become 2 x 1."""
    convolutions = 15 * 64 * 27 * 2 + 15 * 64 * 576 * 2 + 2 * 128 * 576 * 2
    assert step_flops((5, 3), ["relu2_1", "relu1_1"]) == 2 * convolutions == 2 * (51_840 + 1_105_920 + 294_912)
    assert gram_flops("relu2_1", (5, 3)) == 128 * 128 * 2 * 2
    assert gram_flops("relu3_1", (5, 3)) == 0


def test_the_whole_network_at_224():
    """19.6e9 multiplications in all convolutions, as often published for VGG19, less conv5_3 and conv5_4."""
    last = 2 * 14 * 14 * 512 * 512 * 9
    assert sum(convolution_flops(conv, (224, 224)) for conv in CONVOLUTIONS) / 2e9 == pytest.approx(19.5, abs=0.1)
    every = sum(convolution_flops(conv, (224, 224)) for conv in CONVOLUTIONS)
    assert step_flops((224, 224), ["relu5_2"]) == 2 * (every - 2 * last)
