"""The quantised convolutions of an ONNX file, read as data: no graph is built or run.

Only the few fields of ONNX's messages that hold them are described here; protobuf skips all others.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from google.protobuf import descriptor_pb2, descriptor_pool, message, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto
# Message -> its fields: name, number, type, and whether it is repeated. From onnx/onnx.proto, version 1.
_MESSAGES = {
    "Tensor": (
        ("dims", 1, _FIELD.TYPE_INT64, True),
        ("data_type", 2, _FIELD.TYPE_INT32, False),
        ("name", 8, _FIELD.TYPE_STRING, False),
        ("raw_data", 9, _FIELD.TYPE_BYTES, False),
    ),
    "Node": (
        ("input", 1, _FIELD.TYPE_STRING, True),
        ("output", 2, _FIELD.TYPE_STRING, True),
        ("op_type", 4, _FIELD.TYPE_STRING, False),
    ),
    "Graph": (("node", 1, "Node", True), ("initializer", 5, "Tensor", True)),
    "Model": (("graph", 7, "Graph", False),),
}
_DTYPES = {1: "<f4", 3: "<i1", 6: "<i4"}  # TensorProto.DataType


class Quantised(NamedTuple):
    """A convolution: kernel int8 (out, in, height, width) times scale float32 (out,), and bias float32 (out,)."""

    kernel: np.ndarray
    scale: np.ndarray
    bias: np.ndarray


def read_convolutions(data: bytes) -> dict[str, Quantised]:
    """Return the convolutions of an ONNX file by the names of their kernels.

    Kernels and biases are quantised around zero, by channel of the output. Raises ValueError if the file is damaged or
    otherwise quantised.
    """
    try:
        graph = _model_class().FromString(data).graph
    except message.DecodeError as error:
        raise ValueError(f"it is no ONNX file ({error})") from error
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    sources = {node.output[0]: tuple(node.input) for node in graph.node if node.op_type == "DequantizeLinear"}
    return {
        node.input[1]: _convolution(node.input[1], node.input[2], sources, tensors)
        for node in graph.node
        if node.op_type == "Conv"
    }


def _convolution(
    kernel: str, bias: str, sources: Mapping[str, tuple[str, ...]], tensors: Mapping[str, Any]
) -> Quantised:
    try:
        (levels, scale, zero), (bias_levels, bias_scale, bias_zero) = (
            [_array(tensors[name]) for name in sources[dequantised]] for dequantised in (kernel, bias)
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"{kernel} is not quantised as expected ({error})") from error
    if zero.any() or bias_zero.any():
        raise ValueError(f"{kernel} is not quantised around zero")
    return Quantised(levels, scale, bias_levels.astype(np.float32) * bias_scale)


def _array(tensor: Any) -> np.ndarray:
    if tensor.data_type not in _DTYPES:
        raise ValueError(f"{tensor.name} has numbers of type {tensor.data_type}")
    return np.frombuffer(tensor.raw_data, _DTYPES[tensor.data_type]).reshape(tuple(tensor.dims))


@cache
def _model_class() -> Any:
    """Return the class of ONNX's message Model, with the fields that are read."""
    file = descriptor_pb2.FileDescriptorProto(name="stylegrid/onnx.proto", package="stylegrid")
    for name, fields in _MESSAGES.items():
        described = file.message_type.add(name=name)
        for field, number, kind, repeated in fields:
            label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
            if isinstance(kind, str):
                kind, type_name = _FIELD.TYPE_MESSAGE, f".stylegrid.{kind}"
            else:
                type_name = None
            described.field.add(name=field, number=number, label=label, type=kind, type_name=type_name)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("stylegrid.Model"))
