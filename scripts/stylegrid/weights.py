"""VGG19's weights as files: published, untrained or the user's own; read layer by layer, checked, never executed."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import filelock
import h5py
import numpy as np
from pydantic import ValidationError

from stylegrid import files
from stylegrid.errors import RecordError, WeightsError
from stylegrid.frozen import Frozen
from stylegrid.vgg19 import CONVOLUTIONS, Convolution

Weights = dict[str, tuple[np.ndarray, np.ndarray]]  # Keras layer name -> kernel (3, 3, in, out), bias (out,)

# As published for keras.applications.VGG19 without its classifier (keras/applications/vgg19.py).
IMAGENET_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
IMAGENET_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg19/{IMAGENET_FILE}"
IMAGENET_MD5 = "253f8cb515780f3b799900260a226db6"
UNTRAINED_FILE = "vgg19_untrained_notop.h5"
UNTRAINED_SEED = 7  # of three that were looked at, the one that painted with least grain
MOST_ITEMS, DEEPEST = 200, 2  # of a group, where VGG19 has 26 layers; and groups within a layer's
DOWNLOAD_TIMEOUT = 10  # seconds without an answer

UNTRAINED_NOTICE = (
    "untrained network: painted by VGG19 with random weights, because the ImageNet weights were not chosen or not "
    "to be had"
)


class Backbone(Frozen):
    """The weights that a whole gallery is painted with: which they are, the file, and its SHA-256."""

    name: Literal["imagenet", "untrained", "file"]
    path: str
    sha256: str

    @property
    def notice(self) -> str:
        """Return what a viewer should be told of these weights; empty for trained ones."""
        return UNTRAINED_NOTICE if self.name == "untrained" else ""


def choose(weights: str, folder: Path) -> Backbone:
    """Return the backbone that the setting `weights` asks for, fetching or making its file in `folder` if need be.

    `auto` takes ImageNet weights if they are there or can be fetched, and an untrained network otherwise.
    Raises WeightsError when the file can't be had or isn't VGG19's.
    """
    if weights == "untrained":
        return _backbone("untrained", make_untrained(folder / UNTRAINED_FILE))
    if weights not in ("auto", "imagenet"):
        return _backbone("file", Path(weights))
    try:
        return _backbone("imagenet", fetch_imagenet(folder))
    except WeightsError:
        if weights == "imagenet":
            raise
        return _backbone("untrained", make_untrained(folder / UNTRAINED_FILE))


def identify(weights: str) -> str:
    """Return what tells one choice of `weights` from another: the word, or the SHA-256 of the file it names.

    Raises WeightsError when the file isn't VGG19's.
    """
    return weights if weights in ("auto", "imagenet", "untrained") else _backbone("file", Path(weights)).sha256


def _backbone(name: Any, path: Path) -> Backbone:
    read(path)
    return Backbone(name=name, path=str(path), sha256=files.sha256(path))


def read_backbone(path: Path) -> Backbone:
    """Return the backbone that was written down for a gallery; raises RecordError when the file isn't one."""
    try:
        return Backbone.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: does not name a backbone; delete it and run again") from error


def fetch_imagenet(folder: Path) -> Path:
    """Return the path of Keras' published weights: from `folder`, from Keras' own cache, or fetched into `folder`.

    The file's MD5 is checked in each case. It is fetched once, however many ask for it at once, and has its name only
    when it is whole. Raises WeightsError with what to do on a machine without network.
    """
    import pooch  # imported here: it brings requests, which the painting jobs never need

    cached = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / IMAGENET_FILE
    for path in (folder / IMAGENET_FILE, cached):
        if path.is_file() and pooch.file_hash(path, "md5") == IMAGENET_MD5:
            return path
    try:
        pooch.get_logger().setLevel("WARNING")
        downloader = pooch.HTTPDownloader(timeout=DOWNLOAD_TIMEOUT)
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f".{IMAGENET_FILE}.lock"):
            return Path(
                pooch.retrieve(IMAGENET_URL, f"md5:{IMAGENET_MD5}", IMAGENET_FILE, folder, downloader=downloader)
            )
    except (OSError, ValueError) as error:
        raise WeightsError(
            f"the ImageNet weights could not be fetched ({type(error).__name__}): put {IMAGENET_FILE} "
            f"(MD5 {IMAGENET_MD5}) into {folder}, or set weights to untrained or to a file of your own"
        ) from error


def make_untrained(path: Path, seed: int = UNTRAINED_SEED) -> Path:
    """Return the path of an untrained VGG19, made there if missing or damaged, in the format of the published file.

    Kernels are drawn from He's normal distribution, N(0, 2 / (9 * channels in)); biases are zero. The same seed gives
    the same file.
    """
    if not _is_readable(path):
        write(path, random_weights(seed))
    return path


def random_weights(seed: int = UNTRAINED_SEED) -> Weights:
    """Return He-normal weights, the same for the same seed."""
    generator = np.random.default_rng(seed)
    return {conv.keras_name: _he_normal(conv, generator) for conv in CONVOLUTIONS}


def _is_readable(path: Path) -> bool:
    try:
        return bool(read(path))
    except WeightsError:
        return False


def _he_normal(conv: Convolution, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    height, width, channels_in, channels_out = conv.kernel_shape
    kernel = generator.standard_normal(conv.kernel_shape, dtype=np.float32)
    return kernel * np.float32(np.sqrt(2 / (height * width * channels_in))), np.zeros(channels_out, np.float32)


def write(path: Path, weights: Weights) -> None:
    """Write weights in the HDF5 format that Keras publishes VGG19 in, whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    files.require_writable(path)
    try:
        with h5py.File(part, "w") as file:
            file.attrs["layer_names"] = [name.encode() for name in weights]
            for name, arrays in weights.items():
                _write_layer(file.create_group(name), name, arrays)
        part.replace(path)
    except OSError as error:
        raise WeightsError(f"{path}: cannot be written ({error}); check free space and permissions") from error
    finally:
        part.unlink(missing_ok=True)


def _write_layer(group: h5py.Group, name: str, arrays: tuple[np.ndarray, np.ndarray]) -> None:
    names = (f"{name}_W_1:0", f"{name}_b_1:0")
    group.attrs["weight_names"] = [text.encode() for text in names]
    for text, array in zip(names, arrays, strict=True):
        group.create_dataset(text, data=array)


def read(path: Path) -> Weights:
    """Return the weights of a Keras file of VGG19, `.h5` or `.weights.h5`, with or without its classifier.

    Only numbers are read. Raises WeightsError naming the file and, where it differs from VGG19, the layer and shapes.
    """
    try:
        if files.special(path):
            raise WeightsError(f"{path}: is {files.special(path)}; name a file of VGG19")
        with h5py.File(path, "r") as file:
            layers = _keras3_layers(file) if "layers" in file else _legacy_layers(file)
            return {conv.keras_name: _read_layer(path, conv, layers) for conv in CONVOLUTIONS}
    except FileNotFoundError:
        raise WeightsError(
            f"{path}: no such file; weights may be auto, imagenet, untrained, or a file of VGG19"
        ) from None
    except (IsADirectoryError, PermissionError) as error:
        raise WeightsError(f"{path}: cannot be read ({os.strerror(error.errno or 0)}); name a file of VGG19") from error
    except WeightsError:
        raise
    except Exception as error:  # h5py raises whatever it likes on files of another make
        reason = " ".join(str(error).split())
        raise WeightsError(f"{path}: is not a Keras weights file in HDF5 ({reason})") from error


def _legacy_layers(file: h5py.File) -> dict[str, h5py.Group]:
    """Return the layers of a `.h5` file; a whole saved model keeps them one group deeper."""
    items = _items(file)
    return _items(items["model_weights"]) if "model_weights" in items else items


def _keras3_layers(file: h5py.File) -> dict[str, h5py.Group]:
    """Return the layers of a `.weights.h5` file, which numbers convolutions: conv2d, conv2d_1, conv2d_2, ..."""
    layers = _items(_items(file)["layers"])
    numbers = {name: int(match[1] or 0) for name in layers if (match := re.fullmatch(r"conv2d(?:_(\d+))?", name))}
    keras_names = (conv.keras_name for conv in CONVOLUTIONS)
    in_order = zip(keras_names, sorted(numbers, key=numbers.__getitem__), strict=False)
    return {keras_name: _items(layers[name])["vars"] for keras_name, name in in_order}


def _items(group: h5py.Group) -> dict[str, Any]:
    """Return what a group holds by name; raises WeightsError for anything kept in another file."""
    for name in group:
        if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
            raise WeightsError(f"{group.file.filename}: {name} is a link to another file; save the weights as one file")
    if len(group) > MOST_ITEMS:
        raise WeightsError(f"{group.file.filename}: a group holds {len(group)} items, VGG19's at most {MOST_ITEMS}")
    items = dict(group.items())
    for name, item in items.items():
        if isinstance(item, h5py.Dataset) and (item.external or item.is_virtual):
            raise WeightsError(f"{group.file.filename}: {name} is kept in another file; save the weights as one file")
    return items


def _read_layer(path: Path, conv: Convolution, layers: dict[str, h5py.Group]) -> tuple[np.ndarray, np.ndarray]:
    if conv.keras_name not in layers:
        raise WeightsError(f"{path}: is not VGG19: layer {conv.keras_name} is missing")
    datasets = sorted(_datasets(layers[conv.keras_name]), key=lambda dataset: -dataset.ndim)
    loose = [dataset.name for dataset in datasets if _in_loose_chunks(dataset)]
    if loose:
        raise WeightsError(f"{path}: {loose[0]} is kept in chunks larger than itself; save the weights again")
    expected = [conv.kernel_shape, conv.kernel_shape[-1:]]
    found = [dataset.shape for dataset in datasets]
    if found != expected:
        raise WeightsError(f"{path}: is not VGG19: layer {conv.keras_name} must have shapes {expected}, found {found}")
    kernel, bias = (np.asarray(dataset, dtype=np.float32) for dataset in datasets)
    if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
        raise WeightsError(f"{path}: layer {conv.keras_name} holds numbers that are not finite")
    return kernel, bias


def _datasets(group: h5py.Group, depth: int = DEEPEST) -> Iterator[h5py.Dataset]:
    """Yield the datasets below a group; raises WeightsError where groups are too deep, or within themselves."""
    for item in _items(group).values():
        if isinstance(item, h5py.Dataset):
            yield item
        elif isinstance(item, h5py.Group) and depth:
            yield from _datasets(item, depth - 1)
        elif isinstance(item, h5py.Group):
            raise WeightsError(f"{group.file.filename}: is not VGG19: groups within groups at {group.name}")


def _in_loose_chunks(dataset: h5py.Dataset) -> bool:
    """Return whether reading a dataset makes room for more than it holds: few bytes may become gigabytes."""
    return any(chunk > side for chunk, side in zip(dataset.chunks or (), dataset.shape, strict=False))
