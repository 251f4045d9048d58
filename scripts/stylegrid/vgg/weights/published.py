"""The file of VGG19's weights that Keras publishes: found, or fetched once and checked."""

import hashlib
import os
from pathlib import Path

import filelock

from stylegrid.errors import WeightsError
from stylegrid.vgg.weights.download_faults import cause_of

# As published for keras.applications.VGG19 without its classifier (keras/applications/vgg19.py).
IMAGENET_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
IMAGENET_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg19/{IMAGENET_FILE}"
IMAGENET_MD5 = "253f8cb515780f3b799900260a226db6"
DOWNLOAD_TIMEOUT = 10  # seconds without an answer


def find_imagenet(folder: Path) -> Path | None:
    """Return the path of Keras' published weights in `folder`, None where no file has their name.

    Raises WeightsError where another file has it.
    """
    path = folder / IMAGENET_FILE
    if not path.exists():
        return None
    if not is_imagenet(path):
        raise WeightsError(
            f"{_other_file(path)}; get it again, remove it, or set weights to imagenet-8bit or to a file of your own"
        )
    return path


def fetch_imagenet(folder: Path) -> Path:
    """Return the path of Keras' published weights: from `folder`, from Keras' own cache, or fetched into `folder`.

    The file's MD5 is checked in each case. It is fetched once, however many ask for it at once, and has its name only
    when it is whole. Raises WeightsError with the cause and the remedy when it can't be fetched.
    """
    for path in (folder / IMAGENET_FILE, keras_cache()):
        if is_imagenet(path):
            return path
    try:
        return _download(folder)
    except (OSError, ValueError, ImportError) as error:
        found = f" ({_other_file(folder / IMAGENET_FILE)})" if (folder / IMAGENET_FILE).exists() else ""
        raise WeightsError(
            f"the ImageNet weights could not be fetched: {_reason(error)}; put {IMAGENET_FILE} (MD5 {IMAGENET_MD5}) "
            f"into {folder}{found}, or set weights to imagenet-8bit or to a file of your own"
        ) from error


def _download(folder: Path) -> Path:
    import pooch  # imported here: it brings requests, which the painting jobs never need

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(timeout=DOWNLOAD_TIMEOUT)
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / f".{IMAGENET_FILE}.lock"):
        return Path(pooch.retrieve(IMAGENET_URL, f"md5:{IMAGENET_MD5}", IMAGENET_FILE, folder, downloader=downloader))


def keras_cache() -> Path:
    """Return where Keras itself keeps the file."""
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / IMAGENET_FILE


def is_imagenet(path: Path) -> bool:
    """Return whether a path is a file with the MD5 of Keras' published weights."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return digest.hexdigest() == IMAGENET_MD5


def _other_file(path: Path) -> str:
    return f"{path} is there, but isn't the published file ({path.stat().st_size:,} bytes)"


def _reason(error: Exception) -> str:
    """Return why a download failed: the server's answer, a known cause, the system's words, or the exception's kind."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} ({response.reason})"
    said = error.strerror if isinstance(error, OSError) else None
    return cause_of(f"{type(error).__name__}: {error}") or said or type(error).__name__
