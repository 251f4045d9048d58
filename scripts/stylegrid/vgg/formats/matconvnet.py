"""MatConvNet's file of VGG19, imagenet-vgg-verydeep-19.mat: MATLAB format 5, read by SciPy in a limited process.

A layer is a struct with a name and `weights` = {kernel, bias} or, in older files, `filters` and `biases`. Kernels are
(height, width, in, out). The input is RGB levels minus the mean colour given in the file.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from stylegrid import files, limited_process
from stylegrid.errors import WeightsError
from stylegrid.text import plain
from stylegrid.vgg.architecture import CONVOLUTIONS, Convolution
from stylegrid.vgg.conventions import MATCONVNET, Convention, levels
from stylegrid.vgg.layers import Weights, check_shapes, to_single

READER_MEMORY = 950_000_000  # bytes of address space; 575 MB of weights with the classifier take 617 MB
READER_SECONDS = 4  # CPU seconds, plus those for the file's size
BYTES_PER_SECOND = 20_000_000  # read and inflated on a slow machine

MOST_LAYERS = 200  # VGG19 has 43


def read_matconvnet(path: Path) -> tuple[Weights, Convention]:
    """Return the weights of a MatConvNet file as stored, and their input convention.

    Raises WeightsError naming the file and, if it differs from VGG19, the layer and shapes; RecordError if the
    temporary folder has no room.
    """
    seconds = READER_SECONDS + path.stat().st_size / BYTES_PER_SECOND
    with files.temporary_folder() as folder:
        arguments = (str(path), str(folder / "layers.npz"))
        try:
            errno, fault = json.loads(limited_process.call(convert, *arguments, memory=READER_MEMORY, seconds=seconds))
        except limited_process.BrokeDownError as error:
            errno, fault = 0, str(error)
        if files.is_disk_full(OSError(errno, fault)):
            raise OSError(errno, fault)
        if fault:
            raise WeightsError(f"{path}: cannot be read as a MatConvNet file: {plain(fault)}")
        with np.load(arguments[1]) as arrays:
            return {conv.keras_name: _layer(path, conv, arrays) for conv in CONVOLUTIONS}, _convention(path, arrays)


def _layer(path: Path, conv: Convolution, arrays: Any) -> tuple[np.ndarray, np.ndarray]:
    found = [f"{conv.before_relu}.{part}" for part in ("kernel", "bias")]
    if not all(name in arrays for name in found):
        raise WeightsError(f"{path}: is not VGG19: layer {conv.keras_name} is missing; it should be {conv.before_relu}")
    kernel, bias = (arrays[name] for name in found)
    check_shapes(path, conv, [kernel.shape, bias.shape])
    return to_single(path, conv, kernel, bias)


def _convention(path: Path, arrays: Any) -> Convention:
    if "mean" not in arrays:
        return MATCONVNET
    red, green, blue = (float(level) for level in arrays["mean"])
    if not all(0 <= level <= 255 for level in (red, green, blue)):
        raise WeightsError(f"{path}: its mean colour must be levels from 0 to 255, found {red:g}, {green:g}, {blue:g}")
    return MATCONVNET._replace(mean=levels((red, green, blue)))


def convert(path: str, target: str) -> None:
    """Save the convolutions of a MatConvNet file as .npz; runs in the limited process.

    Writes [errno, fault] to stdout as JSON: [0, ""] for success.
    """
    import scipy.io  # here: only these files need it

    try:
        wanted = ["layers", "meta", "normalization"]
        content = scipy.io.loadmat(path, variable_names=wanted, squeeze_me=True, struct_as_record=False)
        arrays: dict[str, Any] = dict(_convolutions(content)) | _mean(content)
        np.savez(target, **arrays)
        fault: tuple[int, str] = 0, ""
    except MemoryError:
        fault = 0, "it is too large"
    except Exception as error:  # SciPy raises errors of many kinds on damaged files
        fault = getattr(error, "errno", None) or 0, " ".join(str(error).split()) or type(error).__name__
    json.dump(fault, sys.stdout)


def _convolutions(content: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the kernels and biases of VGG19's convolutions by MatConvNet's names."""
    names = {conv.before_relu for conv in CONVOLUTIONS}
    for layer in np.atleast_1d(content.get("layers", []))[:MOST_LAYERS]:
        name = str(getattr(layer, "name", ""))
        if name in names:
            kernel, bias = layer.weights if hasattr(layer, "weights") else (layer.filters, layer.biases)
            yield f"{name}.kernel", _numbers(kernel)
            yield f"{name}.bias", _numbers(bias)


def _numbers(value: Any) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise ValueError("a layer's weights are no numbers")
    return array


def _mean(content: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the mean colour, if there is one, from a picture (224, 224, 3) or a single colour."""
    holder = getattr(content.get("meta"), "normalization", content.get("normalization"))
    picture = getattr(holder, "averageImage", None)
    return {} if picture is None else {"mean": _numbers(picture).reshape(-1, 3).mean(axis=0, dtype=np.float64)}
