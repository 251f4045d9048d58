"""A file of VGG19's weights, in any of the formats that people have, as weights in one normal form."""

import logging
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.vgg.conventions import CAFFE, FIRST, LEVELS, MATCONVNET, Convention, fold
from stylegrid.vgg.files import safetensors_file, torch_file
from stylegrid.vgg.files.keras_file import read_hdf5
from stylegrid.vgg.files.keras_zip import is_keras_zip, read_keras_zip
from stylegrid.vgg.files.layer_names import find_layers
from stylegrid.vgg.files.matconvnet_file import read_matconvnet
from stylegrid.vgg.layers import Weights, check_finite, check_shapes, to_single
from stylegrid.vgg.weights.fingerprint import find_order, is_oxford
from stylegrid.vgg.weights.labels import WORDS

__all__ = ["Weights", "read_weights"]

_log = logging.getLogger(__name__)

FORMATS = "Keras' .h5, .weights.h5 and .keras, MatConvNet's .mat, PyTorch's .pth and .pt, and .safetensors"


class _Network(NamedTuple):
    """Weights as they stand in a file, what they see, and the format."""

    weights: Weights
    convention: Convention
    format: str


class _NamedTensors(Protocol):
    """A module that reads a format of named tensors."""

    def read_shapes(self, path: Path, /) -> dict[str, tuple[int, ...]]: ...

    def read_tensors(self, path: Path, names: Collection[str], /) -> dict[str, np.ndarray]: ...


def read_weights(path: Path) -> Weights:
    """Return the weights of a file of VGG19 in normal form, whatever its format and the convention of its input.

    The format is told by the file's first bytes: Keras' HDF5 and ZIP, MatConvNet's, PyTorch's (ZIP and older), or
    safetensors. In normal form the network sees what Keras' `caffe` preprocessing makes: BGR levels minus their mean;
    activations have the size of such a network. A classifier is left out, and only numbers are read.

    Raises WeightsError naming the file and, where it differs from VGG19, the layer and shapes.
    """
    try:
        if files.special(path):
            raise WeightsError(f"{path}: is {files.special(path)}; name a file of VGG19")
        with path.open("rb") as file:
            head = file.read(16)
        return _normal_form(path, _reader(path, head)(path))
    except FileNotFoundError:
        raise WeightsError(f"{path}: no such file; weights may be {', '.join(WORDS)}, or a file of VGG19") from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise WeightsError(f"{path}: cannot be read ({reason}); name a file of VGG19") from error


def _reader(path: Path, head: bytes) -> Callable[[Path], _Network]:
    """Return what reads a file that begins so."""
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return lambda path: _Network(read_hdf5(path), CAFFE, "Keras")
    if head.startswith(b"PK"):
        return _read_keras_zip if is_keras_zip(path) else _read_torch
    if head.startswith(b"MATLAB 5.0 MAT"):
        return lambda path: _Network(*read_matconvnet(path), "MatConvNet")
    if head.startswith(b"\x80"):
        return _read_torch
    if head[8:9] == b"{":
        return lambda path: _read_named(path, safetensors_file, "safetensors")
    raise WeightsError(f"{path}: is no file of weights, or damaged; allowed are {FORMATS}")


def _read_keras_zip(path: Path) -> _Network:
    return _Network(read_keras_zip(path), CAFFE, ".keras")


def _read_torch(path: Path) -> _Network:
    return _read_named(path, torch_file, "PyTorch")


def _read_named(path: Path, module: _NamedTensors, name: str) -> _Network:
    """Return the network of a file of named tensors; shapes are checked before numbers are read."""
    shapes = module.read_shapes(path)
    found = find_layers(path, shapes)
    for conv, pair in found.names.items():
        check_shapes(path, conv, [shapes[name] for name in pair], found.out_first)
    arrays = module.read_tensors(path, [name for pair in found.names.values() for name in pair])
    axes = (2, 3, 1, 0) if found.out_first else (0, 1, 2, 3)
    weights = {
        conv.keras_name: to_single(path, conv, arrays[kernel].transpose(axes), arrays[bias])
        for conv, (kernel, bias) in found.names.items()
    }
    return _Network(weights, found.convention, name)


def _normal_form(path: Path, network: _Network) -> Weights:
    weights, convention, format_ = _recognised(path, network)
    if (format_, convention) != ("Keras", CAFFE):
        _log.info("%s: read as VGG19 of format %s, convention %s", path, format_, convention.name)
    folded = fold(weights, convention)
    for name, arrays in folded.items():
        check_finite(path, name, *arrays)  # a large number may have become infinite
    return folded


def _recognised(path: Path, network: _Network) -> _Network:
    """Return a network with its convention and kernels set right, if it is the published one in whatever order."""
    kernel, bias = network.weights[FIRST]
    if not is_oxford(bias):
        return network
    order = find_order(kernel)
    if order is None:
        raise WeightsError(f"{path}: has the biases of the published VGG19, and its first kernel in no known order")
    bgr, swapped = order
    weights = {name: (kernel.swapaxes(0, 1), bias) for name, (kernel, bias) in network.weights.items()}
    mean = network.convention.mean if network.convention.scale == LEVELS else CAFFE.mean
    convention = (CAFFE if bgr else MATCONVNET)._replace(mean=mean)
    return network._replace(weights=weights if swapped else network.weights, convention=convention)
