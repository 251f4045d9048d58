"""The untrained network: what its numbers are, and when it is made."""

import shutil

import pytest

from stylegrid import files
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.weights.read import read_weights
from stylegrid.vgg.weights.untrained import make_untrained


@pytest.mark.parametrize("conv", CONVOLUTIONS, ids=lambda conv: conv.keras_name)
def test_an_untrained_network_is_he_normal(network, conv):
    kernel, bias = network[conv.keras_name]
    height, width, channels_in, _ = conv.kernel_shape
    assert kernel.std() == pytest.approx((2 / (height * width * channels_in)) ** 0.5, rel=0.05)
    assert abs(kernel.mean()) < 5 * kernel.std() / kernel.size**0.5
    assert not bias.any()


def test_an_untrained_network_is_the_same_every_time(weights_file, tmp_path):
    again = make_untrained(tmp_path / "a" / "again.h5")
    assert files.sha256(again) == files.sha256(weights_file)
    assert [path.name for path in again.parent.glob("[!.]*")] == ["again.h5"]


def test_an_untrained_network_that_is_there_is_kept(weights_file, tmp_path):
    shutil.copy(weights_file, tmp_path / "v.h5")
    before = (tmp_path / "v.h5").stat().st_mtime_ns
    make_untrained(tmp_path / "v.h5", seed=1)
    assert (tmp_path / "v.h5").stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"already there"])
def test_an_untrained_network_that_is_damaged_is_made_again(tmp_path, damage):
    (tmp_path / "v.h5").write_bytes(damage)
    read_weights(make_untrained(tmp_path / "v.h5"))
