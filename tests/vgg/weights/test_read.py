"""Files of VGG19 in every format as weights in one normal form."""

import logging
import os
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from conftest import REPOSITORY
from torch_writer import save_stream, save_zip
from weight_files import SHAPES, assert_says, fault, named, save_mat, save_safetensors, save_zeros

from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.conventions import CAFFE, FIRST, TORCHVISION, fold
from stylegrid.vgg.formats.keras_hdf5 import write_keras
from stylegrid.vgg.weights import read
from stylegrid.vgg.weights.read import read_weights


@pytest.fixture(scope="module")
def weights(network):
    """The untrained network with biases."""
    generator = np.random.default_rng(1)
    return {name: (kernel, generator.normal(size=len(bias)).astype("f4")) for name, (kernel, bias) in network.items()}


@pytest.fixture(scope="module")
def zeros():
    return {name: (np.zeros(shape, np.float32), np.zeros(shape[-1], np.float32)) for name, shape in SHAPES.items()}


def assert_same(found, expected):
    assert list(found) == [conv.keras_name for conv in CONVOLUTIONS]
    for name, arrays in expected.items():
        for array, other in zip(found[name], arrays, strict=True):
            assert array.dtype == np.float32 and np.array_equal(array, other), name


SAVERS = pytest.mark.parametrize("save", [save_zip, save_stream, save_safetensors])


@SAVERS
def test_torchvision_s_file_is_folded(tmp_path, weights, save):
    assert_same(read_weights(save(tmp_path / "a.file", named(weights))), fold(weights, TORCHVISION))


@SAVERS
def test_names_of_layers_are_of_networks_of_levels(tmp_path, weights, save):
    assert_same(read_weights(save(tmp_path / "a.file", named(weights, "{conv}"))), weights)


@pytest.mark.parametrize("name", ["{place}", "module.features.{place}", "vgg.{place}", "net.vgg.features.{place}"])
def test_prefixes_are_left_out(tmp_path, weights, name):
    arrays = named(weights, name) | {"classifier.0.weight": np.zeros((4096, 10), np.float32)}
    assert_same(read_weights(save_safetensors(tmp_path / "a.safetensors", arrays)), fold(weights, TORCHVISION))


@pytest.mark.parametrize("separator", [".", "/"])
def test_keras_own_names_are_read(tmp_path, weights, separator):
    parts = {f"{name}{separator}kernel": kernel for name, (kernel, _) in weights.items()}
    parts |= {f"{name}{separator}bias": bias for name, (_, bias) in weights.items()}
    assert_same(read_weights(save_safetensors(tmp_path / "a.safetensors", parts)), weights)


@pytest.mark.parametrize(
    ("layers", "convention"), [((1, 4, 6), CAFFE), ((0, 3, 6), TORCHVISION)], ids=["jcjohnson", "torchvision"]
)
def test_a_classifier_tells_the_convention_and_is_left_out(tmp_path, weights, layers, convention):
    classifier = {f"classifier.{layer}.weight": np.zeros((2, 2), np.float32) for layer in layers}
    path = save_zip(tmp_path / "a.pth", named(weights) | classifier)
    assert_same(read_weights(path), fold(weights, convention))


@pytest.mark.parametrize("save", [save_zip, save_safetensors])
def test_whole_numbers_are_refused_with_layer_and_type(tmp_path, save, weights):
    arrays = {name: array.astype(np.int64) for name, array in named(weights).items()}
    found = fault(save(tmp_path / "a", arrays))
    assert "block1_conv1" in found and "int64" in found and "floating-point" in found


@pytest.mark.parametrize("dtype", [np.float16, np.float64, ml_dtypes.bfloat16])
@pytest.mark.parametrize("save", [save_zip, save_safetensors])
def test_other_precisions_are_read_as_single(tmp_path, weights, save, dtype):
    arrays = {name: array.astype(dtype) for name, array in named(weights, "{conv}").items()}
    expected = {name: [array.astype(dtype).astype("f4") for array in arrays] for name, arrays in weights.items()}
    assert_same(read_weights(save(tmp_path / "a.file", arrays)), expected)


# The published network


def oxford(bgr=True, swapped=False, scale=1.0):
    """Return the published network's first filter and biases in some order, and kernels of 1, 2, ... after it."""
    kernel, bias = np.zeros(SHAPES[FIRST], np.float32), np.zeros(64, np.float32)
    kernel[..., 0], bias[:4] = read.FILTER * scale, read.BIASES
    kernel = kernel if bgr else kernel[:, :, ::-1]
    inner = np.broadcast_to(np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1), SHAPES["block1_conv2"])
    found = {FIRST: (kernel, bias), "block1_conv2": (inner, np.zeros(64, np.float32))}
    return {name: (kernel.swapaxes(0, 1) if swapped else kernel, bias) for name, (kernel, bias) in found.items()}


def save_keras(path, weights):
    write_keras(path, weights)
    return path


OXFORD = {
    "keras": lambda folder, weights: save_keras(folder / "a.h5", weights),
    "matconvnet": lambda folder, weights: save_mat(folder / "a.mat", weights),
    "features": lambda folder, weights: save_zip(folder / "a.pth", named(weights)),
    "layers": lambda folder, weights: save_safetensors(folder / "a.safetensors", named(weights, "{conv}")),
}


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("bgr", [False, True])
@pytest.mark.parametrize("save", OXFORD.values(), ids=OXFORD)
def test_the_published_network_is_told_in_whatever_order_and_file(tmp_path, zeros, save, bgr, swapped):
    found = read_weights(save(tmp_path, zeros | oxford(bgr, swapped)))
    expected = oxford()
    for name in expected:
        assert np.array_equal(found[name][0], expected[name][0]), name
    np.testing.assert_allclose(found[FIRST][1], expected[FIRST][1], atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16])
def test_the_published_network_is_told_in_half_precision(tmp_path, zeros, dtype):
    arrays = {name: array.astype(dtype) for name, array in named(zeros | oxford(bgr=False)).items()}
    found = read_weights(save_safetensors(tmp_path / "a.safetensors", arrays))
    np.testing.assert_allclose(found[FIRST][0], oxford()[FIRST][0], rtol=4e-3)


def test_the_published_network_in_no_known_order_is_refused(tmp_path, zeros):
    path = save_safetensors(tmp_path / "a.safetensors", named(zeros | oxford(scale=255)))
    assert "first kernel in no known order" in fault(path)


@pytest.mark.parametrize("index", list(np.ndindex(3, 3, 3)))
def test_every_number_of_the_first_filter_counts(index):
    kernel = oxford()[FIRST][0].copy()
    assert read._find_order(kernel) == (True, False)
    kernel[(*index, 0)] += 0.05
    assert read._find_order(kernel) is None


# What a reader is told


@pytest.mark.parametrize(
    ("save", "line"),
    [
        (lambda path, weights: save_zip(path, named(weights)), "format PyTorch, convention torchvision"),
        (
            lambda path, weights: save_safetensors(path, named(weights, "{conv}")),
            "format safetensors, convention caffe",
        ),
        (save_keras, ""),
    ],
)
def test_how_a_file_was_read_is_said_unless_it_is_keras_own(tmp_path, weights, caplog, save, line):
    caplog.set_level(logging.INFO, "stylegrid")
    read_weights(save(tmp_path / "a", weights))
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'a'}: read as VGG19 of {said}" for said in [line] if said
    ]


# Faults


def test_an_infinite_double_is_refused(tmp_path, zeros):
    arrays = {name: array.astype(np.float64) for name, array in named(zeros).items()}
    arrays["features.2.bias"][3] = 1e300
    path = save_safetensors(tmp_path / "a.safetensors", arrays)
    assert_says(fault(path), "block1_conv2", "not finite")


@pytest.mark.parametrize("name", ["features.0.weight", "features.0.bias", "features.34.bias"])
def test_a_number_that_folding_makes_infinite_is_refused(tmp_path, zeros, name):
    arrays = named(zeros)
    arrays[name] = np.full_like(arrays[name], 3e38)
    assert "holds numbers that are not finite" in fault(save_safetensors(tmp_path / "a.safetensors", arrays))


def few(*stems, shape=(64, 3, 3, 3)):
    """Return the first layers of a network by their names."""
    return {
        f"{stem}.{part}": np.zeros(size, np.float32)
        for stem in stems
        for part, size in (("weight", shape), ("bias", shape[:1]))
    }


OTHERS = {
    "vgg16": (
        few(*(f"features.{place}" for place in (0, 2, 5, 7, 10, 12, 14, 17))),
        "block3_conv4 is missing, features.16",
    ),
    "no bias": ({"features.0.weight": np.zeros((64, 3, 3, 3), np.float32)}, "block1_conv1 is missing, features.0.bias"),
    "normalised": (
        few("features.0", "features.3") | {"features.1.running_mean": np.zeros(64, np.float32)},
        "has batch normalisation",
    ),
    "resnet": (
        few("layer1.0.conv1", "fc"),
        "has no layer features.0.weight, conv1_1.weight, block1_conv1.kernel; found fc.bias, fc.weight, layer1.0",
    ),
    "a long name": (
        few("x" * 100),
        f"has no layer features.0.weight, conv1_1.weight, block1_conv1.kernel; found {'x' * 40}, ",
    ),
}


@SAVERS
@pytest.mark.parametrize(("arrays", "told"), OTHERS.values(), ids=OTHERS)
def test_another_network_is_refused_by_layer(tmp_path, save, arrays, told):
    found = fault(save(tmp_path / "a.file", arrays))
    assert found.startswith("is not VGG19: ") and told in found


@SAVERS
def test_another_networks_shapes_are_refused_as_the_file_has_them(tmp_path, zeros, save):
    arrays = named(zeros) | {"features.5.weight": np.zeros((128, 64, 5, 5), np.float32)}
    expected = "[(128, 64, 3, 3), (128,)], found [(128, 64, 5, 5), (128,)]"
    assert_says(fault(save(tmp_path / "a.file", arrays)), "block2_conv1", expected)


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\xff\xd8\xff\xe0", b"GIF89a", bytes(100)])
def test_a_file_of_no_such_format_is_refused_with_those_allowed(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    assert fault(tmp_path / "a.h5").startswith("is no file of weights, or damaged; allowed are Keras' .h5, ")


def test_a_format_is_told_by_its_content_and_not_by_its_name(tmp_path):
    assert list(read_weights(save_zeros(tmp_path / "a.pth"))) == list(SHAPES)


def test_ten_thousand_tensors_are_no_vgg19(tmp_path):
    arrays = {f"layer{number}.weight": np.zeros(1, np.float32) for number in range(10_000)}
    assert "has no layer features.0.weight" in fault(save_safetensors(tmp_path / "a.safetensors", arrays))


def test_reading_weights_needs_no_tensorflow():
    program = (
        "import sys; import stylegrid.vgg.weights.read; print('tensorflow' in sys.modules, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY / "scripts", capture_output=True, check=True)
    assert done.stdout == b"False False\n"


def test_a_missing_file_is_refused_with_what_is_allowed(tmp_path):
    assert fault(tmp_path / "gone.h5") == (
        "no such file; weights may be auto, imagenet-8bit, imagenet, untrained, or a file of VGG19"
    )


def test_a_folder_is_refused(tmp_path):
    assert_says(fault(tmp_path), "Is a directory", "name a file of VGG19")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.pth")
    assert_says(fault(tmp_path / "a.pth"), "a pipe", "name a file of VGG19")


def test_a_device_is_not_read(tmp_path):
    (tmp_path / "a.pth").symlink_to("/dev/zero")
    assert_says(fault(tmp_path / "a.pth"), "a device", "name a file of VGG19")
