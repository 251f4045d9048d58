"""The values in PyTorch's pickles, checked: storages, tensors (views on storages), and dicts."""

from collections.abc import Callable
from typing import Any, NamedTuple

# The NumPy dtype of each PyTorch storage; bfloat16 is ml_dtypes'.
STORAGES = {
    "torch.FloatStorage": "float32",
    "torch.HalfStorage": "float16",
    "torch.DoubleStorage": "float64",
    "torch.BFloat16Storage": "bfloat16",
    "torch.ByteStorage": "uint8",
    "torch.CharStorage": "int8",
    "torch.ShortStorage": "int16",
    "torch.IntStorage": "int32",
    "torch.LongStorage": "int64",
    "torch.BoolStorage": "bool",
}


class Storage(NamedTuple):
    """An array of numbers in the file, under a key."""

    dtype: str
    key: str
    length: int


class Tensor(NamedTuple):
    """A view on a storage; offset and strides are counted in numbers."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class Name(NamedTuple):
    """A function or storage type that a pickle names."""

    name: str


def pairs_of(keys: list[Any], values: list[Any]) -> dict[Any, Any]:
    """Return a dict; keys must be text or integers, since hashing deeply nested tuples may never end."""
    if len(keys) != len(values) or not all(isinstance(key, str | int) for key in keys):
        raise ValueError("it has a dict with keys that are no names")
    return dict(zip(keys, values, strict=True))


def _ordered_dict(pairs: Any = (), *_: Any) -> dict[Any, Any]:
    """Return an OrderedDict as a dict; Python 2 pickled its items as lists of pairs."""
    if not isinstance(pairs, list | tuple) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise ValueError("it has an OrderedDict of no pairs")
    return pairs_of([key for key, _ in pairs], [value for _, value in pairs])


def _tensor(storage: Any = None, offset: Any = None, shape: Any = None, strides: Any = None) -> Tensor:
    """Return a tensor that lies within its storage."""
    if not isinstance(storage, Storage) or not _are_counts((offset,)):
        raise ValueError("it has a tensor without a storage")
    if not _are_counts(shape) or not _are_counts(strides) or len(shape) != len(strides):
        raise ValueError("it has a tensor without a shape")
    count = 1
    for side in shape:
        count *= side
    last = offset + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))
    if count and (count > storage.length or last >= storage.length):
        raise ValueError("it has a tensor that is larger than its storage")
    return Tensor(storage, offset, shape, strides)


def _are_counts(values: Any) -> bool:
    """Return whether a value is a tuple of at most 8 integers in [0, 2^40)."""
    if not isinstance(values, tuple) or len(values) > 8:
        return False
    return all(type(value) is int and 0 <= value < 1 << 40 for value in values)


def _parameter(tensor: Any = None, *_: Any) -> Tensor:
    if not isinstance(tensor, Tensor):
        raise ValueError("it has a parameter without a tensor")
    return tensor


BUILDERS: dict[str, Callable[..., Any]] = {
    "collections.OrderedDict": _ordered_dict,
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_parameter": _parameter,
}
