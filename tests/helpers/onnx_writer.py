"""Writes ONNX files of quantised convolutions, byte by byte in protobuf's wire format."""

from collections.abc import Iterable, Mapping

import numpy as np

FLOAT, INT8, INT32 = 1, 3, 6
TYPES = {"float32": FLOAT, "int8": INT8, "int32": INT32}


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def tensor(name: str, array: np.ndarray) -> bytes:
    dims = b"".join(number_field(1, side) for side in array.shape)
    kind = number_field(2, TYPES[array.dtype.name])
    return dims + kind + field(8, name.encode()) + field(9, array.tobytes())


def node(kind: str, inputs: Iterable[str], output: str) -> bytes:
    return b"".join(field(1, name.encode()) for name in inputs) + field(2, output.encode()) + field(4, kind.encode())


def dequantised(name: str, array: np.ndarray, scale: np.ndarray, zero: int) -> bytes:
    """Return the parts of a graph for one dequantised tensor."""
    parts = {name: array, f"{name}_scale": scale, f"{name}_zero": np.full(scale.shape, zero, array.dtype)}
    tensors = b"".join(field(5, tensor(part, values)) for part, values in parts.items())
    return tensors + field(1, node("DequantizeLinear", parts, f"{name}_dequant"))


def model(convolutions: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]], zero: int = 0) -> bytes:
    """Return an ONNX file: kernel's name -> levels, their scale, the bias' levels, and their scale."""
    graph = b""
    for name, (levels, scale, bias, bias_scale) in convolutions.items():
        graph += dequantised(name, levels, scale, zero) + dequantised(f"{name}_bias", bias, bias_scale, 0)
        graph += field(1, node("Conv", ("x", f"{name}_dequant", f"{name}_bias_dequant"), f"{name}_out"))
    return number_field(1, 8) + field(7, graph + field(2, b"a graph")) + field(8, b"opset")
