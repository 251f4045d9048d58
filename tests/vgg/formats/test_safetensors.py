"""Files of the format safetensors, written by its own description."""

import json
import struct

import ml_dtypes
import numpy as np
import pytest
from weight_files import assert_says, save_safetensors

from stylegrid.errors import WeightsError
from stylegrid.vgg.formats.safetensors import LARGEST_HEADER, read_shapes, read_tensors

ARRAYS = {
    "single": np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7,
    "half": np.array([0.5, -2.25], np.float16),
    "double": np.array([[1 / 3]], np.float64),
    "brain": np.array([1.5, -3], ml_dtypes.bfloat16),
    "none": np.zeros((0, 3), np.float32),
    "one": np.array(-7, np.int64),
}


def test_every_kind_of_number_is_read(tmp_path):
    path = save_safetensors(tmp_path / "a.safetensors", ARRAYS, __metadata__={"format": "pt"})
    found = read_tensors(path, ARRAYS)
    assert read_shapes(path) == {name: array.shape for name, array in ARRAYS.items()}
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array), name


def test_only_named_tensors_are_read(tmp_path):
    path = save_safetensors(tmp_path / "a.safetensors", ARRAYS)
    assert list(read_tensors(path, ["double"])) == ["double"]


def test_a_tensor_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WeightsError, match=r"a\.safetensors: .*: it has no fc"):
        read_tensors(save_safetensors(tmp_path / "a.safetensors", ARRAYS), ["half", "fc"])


def fault(path, header, numbers=bytes(8), length=None) -> str:
    """Return the one sentence about a file with such a header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + numbers)
    with pytest.raises(WeightsError) as caught:
        read_shapes(path)
    start = f"{path}: cannot be read as a safetensors file: "
    assert str(caught.value).startswith(start) and "\n" not in str(caught.value)
    return str(caught.value).removeprefix(start)


SOUND = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
DAMAGED = {
    "a shape of another size": {"shape": [3]},
    "numbers beyond the file": {"shape": [4], "data_offsets": [0, 16]},
    "numbers before their place": {"shape": [0], "data_offsets": [8, 0]},
    "a negative side": {"shape": [-2]},
    "a negative place": {"data_offsets": [-8, 0]},
    "a side of another kind": {"shape": [2.0]},
    "a truth for a side": {"shape": [True, 2]},
    "a shape that is none": {"shape": None},
    "a kind that is none": {"dtype": "F33"},
    "a kind that is a list": {"dtype": ["F32"]},
    "a place that is none": {"data_offsets": [0]},
    "a giant": {"shape": [1 << 62, 1 << 62]},
    "many sides": {"shape": [1] * 40 + [2]},
}


@pytest.mark.parametrize("change", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_tensor_is_refused(tmp_path, change):
    assert fault(tmp_path / "a.safetensors", {"a": SOUND | change}).startswith("its header is damaged: ")


@pytest.mark.parametrize("header", [b"", b"{", b"[]", b'{"a": 3}', b"\xff\xfe", b'{"a":' + b"[" * 100_000, b"9" * 5000])
def test_a_damaged_header_is_refused(tmp_path, header):
    assert fault(tmp_path / "a.safetensors", header).startswith("its header is damaged: ")


@pytest.mark.parametrize("length", [LARGEST_HEADER + 1, (1 << 64) - 1])
def test_a_header_without_end_is_refused(tmp_path, length):
    found = fault(tmp_path / "a.safetensors", {"a": SOUND}, length=length)
    assert_says(found, "header", length, f"at most {LARGEST_HEADER}")


def test_tensors_that_share_their_numbers_are_not_read_without_end(tmp_path):
    entry = {"dtype": "F32", "shape": [1_000_000], "data_offsets": [0, 4_000_000]}
    text = json.dumps({str(number): entry for number in range(100)}).encode()
    path = tmp_path / "a.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(4_000_000))
    with pytest.raises(WeightsError, match="its tensors have 400000000 bytes; at most 250000000 are read"):
        read_tensors(path, [str(number) for number in range(100)])
