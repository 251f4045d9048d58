"""Keras' published VGG19, downloaded; and the causes of downloads that fail."""

import hashlib
import os
import re
from pathlib import Path

import filelock

from stylegrid.errors import WeightsError

# keras.applications.VGG19 without its classifier (keras/applications/vgg19.py).
IMAGENET_FILE = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
IMAGENET_URL = f"https://storage.googleapis.com/tensorflow/keras-applications/vgg19/{IMAGENET_FILE}"
IMAGENET_MD5 = "253f8cb515780f3b799900260a226db6"
DOWNLOAD_TIMEOUT = 10  # seconds without an answer

# Causes of failed downloads by patterns in the words of urllib3, which pip and requests both report. The first match
# counts: the later patterns also match consequences of the earlier causes.
_CAUSES = (
    (r"DO NOT MATCH THE HASHES|hash of downloaded file", "the downloaded file is not the published one"),
    (r"No space left on device", "no space left on the disk"),
    (
        r"(SSL|ssl) module( in Python)? is not available",
        "this Python has no SSL; use one that has (make clean, then make PYTHON=python3.12 gallery)",
    ),
    (
        r"TLS CA certificate bundle",
        "the CA bundle that REQUESTS_CA_BUNDLE or PIP_CERT names is not there; name one that is, or unset the variable",
    ),
    (
        r"NO_CERTIFICATE_OR_CRL_FOUND|\[X509\] PEM lib|NO_START_LINE",
        "the CA bundle that REQUESTS_CA_BUNDLE or PIP_CERT names holds no certificate; name one that does",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED",
        "the server's certificate is not trusted; name your CA bundle in REQUESTS_CA_BUNDLE (for pip: PIP_CERT)",
    ),
    (
        r"(?i)proxy|InvalidURL|failed to parse",
        "the proxy does not answer, or its address is wrong; check HTTPS_PROXY and NO_PROXY",
    ),
    (r"(?i)timeout|timed out", "no answer in time"),
    (r"(?i)connection ?broken|connection ?error|Max retries exceeded|IncompleteRead", "no connection, or it broke off"),
)


def find_imagenet(folder: Path) -> Path | None:
    """Return the path of Keras' published weights in `folder`, or None if there is no file of that name.

    Raises WeightsError if the file of that name is another.
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
    """Return the path of Keras' published weights: in `folder`, in Keras' own cache, or downloaded into `folder`.

    The MD5 is checked in each case. Concurrent calls download once, to a temporary name. Raises WeightsError with the
    cause and the remedy if the download fails.
    """
    for path in (folder / IMAGENET_FILE, keras_cache()):
        if is_imagenet(path):
            return path
    try:
        return _download_imagenet(folder)
    except (OSError, ValueError, ImportError) as error:
        path = folder / IMAGENET_FILE
        found = f"{_other_file(path)}, and it" if path.exists() else "the ImageNet weights"
        raise WeightsError(
            f"{found} could not be fetched: {_cause(error)}; put {IMAGENET_FILE} (MD5 {IMAGENET_MD5}) "
            f"into {folder}, or set weights to imagenet-8bit or to a file of your own"
        ) from error


def _download_imagenet(folder: Path) -> Path:
    import pooch  # imported here: it brings requests, which the painting jobs never need

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(timeout=DOWNLOAD_TIMEOUT)
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / f".{IMAGENET_FILE}.lock"):
        return Path(pooch.retrieve(IMAGENET_URL, f"md5:{IMAGENET_MD5}", IMAGENET_FILE, folder, downloader=downloader))


def keras_cache() -> Path:
    """Return the file's path in Keras' own cache."""
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


def _cause(error: Exception) -> str:
    """Return the cause of a failed download: the server's answer, a known cause, or the system's message."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} ({response.reason})"
    message = error.strerror if isinstance(error, OSError) else None
    return known_cause(f"{type(error).__name__}: {error}") or message or type(error).__name__


def known_cause(text: str) -> str:
    """Return the cause that an error's text matches, without addresses, or ""."""
    return next((cause for pattern, cause in _CAUSES if re.search(pattern, text)), "")
