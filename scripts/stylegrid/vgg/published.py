"""The file of VGG19's weights that Keras publishes: found, or fetched once and checked."""

import hashlib
import os
from pathlib import Path

import filelock

from stylegrid.errors import WeightsError

# As published for keras.applications.VGG19 without its classifier (keras/applications/vgg19.py).
IMAGENET_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
IMAGENET_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg19/{IMAGENET_FILE}"
IMAGENET_MD5 = "253f8cb515780f3b799900260a226db6"
DOWNLOAD_TIMEOUT = 10  # seconds without an answer


def fetch_imagenet(folder: Path) -> Path:
    """Return the path of Keras' published weights: from `folder`, from Keras' own cache, or fetched into `folder`.

    The file's MD5 is checked in each case. It is fetched once, however many ask for it at once, and has its name only
    when it is whole. Raises WeightsError with what to do on a machine without network.
    """
    import pooch  # imported here: it brings requests, which the painting jobs never need

    found = find_imagenet(folder)
    if found is not None:
        return found
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


def find_imagenet(folder: Path) -> Path | None:
    """Return the path of Keras' published weights in `folder` or in Keras' own cache, or None; the MD5 is checked."""
    cached = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models" / IMAGENET_FILE
    return next((path for path in (folder / IMAGENET_FILE, cached) if is_imagenet(path)), None)


def is_imagenet(path: Path) -> bool:
    """Return whether a path is a file with the MD5 of Keras' published weights."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest() == IMAGENET_MD5
