"""A process that looks at damaged files, one after another, as a run does: python fuzz_worker.py KIND FOLDER.

It reads paths from stdin, and for each writes a line of JSON: what became of it, seconds, and the most memory so far in
MB.
A file that takes too long, or crashes what reads it, ends the process.
"""

import contextlib
import io
import json
import re
import resource
import signal
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from stylegrid.vgg import architecture

if sys.argv[1:2] == ["weights"]:  # before others take it: files of a VGG19 with few channels are a few kilobytes
    architecture.BLOCKS = tuple((4, count) for _, count in architecture.BLOCKS)
    architecture.CONVOLUTIONS = architecture._convolutions()

import numpy as np

import plan
from stylegrid.errors import ImageError, RecordError, WeightsError
from stylegrid.pictures import images
from stylegrid.store import provenance
from stylegrid.vgg.weights.read import read_weights

SECONDS = 10  # for a file
ADDRESSES = 8 << 30  # bytes of address space; what is really used is measured


def look_at_picture(path: Path, folder: Path) -> str:
    """Return whether a picture was read as it is for painting, or refused."""
    try:
        images.inspect(path)
        picture, _ = images.read_with_alpha(path, (20, 16))
        assert picture.shape == (1, 16, 20, 3) and 0 <= picture.min() <= picture.max() <= 1
        images.read(path)
    except ImageError as error:
        return refused([str(error)], str(path))
    try:
        provenance.read(path)
    except (ImageError, RecordError) as error:
        refused([str(error)], str(path))
    return "read"


def plan_manifest(path: Path, folder: Path) -> str:
    """Return whether a manifest was planned, by the program, or refused."""
    config = {"manifest": str(path), "content_dir": str(folder / "content"), "style_dir": str(folder / "style")}
    config |= {"results": str(folder / "results"), "weights": "untrained", "stylize": {"size": 32}}
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        code = plan.main(["--configfile", json.dumps(config)])
    if code == 0:
        return "read"
    lines = said.getvalue().split("\n")
    assert code == 1 and lines.pop() == "" and lines
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return refused(errors, str(path), len(lines))


def look_at_weights(path: Path, folder: Path) -> str:
    """Return whether a file of weights was read, or refused."""
    try:
        found = read_weights(path)
    except WeightsError as error:
        return refused([str(error)], str(path))
    assert list(found) == [conv.keras_name for conv in architecture.CONVOLUTIONS]
    for conv in architecture.CONVOLUTIONS:
        kernel, bias = found[conv.keras_name]
        assert (kernel.shape, bias.shape) == (conv.kernel_shape, conv.kernel_shape[-1:])
        assert kernel.dtype == bias.dtype == np.float32 and np.isfinite(kernel).all() and np.isfinite(bias).all()
    return "read"


def refused(sentences: list[str], path: str, count: int = 1) -> str:
    """Return that a file was refused, in as many sentences as there should be, which begin with its path."""
    assert len(sentences) == count
    for sentence in sentences:
        assert sentence.startswith(path), sentence
        assert "Traceback" not in sentence and not set(sentence) & set("\n\r\x1b\0"), sentence
    return "refused"


LOOK = {"pictures": look_at_picture, "spreadsheets": plan_manifest, "weights": look_at_weights}


def most_memory() -> float:
    """Return the most memory that this process, or one that it has started, ever had, in MB."""
    status = Path("/proc/self/status").read_text()  # getrusage would count what the process had that started this one
    own = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def main(kind: str, folder: Path) -> None:
    """Look at every file that stdin names."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, resource.getrlimit(resource.RLIMIT_AS)[1]))
    warnings.simplefilter("error")
    for line in sys.stdin:
        signal.alarm(SECONDS)  # nobody handles it: it ends the process, whatever that does
        start = time.perf_counter()
        try:
            outcome = LOOK[kind](Path(line.rstrip("\n")), folder)
        except BaseException as error:
            outcome = f"{type(error).__name__}: {error}"
        signal.alarm(0)
        print(json.dumps([outcome, time.perf_counter() - start, most_memory()]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
