"""Convolutions out of ONNX files that are written here byte by byte."""

import numpy as np
import pytest
from onnx_writer import model

from stylegrid.fast.onnx_tensors import read_convolutions

LEVELS = np.arange(-6, 6, dtype=np.int8).reshape(2, 3, 1, 2)
SCALE = np.float32([0.5, 0.25])
BIAS, BIAS_SCALE = np.int32([-3, 70000]), np.float32([2, 0.125])
ONE = {"conv/weights": (LEVELS, SCALE, BIAS, BIAS_SCALE)}


def test_levels_scales_and_biases_are_read():
    (name, found), *others = read_convolutions(model(ONE)).items()
    assert (name, others) == ("conv/weights_dequant", [])
    assert np.array_equal(found.kernel, LEVELS) and found.kernel.dtype == np.int8
    assert np.array_equal(found.scale, SCALE)
    assert np.array_equal(found.bias, np.float32([-6, 8750]))


def test_a_file_cut_anywhere_is_damaged_or_lacks_convolutions():
    whole = model(ONE)
    for length in range(0, len(whole), 7):
        try:
            found = read_convolutions(whole[:length])
        except ValueError:
            continue
        assert found == {}


def test_kernels_that_are_not_quantised_around_zero_are_refused():
    with pytest.raises(ValueError, match="conv/weights_dequant is not quantised around zero"):
        read_convolutions(model(ONE, zero=1))


def test_kernels_that_are_not_quantised_are_refused():
    with pytest.raises(ValueError, match="conv/weights_dequant is not quantised as expected"):
        read_convolutions(model(ONE).replace(b"DequantizeLinear", b"AnotherOperation"))


def test_other_types_of_numbers_are_refused():
    whole = model(ONE)
    as_doubles = whole.replace(b"\x10\x03\x42\x0cconv/weights", b"\x10\x0b\x42\x0cconv/weights")
    assert as_doubles != whole
    with pytest.raises(ValueError, match="conv/weights has numbers of type 11"):
        read_convolutions(as_doubles)
