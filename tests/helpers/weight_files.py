"""Files of VGG19's weights in the formats of others, written for tests; PyTorch's are in torch_writer."""

import io
import json
import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io

from stylegrid.errors import WeightsError
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.weights.read import read_weights

SHAPES = {conv.keras_name: conv.kernel_shape for conv in CONVOLUTIONS}


def save_zeros(path, shapes=SHAPES, place="{layer}/{layer}_{part}_1:0", dtype="f4"):
    """Save zeros in Keras' legacy format, which take no room on disk, and return the path."""
    with h5py.File(path, "w") as file:
        for layer, shape in shapes.items():
            file.create_dataset(place.format(layer=layer, part="W"), shape, dtype)
            file.create_dataset(place.format(layer=layer, part="b"), shape[-1:], dtype)
    return path


def fault(path) -> str:
    """Return the one sentence about a bad file, without its path."""
    with pytest.raises(WeightsError) as caught:
        read_weights(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def assert_says(text: str, *parts: object) -> None:
    """Assert that a message has its key, what was found and the remedy, whatever words stand between."""
    assert [part for part in parts if str(part) not in text] == [], text


# torchvision's names, as its documentation lists them.
PLACES = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)


def named(weights, name="features.{place}") -> dict[str, np.ndarray]:
    """Return weights by PyTorch's names, kernels as (out, in, height, width)."""
    found = {}
    for conv, place in zip(CONVOLUTIONS, PLACES, strict=True):
        stem = name.format(place=place, conv=conv.before_relu)
        kernel, bias = weights[conv.keras_name]
        found |= {f"{stem}.weight": np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), f"{stem}.bias": bias}
    return found


def save_safetensors(path: Path, arrays: Mapping[str, np.ndarray], **header: Any) -> Path:
    """Save arrays as safetensors, and return the path; `header` is added to the file's own."""
    kinds = {"float32": "F32", "float16": "F16", "float64": "F64", "bfloat16": "BF16", "int64": "I64"}
    place, entries = 0, {}
    for name, array in arrays.items():
        offsets = [place, place + array.nbytes]
        entries[name] = {"dtype": kinds[array.dtype.name], "shape": list(array.shape), "data_offsets": offsets}
        place += array.nbytes
    text = json.dumps({**entries, **header}).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(array.tobytes())
    return path


def save_numbered(path: Path, layers: Iterable[tuple[np.ndarray, np.ndarray]]) -> Path:
    """Save layers in Keras 3's format, which numbers convolutions in place of names, and return the path."""
    with h5py.File(path, "w") as file:
        for number, arrays in enumerate(layers):
            group = file.create_group(f"layers/conv2d_{number}/vars" if number else "layers/conv2d/vars")
            for key, array in zip("01", arrays, strict=True):
                group.create_dataset(key, data=array)
        file.create_group("layers/max_pooling2d/vars")
    return path


def save_chunks(path: Path, weights) -> Path:
    """Save compressed layers in Keras' legacy format, and return the path."""
    with h5py.File(path, "w") as file:
        for name, arrays in weights.items():
            for part, array in zip("Wb", arrays, strict=True):
                file.create_dataset(f"{name}/{name}_{part}_1:0", data=array, chunks=array.shape, compression="gzip")
    return path


def zip_keras(weights: bytes) -> bytes:
    """Return a .keras file of a file of weights."""
    layer = {"module": "keras.layers", "class_name": "Conv2D", "config": {"name": "a"}, "registered_name": None}
    config = {"module": "keras", "class_name": "Functional", "config": {"layers": [layer]}, "registered_name": None}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights)
    return buffer.getvalue()


def cells(values) -> np.ndarray:
    """Return a cell array of MATLAB with one row."""
    found = np.empty((1, len(values)), object)
    for number, value in enumerate(values):
        found[0, number] = value
    return found


def mat_layers(weights, old: bool = False) -> list[dict[str, Any]]:
    """Return a MatConvNet network's layers; old ones have filters and biases."""
    layers = []
    for conv in CONVOLUTIONS:
        if conv.keras_name in weights:
            kernel, bias = weights[conv.keras_name]
            pair = (kernel, bias.reshape(1, -1))
            numbers = {"filters": pair[0], "biases": pair[1]} if old else {"weights": cells(pair)}
            layers.append({"name": conv.before_relu, "type": "conv", "pad": np.ones((1, 4)), **numbers})
            layers.append({"name": conv.after_relu, "type": "relu"})
    return layers


def save_mat(path: Path, weights, old: bool = False, mean: Any = (123.68, 116.779, 103.939), **how: Any) -> Path:
    """Save a MatConvNet network, and return the path."""
    picture = np.broadcast_to(np.array(mean, np.float32), (8, 8, 3) if old else (1, 1, 3))
    normalization = {"averageImage": picture, "imageSize": np.array([[224.0, 224, 3]])}
    about = {"normalization": normalization} if old else {"meta": {"normalization": normalization}}
    about = about if mean is not None else {}
    scipy.io.savemat(path, {"layers": cells(mat_layers(weights, old)), **about}, **how)
    return path
