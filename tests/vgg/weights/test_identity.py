"""Which network a file holds, and which file a choice of weights means."""

import hashlib
import shutil

import numpy as np
import pytest

from stylegrid.errors import WeightsError
from stylegrid.vgg.weights import identity, published
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE, hash_values
from stylegrid.vgg.weights.identity import find_weights, identify
from stylegrid.vgg.weights.published import IMAGENET_FILE
from stylegrid.vgg.weights.untrained import UNTRAINED_FILE


@pytest.fixture(autouse=True)
def no_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def test_an_untrained_network_is_known_by_its_values_and_any_change_makes_it_another(network, weights_file):
    assert identify(None, network) == identify(weights_file, network) == "untrained"
    kernel, bias = network["block5_conv4"]
    changed = bias.copy()
    changed[-1] = 1e-6
    assert identify(weights_file, {**network, "block5_conv4": (kernel, changed)}) == "file"


def test_the_8_bit_network_is_known_by_its_values(network, weights_file, monkeypatch):
    parts = [np.concatenate([array.ravel() for array in network[name]]) for name in sorted(network)]
    expected = hashlib.sha256(np.concatenate(parts).astype("<f4").tobytes()).hexdigest()
    assert hash_values(network) == expected
    monkeypatch.setattr(identity, "VALUES_SHA256", expected)
    assert identify(weights_file, network) == "imagenet-8bit"


def test_keras_file_is_known_by_its_md5_wherever_it_lies(network, weights_file, tmp_path, monkeypatch):
    monkeypatch.setattr(published, "IMAGENET_MD5", hashlib.md5(weights_file.read_bytes()).hexdigest())
    assert identify(weights_file, network) == "imagenet"
    for folder in (tmp_path / "keras" / "models", tmp_path / "vgg19"):
        folder.mkdir(parents=True)
        shutil.copy(weights_file, folder / IMAGENET_FILE)
        assert find_weights("imagenet", tmp_path / "vgg19") == folder / IMAGENET_FILE
    assert find_weights("auto", tmp_path / "vgg19") == tmp_path / "vgg19" / IMAGENET_FILE


def test_nothing_is_fetched_or_made(tmp_path):
    for weights in ("auto", "imagenet", "imagenet-8bit", "untrained"):
        assert find_weights(weights, tmp_path) is None
    (tmp_path / IMAGENET_FILE).write_bytes(b"of another MD5")
    assert find_weights("imagenet", tmp_path) is None
    with pytest.raises(WeightsError, match="isn't the published file"):
        find_weights("auto", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [IMAGENET_FILE]


def test_what_is_there_is_found(tmp_path):
    for name in (UNTRAINED_FILE, EIGHT_BIT_FILE):
        (tmp_path / name).touch()
    assert find_weights("auto", tmp_path) == find_weights("imagenet-8bit", tmp_path) == tmp_path / EIGHT_BIT_FILE
    assert find_weights("untrained", tmp_path) == tmp_path / UNTRAINED_FILE
    assert find_weights("mine.h5", tmp_path).name == "mine.h5"
