"""Files as torch.save writes them, without PyTorch: pickles put together from their instructions, and storages."""

import io
import struct
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

STORAGES = {
    np.dtype(np.float32): "FloatStorage",
    np.dtype(np.float16): "HalfStorage",
    np.dtype(np.float64): "DoubleStorage",
    np.dtype(ml_dtypes.bfloat16): "BFloat16Storage",
    np.dtype(np.uint8): "ByteStorage",
    np.dtype(np.int64): "LongStorage",
}
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C


class Name(NamedTuple):
    """A function or class that a pickle asks for."""

    module: str
    name: str


class Call(NamedTuple):
    """A function called with arguments."""

    function: Name
    arguments: tuple


class Persistent(NamedTuple):
    """What lies outside the pickle."""

    identity: Any


REBUILD = Name("torch._utils", "_rebuild_tensor_v2")
ORDERED_DICT = Name("collections", "OrderedDict")


def dump(value: Any) -> bytes:
    """Return a value as a pickle of protocol 2."""
    return b"\x80\x02" + _write(value) + b"."


def _write(value: Any) -> bytes:
    match value:
        case None | bool():
            return {None: b"N", True: b"\x88", False: b"\x89"}[value]
        case int():
            data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
            return b"\x8a" + bytes([len(data)]) + data
        case str():
            return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
        case Name(module, name):
            return f"c{module}\n{name}\n".encode()
        case Call(function, arguments):
            return _write(function) + _write(arguments) + b"R"
        case Persistent(identity):
            return _write(identity) + b"Q"
        case tuple():
            return b"(" + b"".join(map(_write, value)) + b"t"
        case list():
            return b"](" + b"".join(map(_write, value)) + b"e"
        case dict():
            return b"}(" + b"".join(_write(key) + _write(item) for key, item in value.items()) + b"u"
    raise TypeError(type(value))


def ordered(values: dict) -> bytes:
    """Return a pickle of an OrderedDict with the attribute that a state dict has."""
    filled = _write(Call(ORDERED_DICT, ())) + _write(values)[1:]
    attributes = {"_metadata": Call(ORDERED_DICT, ())}
    return b"\x80\x02" + filled + _write(attributes) + b"b."


def tensor(key: str, array: np.ndarray, *view: Any) -> Call:
    """Return the description of a whole storage as a tensor of an array's shape."""
    storage = ("storage", Name("torch", STORAGES[array.dtype]), key, "cpu", array.size, *view)
    strides = tuple(side // array.itemsize for side in np.zeros(array.shape, array.dtype).strides)
    return Call(REBUILD, (Persistent(storage), 0, array.shape, strides, False, Call(ORDERED_DICT, ())))


def save_zip(path: Path, arrays: dict[str, np.ndarray], nest: str = "", pickle: bytes = b"") -> Path:
    """Save tensors in the format of PyTorch 1.6 and later, and return the path."""
    content = {name: tensor(str(number), array) for number, (name, array) in enumerate(arrays.items())}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle or dump({nest: content} if nest else content))
        archive.writestr("archive/byteorder", "little")
        for number, array in enumerate(arrays.values()):
            archive.writestr(f"archive/data/{number}", array.tobytes())
        archive.writestr("archive/version", "3\n")
    return path


def save_stream(path: Path, arrays: dict[str, np.ndarray], pickle: bytes = b"") -> Path:
    """Save tensors in the format before PyTorch 1.6, and return the path."""
    content = {name: tensor(f"9{number}", array, None) for number, (name, array) in enumerate(arrays.items())}
    stream = io.BytesIO()
    for value in (MAGIC_NUMBER, 1001, {"little_endian": True, "protocol_version": 1001}):
        stream.write(dump(value))
    stream.write(pickle or dump(content))
    stream.write(dump([f"9{number}" for number in range(len(arrays))]))
    for array in arrays.values():
        stream.write(struct.pack("<q", array.size) + array.tobytes())
    path.write_bytes(stream.getvalue())
    return path
