"""VGG19's weights as files, against Keras itself."""

import os

import h5py
import numpy as np
import pytest

from stylegrid.errors import WeightsError
from stylegrid.vgg.weights_file import read_weights
from stylegrid.vgg19 import CONVOLUTIONS


@pytest.fixture(scope="module")
def keras_vgg19():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    return keras.applications.VGG19(weights=None, include_top=False)


def assert_same_as(model, found):
    assert list(found) == [conv.keras_name for conv in CONVOLUTIONS]
    for name, arrays in found.items():
        for array, expected in zip(arrays, model.get_layer(name).get_weights(), strict=True):
            assert np.array_equal(array, expected), name


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras itself
def test_a_file_that_keras_saves_is_read(keras_vgg19, tmp_path):
    keras_vgg19.save_weights(tmp_path / "a.weights.h5")
    assert_same_as(keras_vgg19, read_weights(tmp_path / "a.weights.h5"))


def test_keras_reads_the_file_that_is_written(keras_vgg19, weights_file):
    keras_vgg19.load_weights(weights_file)
    assert_same_as(keras_vgg19, read_weights(weights_file))


SHAPES = {conv.keras_name: conv.kernel_shape for conv in CONVOLUTIONS}


def save_zeros(path, shapes=SHAPES, place="{layer}/{layer}_{part}_1:0", dtype="f4"):
    """Save zeros in Keras' legacy format, which take no room on disk, and return the path."""
    with h5py.File(path, "w") as file:
        for layer, shape in shapes.items():
            file.create_dataset(place.format(layer=layer, part="W"), shape, dtype)
            file.create_dataset(place.format(layer=layer, part="b"), shape[-1:], dtype)
    return path


@pytest.mark.parametrize(
    "place",
    [
        "{layer}/{layer}_{part}_1:0",
        "{layer}/{layer}/{part}:0",
        "model_weights/{layer}/{layer}/{part}:0",
    ],
)
def test_layers_are_found_where_versions_of_keras_put_them(tmp_path, place):
    found = read_weights(save_zeros(tmp_path / "a.h5", place=place))
    assert {name: kernel.shape for name, (kernel, _) in found.items()} == SHAPES


def test_a_classifier_is_left_out(tmp_path):
    shapes = {**SHAPES, "fc1": (25088, 4096), "predictions": (4096, 1000)}
    assert list(read_weights(save_zeros(tmp_path / "a.h5", shapes))) == list(SHAPES)


def test_half_precision_is_read_as_single(tmp_path):
    kernel, bias = read_weights(save_zeros(tmp_path / "a.h5", dtype="f2"))["block1_conv1"]
    assert (kernel.dtype, bias.dtype) == (np.float32, np.float32)


def fault(path) -> str:
    """Return the one sentence about a bad file."""
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def test_another_networks_shapes_are_refused_by_layer(tmp_path):
    path = save_zeros(tmp_path / "a.h5", {**SHAPES, "block3_conv1": (5, 5, 128, 256)})
    expected = "layer block3_conv1 must have shapes [(3, 3, 128, 256), (256,)], found [(5, 5, 128, 256), (256,)]"
    assert fault(path) == f"is not VGG19: {expected}"


def test_a_missing_layer_is_named(tmp_path):
    path = save_zeros(tmp_path / "a.h5", {name: shape for name, shape in SHAPES.items() if name != "block4_conv4"})
    assert fault(path) == "is not VGG19: layer block4_conv4 is missing"


def save_numbered(path, shapes):
    """Save zeros in Keras 3's format, which numbers convolutions in place of names, and return the path."""
    with h5py.File(path, "w") as file:
        for number, shape in enumerate(shapes):
            group = file.create_group(f"layers/conv2d_{number}/vars" if number else "layers/conv2d/vars")
            group.create_dataset("0", shape, "f4")
            group.create_dataset("1", shape[-1:], "f4")
        file.create_group("layers/conv2d_transpose/vars")
        file.create_group("layers/max_pooling2d/vars")
    return path


def test_numbered_convolutions_are_read_in_the_order_of_numbers(tmp_path):
    found = read_weights(save_numbered(tmp_path / "a.weights.h5", SHAPES.values()))
    assert {name: kernel.shape for name, (kernel, _) in found.items()} == SHAPES


def test_vgg16_is_refused(tmp_path):
    vgg16 = [shape for name, shape in SHAPES.items() if not name.endswith("conv4")]
    assert fault(save_numbered(tmp_path / "a.weights.h5", vgg16)).startswith(
        "is not VGG19: layer block3_conv4 must have shapes [(3, 3, 256, 256), (256,)], found [(3, 3, 256, 512)"
    )


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(tmp_path, value):
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file["block2_conv2/block2_conv2_b_1:0"][5] = value
    assert fault(path) == "layer block2_conv2 holds numbers that are not finite"


@pytest.mark.parametrize("place", ["block1_conv1", "block1_conv1/block1_conv1_W_1:0"])
def test_a_link_to_another_file_is_refused(tmp_path, place):
    save_zeros(tmp_path / "other.h5")
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file[place]
        file[place] = h5py.ExternalLink("other.h5", place)
    assert fault(path) == f"{place.split('/')[-1]} is a link to another file; save the weights as one file"


def test_numbers_kept_in_another_file_are_refused(tmp_path):
    (tmp_path / "secret.bin").write_bytes(bytes(256))
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file["block1_conv1/block1_conv1_b_1:0"]
        secret = [(str(tmp_path / "secret.bin"), 0, 256)]
        file.create_dataset("block1_conv1/block1_conv1_b_1:0", (64,), "f4", external=secret)
    assert fault(path) == "block1_conv1_b_1:0 is kept in another file; save the weights as one file"


def test_groups_within_themselves_are_refused(tmp_path):
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file["block1_conv1/loop"] = file["block1_conv1"]
    assert fault(path) == "is not VGG19: groups within groups at /block1_conv1/loop/loop"


def test_numbers_in_the_place_of_layers_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["layers"] = np.zeros(3)
    assert fault(tmp_path / "a.h5").startswith("is not a Keras weights file in HDF5 (")


@pytest.mark.parametrize("content", [b"", b"not HDF5", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_a_file_that_is_not_hdf5_is_refused(tmp_path, content):
    (tmp_path / "a.h5").write_bytes(content)
    assert fault(tmp_path / "a.h5").startswith("is not a Keras weights file in HDF5 (")


def test_a_truncated_file_is_refused(tmp_path, weights_file):
    (tmp_path / "a.h5").write_bytes(weights_file.read_bytes()[:1_000_000])
    assert fault(tmp_path / "a.h5").startswith("is not a Keras weights file in HDF5 (")


def test_a_missing_file_is_refused_with_what_is_allowed(tmp_path):
    assert fault(tmp_path / "gone.h5") == (
        "no such file; weights may be auto, imagenet-8bit, imagenet, untrained, or a file of VGG19"
    )


def test_a_folder_is_refused(tmp_path):
    assert fault(tmp_path) == "cannot be read (Is a directory); name a file of VGG19"
