"""VGG19's weights as files, against Keras itself."""

import functools
import hashlib
import http.server
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest

from stylegrid import files
from stylegrid.errors import RecordError, WeightsError
from stylegrid.vgg.backbone import choose_backbone, identify_weights, read_backbone
from stylegrid.vgg.published import IMAGENET_FILE, fetch_imagenet
from stylegrid.vgg.untrained import UNTRAINED_FILE, make_untrained
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


@pytest.fixture(scope="module")
def untrained(weights_file):
    return read_weights(weights_file)


@pytest.mark.parametrize("conv", CONVOLUTIONS, ids=lambda conv: conv.keras_name)
def test_an_untrained_network_is_he_normal(untrained, conv):
    kernel, bias = untrained[conv.keras_name]
    height, width, channels_in, _ = conv.kernel_shape
    assert kernel.std() == pytest.approx((2 / (height * width * channels_in)) ** 0.5, rel=0.05)
    assert abs(kernel.mean()) < 5 * kernel.std() / kernel.size**0.5
    assert not bias.any()


def test_an_untrained_network_is_the_same_every_time(weights_file, tmp_path):
    again = make_untrained(tmp_path / "a" / "again.h5")
    assert files.sha256(again) == files.sha256(weights_file)
    assert [path.name for path in again.parent.iterdir()] == ["again.h5"]


def test_an_untrained_network_that_is_there_is_kept(tmp_path):
    save_zeros(tmp_path / "v.h5")
    before = (tmp_path / "v.h5").stat().st_mtime_ns
    make_untrained(tmp_path / "v.h5")
    assert (tmp_path / "v.h5").stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"already there"])
def test_an_untrained_network_that_is_damaged_is_made_again(tmp_path, damage):
    (tmp_path / "v.h5").write_bytes(damage)
    read_weights(make_untrained(tmp_path / "v.h5"))


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
    assert fault(tmp_path / "gone.h5") == "no such file; weights may be auto, imagenet, untrained, or a file of VGG19"


def test_a_folder_is_refused(tmp_path):
    assert fault(tmp_path) == "cannot be read (Is a directory); name a file of VGG19"


def test_a_file_is_chosen_and_identified_by_its_contents(tmp_path):
    path = save_zeros(tmp_path / "a.h5")
    chosen = choose_backbone(str(path), tmp_path)
    assert (chosen.name, chosen.path, chosen.sha256, chosen.notice) == ("file", str(path), files.sha256(path), "")
    assert identify_weights(str(path)) == files.sha256(path)


@pytest.mark.parametrize("word", ["auto", "imagenet", "untrained"])
def test_a_word_identifies_itself_without_a_file(word):
    assert identify_weights(word) == word


def test_an_untrained_network_gives_notice(tmp_path):
    save_zeros(tmp_path / UNTRAINED_FILE)
    assert "untrained network" in choose_backbone("untrained", tmp_path).notice


def test_a_chosen_backbone_is_written_and_read_back(tmp_path):
    backbone = choose_backbone(str(save_zeros(tmp_path / "a.h5")), tmp_path)
    (tmp_path / "backbone.json").write_text(backbone.model_dump_json())
    assert read_backbone(tmp_path / "backbone.json") == backbone


@pytest.mark.parametrize("content", ["", "{}", '{"name": "other", "path": "x", "sha256": "y"}'])
def test_what_names_no_backbone_is_refused(tmp_path, content):
    (tmp_path / "backbone.json").write_text(content)
    with pytest.raises(RecordError, match=r"backbone\.json: does not name a backbone; delete it and run again"):
        read_backbone(tmp_path / "backbone.json")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []
    seconds = 0.0  # that an answer takes
    cut = 0  # bytes that are missing at its end

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        time.sleep(self.seconds)
        super().do_GET()

    def copyfile(self, source, outputfile):
        outputfile.write(source.read()[: -self.cut or None])


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Publish a small file in place of Keras' on a server of this machine; yield its path."""
    (tmp_path / "published").mkdir()
    path = save_zeros(tmp_path / "published" / IMAGENET_FILE)
    monkeypatch.setattr(QuietHandler, "asked", [])
    handler = functools.partial(QuietHandler, directory=str(path.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("stylegrid.vgg.published.IMAGENET_URL", f"http://127.0.0.1:{server.server_port}/{path.name}")
    monkeypatch.setattr("stylegrid.vgg.published.IMAGENET_MD5", hashlib.md5(path.read_bytes()).hexdigest())
    yield path
    server.shutdown()
    server.server_close()


def test_published_weights_are_fetched_once(published, tmp_path):
    chosen = choose_backbone("auto", tmp_path / "folder")
    assert (chosen.name, chosen.sha256) == ("imagenet", files.sha256(published))
    published.unlink()
    assert choose_backbone("imagenet", tmp_path / "folder") == chosen


def test_many_who_ask_at_once_fetch_once(published, tmp_path, monkeypatch):
    monkeypatch.setattr(QuietHandler, "seconds", 0.3)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(fetch_imagenet, [tmp_path / "folder"] * 4))
    assert found == {tmp_path / "folder" / IMAGENET_FILE}
    assert len(QuietHandler.asked) == 1


def test_a_partial_file_is_never_taken_for_weights_nor_left_behind(published, tmp_path, monkeypatch):
    monkeypatch.setattr(QuietHandler, "cut", 1000)
    folder = tmp_path / "folder"
    with pytest.raises(WeightsError, match="could not be fetched"):
        fetch_imagenet(folder)
    assert [path.name for path in folder.iterdir()] == [f".{IMAGENET_FILE}.lock"]


def test_damaged_weights_that_lie_there_are_fetched_again(published, tmp_path):
    folder = tmp_path / "folder"
    files.write_bytes(folder / IMAGENET_FILE, b"half of")
    assert choose_backbone("imagenet", folder).sha256 == files.sha256(published)


def test_weights_in_keras_own_cache_are_used(published, tmp_path):
    cached = tmp_path / "keras" / "models" / IMAGENET_FILE
    cached.parent.mkdir(parents=True)
    published.rename(cached)
    assert choose_backbone("imagenet", tmp_path / "folder").path == str(cached)


def test_damaged_weights_are_not_taken_for_published_ones(published, tmp_path):
    published.write_bytes(b"damaged on its way")
    with pytest.raises(WeightsError, match=f"could not be fetched .*: put {IMAGENET_FILE} .* or set weights to"):
        choose_backbone("imagenet", tmp_path / "folder")
    assert not (tmp_path / "folder" / IMAGENET_FILE).exists()


def test_auto_falls_back_to_an_untrained_network(published, tmp_path):
    published.unlink()
    save_zeros(tmp_path / UNTRAINED_FILE)
    assert choose_backbone("auto", tmp_path).name == "untrained"
