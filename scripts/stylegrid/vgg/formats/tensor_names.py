"""The names of VGG19's layers in PyTorch's and Keras' files of named tensors."""

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid.errors import WeightsError
from stylegrid.text import plain
from stylegrid.vgg.architecture import CONVOLUTIONS, Convolution
from stylegrid.vgg.conventions import CAFFE, TORCHVISION, Convention

MOST_SHOWN = 3  # names shown in a message
LONGEST_NAME = 40  # characters of each


def _features() -> Iterator[int]:
    """Yield the indices of the convolutions in torchvision's `features`, which also counts ReLUs and poolings."""
    place = 0
    for conv in CONVOLUTIONS:
        place += conv.number == 1 and conv.block > 1
        yield place
        place += 2


PLACES = dict(zip(CONVOLUTIONS, _features(), strict=True))


class Naming(NamedTuple):
    """The names of a convolution's kernel and bias, the order of a kernel's axes, and the input convention."""

    kernel: Callable[[Convolution], str]
    bias: Callable[[Convolution], str]
    out_first: bool  # (out, in, height, width), as in PyTorch; otherwise (height, width, in, out)
    convention: Convention


def _of_pytorch(stem: Callable[[Convolution], str], convention: Convention) -> Naming:
    return Naming(lambda conv: f"{stem(conv)}.weight", lambda conv: f"{stem(conv)}.bias", True, convention)


def _of_keras(separator: str) -> Naming:
    kernel, bias = f"{separator}kernel", f"{separator}bias"
    return Naming(lambda conv: conv.keras_name + kernel, lambda conv: conv.keras_name + bias, False, CAFFE)


# Bare numbers last: classifiers have such names too.
NAMINGS = (
    _of_pytorch(lambda conv: f"features.{PLACES[conv]}", TORCHVISION),
    _of_pytorch(lambda conv: conv.before_relu, CAFFE),
    _of_keras("."),
    _of_keras("/"),
    _of_pytorch(lambda conv: str(PLACES[conv]), TORCHVISION),
)


class Found(NamedTuple):
    """The names of a file's kernels and biases by layer, the order of axes, and the input convention."""

    names: dict[Convolution, tuple[str, str]]
    out_first: bool
    convention: Convention


def find_layers(path: Path, names: Collection[str]) -> Found:
    """Return the tensors that are VGG19's layers; raises WeightsError naming the first that is missing."""
    for naming in NAMINGS:
        first = naming.kernel(CONVOLUTIONS[0])
        prefixes = [name.removesuffix(first) for name in names if name.endswith(first)]
        prefixes = [prefix for prefix in prefixes if prefix == "" or prefix.endswith((".", "/"))]
        if prefixes:
            return _find(path, names, naming, min(prefixes, key=len))
    known = ", ".join(naming.kernel(CONVOLUTIONS[0]) for naming in NAMINGS[:3])
    shown = ", ".join(plain(name[:LONGEST_NAME]) for name in sorted(names)[:MOST_SHOWN])
    raise WeightsError(f"{path}: is not VGG19: has no layer {known}; found {shown}")


def _find(path: Path, names: Collection[str], naming: Naming, prefix: str) -> Found:
    found = {conv: (prefix + naming.kernel(conv), prefix + naming.bias(conv)) for conv in CONVOLUTIONS}
    if any(name.endswith(".running_mean") for name in names):
        raise WeightsError(f"{path}: is not VGG19: has batch normalisation; take the network without")
    for conv, pair in found.items():
        missing = [name for name in pair if name not in names]
        if missing:
            raise WeightsError(f"{path}: is not VGG19: layer {conv.keras_name} is missing, {plain(missing[0])}")
    jcjohnson = f"{prefix}classifier.1.weight" in names  # torchvision's numbers are 0, 3, 6
    return Found(found, naming.out_first, CAFFE if jcjohnson else naming.convention)
