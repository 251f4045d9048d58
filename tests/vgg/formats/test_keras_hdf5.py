"""VGG19's weights in Keras' files, against Keras itself."""

import json
import os
import resource
import zipfile

import h5py
import numpy as np
import pytest
from weight_files import SHAPES, assert_says, fault, save_zeros

from stylegrid.errors import RecordError
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.formats import keras_zip
from stylegrid.vgg.weights.read import read_weights


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


@pytest.mark.parametrize(
    "place",
    [
        "vgg19/{layer}/{layer}/{part}:0",
        "model_weights/vgg19/{layer}/{part}:0",
        "model_weights/transfer/encoder/vgg19/{layer}/{layer}/{part}:0",
        "mine/{layer}/{part}",
    ],
)
def test_vgg19_is_found_inside_another_model(tmp_path, place):
    path = save_zeros(tmp_path / "a.h5", place=place)
    with h5py.File(path, "a") as file:
        file.create_dataset("head/head/kernel:0", (512, 10))
    found = read_weights(path)
    assert {name: kernel.shape for name, (kernel, _) in found.items()} == SHAPES


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras itself
@pytest.mark.parametrize("ending", ["weights.h5", "h5", "keras"])
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file:UserWarning")
def test_a_model_that_keras_saves_with_vgg19_inside_is_read(keras_vgg19, tmp_path, ending):
    import keras

    whole = keras.Sequential([keras.Input((64, 64, 3)), keras_vgg19, keras.layers.Flatten(), keras.layers.Dense(3)])
    path = tmp_path / f"a.{ending}"
    whole.save_weights(path) if ending == "weights.h5" else whole.save(path)
    assert_same_as(keras_vgg19, read_weights(path))


def test_other_layers_are_named_with_what_to_save(tmp_path):
    path = save_zeros(tmp_path / "a.h5", {"convolution2d_1": (64, 3, 3, 3), "convolution2d_2": (64, 64, 3, 3)})
    assert_says(fault(path), "not VGG19", "found convolution2d_1, convolution2d_2;", "block1_conv1", "save_weights()")


def test_groups_in_a_ring_end(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        inner = file.create_group("a/b")
        for number in range(150):
            inner[f"ring{number}"] = file["a"]
    assert_says(fault(tmp_path / "a.h5"), "not VGG19", "found a;")


def test_a_classifier_is_left_out(tmp_path):
    shapes = {**SHAPES, "fc1": (25088, 4096), "predictions": (4096, 1000)}
    assert list(read_weights(save_zeros(tmp_path / "a.h5", shapes))) == list(SHAPES)


def test_half_precision_is_read_as_single(tmp_path):
    kernel, bias = read_weights(save_zeros(tmp_path / "a.h5", dtype="f2"))["block1_conv1"]
    assert (kernel.dtype, bias.dtype) == (np.float32, np.float32)


def test_another_networks_shapes_are_refused_by_layer(tmp_path):
    path = save_zeros(tmp_path / "a.h5", {**SHAPES, "block3_conv1": (5, 5, 128, 256)})
    expected = "layer block3_conv1 must have shapes [(3, 3, 128, 256), (256,)], found [(5, 5, 128, 256), (256,)]"
    assert_says(fault(path), "not VGG19", expected)


def test_a_missing_layer_is_named(tmp_path):
    path = save_zeros(tmp_path / "a.h5", {name: shape for name, shape in SHAPES.items() if name != "block4_conv4"})
    assert_says(fault(path), "not VGG19", "block4_conv4 is missing")


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
    assert_says(fault(path), "block2_conv2", "not finite")


@pytest.mark.parametrize("place", ["block1_conv1", "block1_conv1/block1_conv1_W_1:0"])
def test_a_link_to_another_file_is_refused(tmp_path, place):
    save_zeros(tmp_path / "other.h5")
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file[place]
        file[place] = h5py.ExternalLink("other.h5", place)
    assert_says(fault(path), place.split("/")[-1], "link to another file", "save the weights as one file")


def test_numbers_kept_in_another_file_are_refused(tmp_path):
    (tmp_path / "secret.bin").write_bytes(bytes(256))
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        del file["block1_conv1/block1_conv1_b_1:0"]
        secret = [(str(tmp_path / "secret.bin"), 0, 256)]
        file.create_dataset("block1_conv1/block1_conv1_b_1:0", (64,), "f4", external=secret)
    assert_says(fault(path), "block1_conv1_b_1:0", "in another file", "save the weights as one file")


def test_groups_within_themselves_are_refused(tmp_path):
    path = save_zeros(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file["block1_conv1/loop"] = file["block1_conv1"]
    assert_says(fault(path), "not VGG19", "groups within groups", "/block1_conv1/loop/loop")


def test_numbers_in_the_place_of_layers_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["layers"] = np.zeros(3)
    assert_says(fault(tmp_path / "a.h5"), "is not VGG19", "found layers")


def test_a_truncated_file_is_refused(tmp_path, weights_file):
    (tmp_path / "a.h5").write_bytes(weights_file.read_bytes()[:1_000_000])
    assert fault(tmp_path / "a.h5").startswith("is not a Keras weights file in HDF5 (")


def test_a_damaged_hdf5_is_refused(tmp_path):
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert fault(tmp_path / "a.h5").startswith("is not a Keras weights file in HDF5 (")


# .keras


@pytest.fixture(scope="module")
def keras_hdf5(keras_vgg19, tmp_path_factory):
    path = tmp_path_factory.mktemp("keras") / "vgg19.keras"
    keras_vgg19.save(path)
    return path


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras itself
def test_a_model_that_keras_saves_is_read(keras_vgg19, keras_hdf5):
    assert_same_as(keras_vgg19, read_weights(keras_hdf5))


def zipped(path, config="{}", weights=None):
    """Save a .keras file of a config and a file of weights, and return the path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", config)
        if weights:
            archive.write(weights, "model.weights.h5")
        else:
            archive.writestr("model.weights.h5", "")
    return path


def test_a_compressed_model_is_read(tmp_path):
    path = zipped(tmp_path / "a.keras", weights=save_zeros(tmp_path / "w.h5"))
    assert {name: kernel.shape for name, (kernel, _) in read_weights(path).items()} == SHAPES


OWN = {"module": "keras.layers", "class_name": "Conv2D", "config": {}, "registered_name": None}
CUSTOM = {
    "registered": ({**OWN, "module": None, "class_name": "My", "registered_name": "mine>My"}, "mine>My"),
    "of a module": ({**OWN, "module": "evil", "class_name": "Layer", "registered_name": "Layer"}, "evil.Layer"),
    "of a like name": ({**OWN, "module": "kerasx.layers"}, "kerasx.layers.Conv2D"),
    "a function": ({**OWN, "module": "builtins", "class_name": "function"}, "builtins.function"),
    "Python code": ({"class_name": "__lambda__", "config": {"value": "4wEA"}}, "__lambda__"),
    "under another name": ({**OWN, "registered_name": "mine>Conv2D"}, "keras.layers.mine>Conv2D"),
    "only registered": ({"registered_name": "x"}, "x"),
    "of no text": ({**OWN, "module": 3}, "Conv2D"),
}


@pytest.mark.parametrize(("item", "name"), CUSTOM.values(), ids=CUSTOM)
def test_a_custom_object_is_refused_by_name(tmp_path, item, name):
    config = json.dumps({**OWN, "config": {"layers": [OWN, [{"activation": item}]]}})
    found = fault(zipped(tmp_path / "a.keras", config))
    assert found.startswith(f"cannot be read as a .keras file: it has a custom object, {name}; save_weights()")


def test_keras_own_registered_name_is_no_custom_object(tmp_path):
    item = {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional"}
    path = zipped(tmp_path / "a.keras", json.dumps(item), save_zeros(tmp_path / "w.h5"))
    assert list(read_weights(path)) == list(SHAPES)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras itself
def test_a_model_that_keras_saves_with_a_custom_layer_is_refused(tmp_path):
    import keras

    class Mine(keras.layers.Layer):
        def call(self, x):
            return x

    picture = keras.Input((8, 8, 3))
    keras.Model(picture, Mine()(picture)).save(tmp_path / "a.keras")
    assert "it has a custom object, " in fault(tmp_path / "a.keras")


@pytest.mark.parametrize(
    "config", ["", "{", "[" * 100_000, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_a_config_that_is_no_json_is_refused(tmp_path, config):
    assert fault(zipped(tmp_path / "a.keras", config)).startswith("cannot be read as a .keras file: ")


def test_weights_that_unpack_to_gigabytes_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.keras", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("config.json", "{}")
        with archive.open("model.weights.h5", "w") as entry:
            for _ in range(610):
                entry.write(bytes(1_000_000))
    assert_says(fault(tmp_path / "a.keras"), "model.weights.h5", 610000000, f"at most {keras_zip.LARGEST_WEIGHTS}")


def test_weights_that_claim_less_than_they_unpack_to_are_refused(tmp_path):
    path = zipped(tmp_path / "a.keras", weights=save_zeros(tmp_path / "w.h5"))
    size = (tmp_path / "w.h5").stat().st_size.to_bytes(4, "little")
    assert path.read_bytes().count(size) == 2
    path.write_bytes(path.read_bytes().replace(size, (1000).to_bytes(4, "little")))
    assert fault(path).startswith("is a damaged ZIP file (Bad CRC-32")


def test_a_full_temporary_folder_is_named(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.keras", weights=save_zeros(tmp_path / "w.h5"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(RecordError) as caught:
            read_weights(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert str(caught.value).startswith(f"{tmp_path}: no room ") and "set TMPDIR" in str(caught.value)
    assert sorted(tmp_path.iterdir()) == [path, tmp_path / "w.h5"]


def test_a_link_to_another_file_within_a_model_is_refused(tmp_path):
    save_zeros(tmp_path / "other.h5")
    with h5py.File(save_zeros(tmp_path / "w.h5"), "a") as file:
        del file["block1_conv1"]
        file["block1_conv1"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "block1_conv1")
    path = zipped(tmp_path / "a.keras", weights=tmp_path / "w.h5")
    assert_says(fault(path), "block1_conv1", "link to another file", "save the weights as one file")


def test_damage_within_a_model_is_told_of_the_model(tmp_path):
    (tmp_path / "w.h5").write_bytes(b"no HDF5")
    found = fault(zipped(tmp_path / "a.keras", weights=tmp_path / "w.h5"))
    assert found.startswith("is not a Keras weights file in HDF5 (") and "stylegrid." not in found


def test_whole_numbers_are_refused(tmp_path):
    assert fault(save_zeros(tmp_path / "a.h5", dtype="i4")).endswith("found int32 and int32")
