"""Files of VGG19's weights, in any supported format and input convention, as weights in one normal form.

Simonyan and Zisserman's network (arXiv:1409.1556, CC BY 4.0) is recognised by its first numbers, in whatever order of
channels and axes a file has them, since that order decides the input convention.
"""

import logging
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.vgg.conventions import CAFFE, FIRST, LEVELS, MATCONVNET, Convention, fold
from stylegrid.vgg.formats import pytorch, safetensors
from stylegrid.vgg.formats.keras_hdf5 import read_hdf5
from stylegrid.vgg.formats.keras_zip import is_keras_zip, read_keras_zip
from stylegrid.vgg.formats.matconvnet import read_matconvnet
from stylegrid.vgg.formats.tensor_names import find_layers
from stylegrid.vgg.layers import Weights, check_finite, check_shapes, to_single
from stylegrid.vgg.weights.labels import WORDS

_log = logging.getLogger(__name__)

# The published network: biases of the first four filters, and the first filter (height, width, channel), blue first.
BIASES = (0.7301776, 0.06493629, 0.03428847, 0.8260386)
FILTER = np.array(
    [
        *([0.34119523, 0.46418372, 0.39416704], [0.33999205, 0.41810837, 0.37740308]),
        *([-0.04484424, -0.04806903, -0.04594866], [0.23215917, 0.30511212, 0.2671299]),
        *([0.08978214, 0.10385381, 0.09986369], [-0.30331427, -0.37314063, -0.34100872]),
        *([-0.07260918, -0.07646758, -0.07573577], [-0.246675, -0.3107071, -0.2803425]),
        [-0.33683276, -0.46453714, -0.41602272],
    ]
).reshape(3, 3, 3)
BIAS_TOLERANCE = 3e-3  # bfloat16 rounds by up to 2e-3, half precision by 2e-4
FILTER_TOLERANCE = 0.02  # of its norm; 8-bit kernels differ by 0.004, another order by 0.1 and more

FORMATS = "Keras' .h5, .weights.h5 and .keras, MatConvNet's .mat, PyTorch's .pth and .pt, and .safetensors"


class _Network(NamedTuple):
    """The weights of a file, their input convention, and the file's format."""

    weights: Weights
    convention: Convention
    format: str


class _NamedTensors(Protocol):
    """A module that reads a file format of named tensors."""

    def read_shapes(self, path: Path, /) -> dict[str, tuple[int, ...]]: ...

    def read_tensors(self, path: Path, names: Collection[str], /) -> dict[str, np.ndarray]: ...


def read_weights(path: Path) -> Weights:
    """Return the weights of a file of VGG19 in normal form.

    The file's first bytes tell the format: Keras' HDF5 or ZIP, MatConvNet, PyTorch (ZIP or older), or safetensors. In
    normal form the input is that of Keras' `caffe` preprocessing, BGR levels minus their mean, and activations have the
    scale of such a network. The classifier is left out; only numbers are read.

    Raises WeightsError naming the file and, if it differs from VGG19, the layer and shapes.
    """
    try:
        if files.special(path):
            raise WeightsError(f"{path}: is {files.special(path)}; name a file of VGG19")
        with path.open("rb") as file:
            head = file.read(16)
        return _normal_form(path, _reader(path, head)(path))
    except FileNotFoundError:
        remedy = f"weights may be {', '.join(WORDS)}, or a file of VGG19"
        raise WeightsError(files.absent(path, remedy)) from None
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise WeightsError(f"{path}: cannot be read ({reason}); name a file of VGG19") from error


def _reader(path: Path, head: bytes) -> Callable[[Path], _Network]:
    """Return the reader of the format whose files begin with `head`."""
    if head.startswith(b"\x89HDF\r\n\x1a\n"):
        return lambda path: _Network(read_hdf5(path), CAFFE, "Keras")
    if head.startswith(b"PK"):
        return _read_keras_zip if is_keras_zip(path) else _read_pytorch
    if head.startswith(b"MATLAB 5.0 MAT"):
        return lambda path: _Network(*read_matconvnet(path), "MatConvNet")
    if head.startswith(b"\x80"):
        return _read_pytorch
    if head[8:9] == b"{":
        return lambda path: _read_named(path, safetensors, "safetensors")
    raise WeightsError(f"{path}: is no file of weights, or damaged; allowed are {FORMATS}")


def _read_keras_zip(path: Path) -> _Network:
    return _Network(read_keras_zip(path), CAFFE, ".keras")


def _read_pytorch(path: Path) -> _Network:
    return _read_named(path, pytorch, "PyTorch")


def _read_named(path: Path, module: _NamedTensors, name: str) -> _Network:
    """Return the network of a file of named tensors; checks shapes before it reads numbers."""
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
    weights, convention, format_ = _correct_published(path, network)
    if (format_, convention) != ("Keras", CAFFE):
        _log.info("%s: read as VGG19 of format %s, convention %s", path, format_, convention.name)
    folded = fold(weights, convention)
    for name, arrays in folded.items():
        check_finite(path, name, *arrays)  # folding may overflow to infinity
    return folded


def _correct_published(path: Path, network: _Network) -> _Network:
    """Return the published network with its convention and kernels corrected; any other network as it is."""
    kernel, bias = network.weights[FIRST]
    if not np.allclose(bias[:4], BIASES, rtol=0, atol=BIAS_TOLERANCE):
        return network
    order = _find_order(kernel)
    if order is None:
        raise WeightsError(
            f"{path}: has the biases of the published VGG19, but its first kernel in no known order; get the file again"
        )
    bgr, swapped = order
    weights = {name: (kernel.swapaxes(0, 1), bias) for name, (kernel, bias) in network.weights.items()}
    mean = network.convention.mean if network.convention.scale == LEVELS else CAFFE.mean
    convention = (CAFFE if bgr else MATCONVNET)._replace(mean=mean)
    return network._replace(weights=weights if swapped else network.weights, convention=convention)


def _find_order(kernel: np.ndarray) -> tuple[bool, bool] | None:
    """Return whether the published network's first kernel has blue first, and whether height and width are swapped.

    None if its first filter is in none of the four orders.
    """
    for bgr in (True, False):
        for swapped in (False, True):
            found = kernel[:, :, :: 1 if bgr else -1, 0]
            found = found.swapaxes(0, 1) if swapped else found
            if np.linalg.norm(found - FILTER) < FILTER_TOLERANCE * np.linalg.norm(FILTER):
                return bgr, swapped
    return None
