"""VGG19's layers as arrays, and the checks on layers from files."""

from pathlib import Path

import numpy as np

from stylegrid.errors import WeightsError
from stylegrid.vgg.architecture import Convolution, Dense

Weights = dict[str, tuple[np.ndarray, np.ndarray]]  # Keras layer name -> kernel (3, 3, in, out), bias (out,)


def check_shapes(path: Path, layer: Convolution | Dense, found: list[tuple[int, ...]], out_first: bool = False) -> None:
    """Raise WeightsError unless a layer's kernel and bias have VGG19's shapes; a kernel may be (out, in, 3, 3)."""
    *space, channels_in, channels = layer.kernel_shape
    kernel = (channels, channels_in, *space) if out_first else layer.kernel_shape
    expected = [kernel, (channels,)]
    if found != expected:
        raise WeightsError(f"{path}: is not VGG19: layer {layer.keras_name} must have shapes {expected}, found {found}")


def to_single(
    path: Path, layer: Convolution | Dense, kernel: np.ndarray, bias: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return a layer in single precision; raises WeightsError unless all its numbers are floating-point and finite."""
    check_floating(path, layer, kernel.dtype, bias.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # overflow gives infinity, which is refused
        kernel, bias = (np.ascontiguousarray(array, np.float32) for array in (kernel, bias))
    check_finite(path, layer.keras_name, kernel, bias)
    return kernel, bias


def check_floating(path: Path, layer: Convolution | Dense, *dtypes: np.dtype) -> None:
    """Raise WeightsError unless a layer's numbers are floating-point."""
    if not all(dtype.kind == "f" or dtype.name == "bfloat16" for dtype in dtypes):
        found = " and ".join(map(str, dtypes))
        raise WeightsError(f"{path}: layer {layer.keras_name} must hold floating-point numbers, found {found}")


def check_finite(path: Path, name: str, *arrays: np.ndarray) -> None:
    """Raise WeightsError unless all numbers of a layer are finite."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise WeightsError(f"{path}: layer {name} holds numbers that are not finite")
