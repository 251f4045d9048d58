"""MatConvNet's files, written by SciPy in its old and its new form."""

import json

import numpy as np
import pytest
import scipy.io
from weight_files import SHAPES, assert_says, cells, fault, mat_layers, save_mat

from stylegrid.vgg.conventions import FIRST, MATCONVNET, fold
from stylegrid.vgg.formats import matconvnet
from stylegrid.vgg.formats.matconvnet import convert, read_matconvnet
from stylegrid.vgg.weights.read import read_weights

NOT_ONE = "cannot be read as a MatConvNet file: "


def few(*layers, shape=None):
    """Return random weights of some layers."""
    generator = np.random.default_rng(0)
    shapes = {name: shape or SHAPES[name] for name in layers}
    return {
        name: (generator.normal(size=shape).astype("f4"), generator.normal(size=shape[-1]).astype("f4"))
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("old", [False, True])
def test_a_whole_network_is_read_and_folded(tmp_path, network, old):
    generator = np.random.default_rng(1)
    biased = {name: (kernel, generator.normal(size=len(bias)).astype("f4")) for name, (kernel, bias) in network.items()}
    found = read_weights(save_mat(tmp_path / "a.mat", biased, old))
    assert list(found) == list(biased)
    assert np.array_equal(found[FIRST][0], biased[FIRST][0][:, :, ::-1])
    for name, (kernel, bias) in biased.items():
        assert name == FIRST or np.array_equal(found[name][0], kernel)
        np.testing.assert_allclose(found[name][1], bias, atol=1e-4)  # the mean colour is in single precision


def handed_over(tmp_path, path, capsys):
    """Return the fault and the arrays that the other process passes on, run in this one."""
    convert(str(path), str(tmp_path / "layers.npz"))
    _, said = json.loads(capsys.readouterr().out)
    return said, {} if said else dict(np.load(tmp_path / "layers.npz"))


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("compressed", [False, True])
def test_kernels_biases_and_the_mean_are_handed_over(tmp_path, capsys, old, compressed):
    weights = few("block1_conv1", "block2_conv1")
    path = save_mat(tmp_path / "a.mat", weights, old, mean=(10, 20, 30), do_compression=compressed)
    said, arrays = handed_over(tmp_path, path, capsys)
    assert said == "" and set(arrays) == {"conv1_1.kernel", "conv1_1.bias", "conv2_1.kernel", "conv2_1.bias", "mean"}
    assert np.array_equal(arrays["conv2_1.kernel"], weights["block2_conv1"][0])
    assert np.array_equal(arrays["conv2_1.bias"], weights["block2_conv1"][1])
    assert np.array_equal(arrays["mean"], [10, 20, 30])


def test_another_mean_colour_is_folded(tmp_path, network):
    weights, convention = read_matconvnet(save_mat(tmp_path / "a.mat", network, mean=(100, 110, 120)))
    assert convention == MATCONVNET._replace(mean=(100 / 255, 110 / 255, 120 / 255))
    folded = fold(weights, convention)[FIRST][1]
    shift = np.array([123.68 - 100, 116.779 - 110, 103.939 - 120])
    np.testing.assert_allclose(folded, network[FIRST][0].sum(axis=(0, 1)).T @ shift, rtol=1e-4, atol=1e-4)


def test_without_a_mean_colour_it_is_imagenet_s(tmp_path, network):
    assert read_matconvnet(save_mat(tmp_path / "a.mat", network, mean=None))[1] == MATCONVNET


def test_a_mean_that_is_no_colour_is_refused(tmp_path, network):
    found = fault(save_mat(tmp_path / "a.mat", network, mean=(0.4, 999, 0.5)))
    assert_says(found, "mean colour", "0 to 255", "0.4, 999, 0.5")


def test_a_missing_layer_is_named(tmp_path):
    found = fault(save_mat(tmp_path / "a.mat", few("block1_conv1")))
    assert_says(found, "block1_conv2 is missing", "conv1_2")


def test_another_networks_shapes_are_refused_by_layer(tmp_path):
    found = fault(save_mat(tmp_path / "a.mat", few("block1_conv1", shape=(5, 5, 3, 64))))
    expected = "[(3, 3, 3, 64), (64,)], found [(5, 5, 3, 64), (64,)]"
    assert_says(found, "block1_conv1", expected)


def save(path, layers):
    scipy.io.savemat(path, {"layers": cells(layers)})
    return path


STRANGE = {
    "no layers": [],
    "texts": ["conv1_1"],
    "numbers": [3.0],
    "a layer without weights": [{"name": "conv1_1"}],
    "weights of text": [{"name": "conv1_1", "weights": cells(["a", "b"])}],
    "weights of three": [{"name": "conv1_1", "weights": cells([np.ones(3)] * 3)}],
    "weights of structs": [{"name": "conv1_1", "weights": cells([{"a": 1}, {"b": 2}])}],
    "a name of numbers": [{"name": np.ones((3, 3)), "weights": cells([np.ones(3)] * 2)}],
}


@pytest.mark.parametrize("layers", STRANGE.values(), ids=STRANGE)
def test_layers_of_another_make_are_refused(tmp_path, layers):
    assert fault(save(tmp_path / "a.mat", layers)).startswith((NOT_ONE, "is not VGG19: layer block1_conv1 is missing"))


def test_complex_weights_are_refused(tmp_path):
    layer = mat_layers({FIRST: (np.ones(SHAPES[FIRST], np.complex64), np.ones(64, "f4"))})
    assert_says(fault(save(tmp_path / "a.mat", layer)), NOT_ONE, "no numbers")


def test_a_file_without_layers_is_no_network(tmp_path):
    scipy.io.savemat(tmp_path / "a.mat", {"x": 3})
    assert fault(tmp_path / "a.mat").startswith("is not VGG19: layer block1_conv1 is missing")


@pytest.mark.parametrize("length", [130, 300, 5000])
def test_a_truncated_file_is_refused(tmp_path, length):
    path = save_mat(tmp_path / "a.mat", few("block1_conv1"))
    path.write_bytes(path.read_bytes()[:length])
    assert fault(path)


def test_numbers_beyond_its_memory_are_refused(tmp_path, monkeypatch):
    """Zeros of 400 MB in 400 kB: the reader's process ends, or says that it is too large."""
    monkeypatch.setattr(matconvnet, "READER_MEMORY", 500_000_000)
    path = tmp_path / "a.mat"
    scipy.io.savemat(
        path,
        {"layers": cells([*mat_layers(few(FIRST)), {"name": "x", "weights": np.zeros(50_000_000)}])},
        do_compression=True,
    )
    assert path.stat().st_size < 2_000_000
    assert fault(path).startswith(NOT_ONE)
