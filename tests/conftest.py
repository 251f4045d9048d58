"""Shared by all tests: tiny pictures drawn by formula, a small gallery, and one set of untrained weights."""

import csv
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from PIL import Image

from stylegrid.painting import gpu_lock
from stylegrid.pictures.images import Inspection
from stylegrid.plan.job import Job, Source, StyleSource
from stylegrid.settings import presets
from stylegrid.settings.config import Settings, parse_settings
from stylegrid.store.record import BackboneRecord, LossRecord, Record, described_by
from stylegrid.vgg.architecture import CONVOLUTIONS
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.read import read_weights
from stylegrid.vgg.weights.untrained import make_untrained

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.painting.compiled import ObjectiveCache

REPOSITORY = Path(__file__).resolve().parents[1]

pytest_plugins = ("browsing", "figures")  # pages and a browser for tests that ask for them; lines at the end


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let runs of Snakemake come first, which take longest: of several workers, none is left with them at the end."""
    items.sort(key=lambda item: "workflow" not in item.path.name)


def draw(width: int, height: int, seed: int = 0) -> np.ndarray:
    """Return 8-bit RGB stripes with some noise: (height, width, 3)."""
    y, x = np.mgrid[:height, :width]
    bands = np.stack([np.sin(x / (3 + seed)), np.cos(y / (4 + seed)), np.sin((x + y) / 5)], axis=-1)
    noise = np.random.default_rng(seed).normal(0, 0.1, bands.shape)
    return np.clip((bands + noise + 1) * 127.5, 0, 255).astype(np.uint8)


def save_picture(path: Path, width: int = 48, height: int = 36, seed: int = 0) -> Path:
    """Save a tiny picture and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw(width, height, seed)).save(path)
    return path


def spoil_unnoticed(path: Path) -> Callable[[], None]:
    """Replace a file's bytes by zeros, its size and time kept, and return what puts it back."""
    good, status = path.read_bytes(), path.stat()

    def write(data: bytes) -> None:
        path.write_bytes(data)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    write(bytes(len(good)))
    return lambda: write(good)


@contextmanager
def programs() -> Iterator[Callable[..., subprocess.Popen]]:
    """Start programs, each of which says that it is up, and end them afterwards."""
    started: list[subprocess.Popen] = []

    def start(command: Sequence[str], **given: Any) -> subprocess.Popen:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **given)
        started.append(process)
        assert process.stdout is not None and process.stdout.readline() == "up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def save_manifest(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Save rows as a CSV manifest; columns are those of the first row."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


def save_table(path: Path, table: Sequence[Sequence[object]]) -> Path:
    """Save a table, header first, in the format of a path's suffix, numbers as numbers, and return the path."""
    frame = pd.DataFrame(table[1:], columns=table[0], dtype=object)
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in table:
            book.active.append(row)
        book.create_sheet("a second sheet").append(["anything"])
        book.save(path)
    elif path.suffix == ".ods":
        frame.to_excel(path, index=False, engine="odf")
    else:
        frame.to_csv(path, index=False, sep="," if path.suffix == ".csv" else "\t")
    return path


class Project:
    """A folder with two photographs, two paintings, and a manifest to be written."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.content = folder / "content"
        self.style = folder / "style"
        self.manifest = folder / "manifest.csv"
        for seed, name in enumerate(("cat.png", "dog.png")):
            save_picture(self.content / name, seed=seed)
        for seed, name in enumerate(("night.png", "wave.png")):
            save_picture(self.style / name, width=40, height=44, seed=seed + 5)

    def config(self, **changes: object) -> dict[str, object]:
        """Return a config for this folder, with absolute paths."""
        return {
            "manifest": str(self.manifest),
            "content_dir": str(self.content),
            "style_dir": str(self.style),
            "results": str(self.folder / "results"),
            "weights": "untrained",
            "stylize": {"size": 32, "steps": 2},
            "plots": {"each": "none"},  # they take seconds of every whole run
            **changes,
        }

    def settings(self, **changes: object) -> Settings:
        """Return the same, parsed."""
        return parse_settings(self.config(**changes))

    def write_rows(self, *rows: Mapping[str, object]) -> None:
        """Write the manifest."""
        save_manifest(self.manifest, rows)


HOLDER = """
import sys
from pathlib import Path
from stylegrid.runs import lock
lock.hold(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another(results: Path) -> Iterator[subprocess.Popen]:
    """Have another process hold a results folder, as a run does that is alive, and kill it in the end."""
    command = [sys.executable, "-c", HOLDER, str(results.absolute())]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=REPOSITORY / "scripts", **pipes) as other:
        assert other.stdout.readline() == b"up\n"
        yield other
        other.kill()


@pytest.fixture(scope="session", autouse=True)
def empty_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A user's cache folder with nothing in it: what was measured of this machine decides no test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("user-cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def own_locks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Locks of the tests' own process: a GPU that it holds to its end keeps no program waiting that it starts."""
    folder = tmp_path_factory.mktemp("gpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gpu_lock, "_folder", lambda: folder)
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="session")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network's file, made once."""
    return make_untrained(tmp_path_factory.mktemp("weights") / "untrained.h5")


@pytest.fixture(scope="session")
def network(weights_file: Path) -> Weights:
    """The untrained network's weights."""
    return read_weights(weights_file)


@pytest.fixture(scope="session")
def relay() -> Weights:
    """A network whose every convolution hands on its first channel, and nothing else."""
    weights = {}
    for conv in CONVOLUTIONS:
        kernel = np.zeros(conv.kernel_shape, np.float32)
        kernel[1, 1, 0, 0] = 1
        weights[conv.keras_name] = kernel, np.zeros(conv.kernel_shape[-1], np.float32)
    return weights


@pytest.fixture(scope="session")
def objectives(network: Weights) -> "ObjectiveCache":
    """The untrained network with all that tests have compiled for it."""
    from stylegrid.painting.compiled import ObjectiveCache  # here: most tests do without TensorFlow

    return ObjectiveCache(network)


@pytest.fixture
def one_torch_thread() -> Iterator[None]:
    """PyTorch, if it is there, on one thread; more wait busily for each other beside TensorFlow's."""
    try:
        import torch  # here: most tests do without
    except ImportError:
        yield
        return
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def sized(job: Job, width: int, height: int) -> Job:
    """Return a job whose photograph was found to have a size."""
    name, path, sha256 = job.content.name, Path(job.content.path), job.content.sha256
    return job.model_copy(update={"content": Source.of(name, path, Inspection(sha256, width, height))})


def make_job(content: str = "cat", style: str = "night", variant: str = "default", **settings: object) -> Job:
    """Return a job of the preset's settings but for those given, in float32; its pictures need not exist."""
    return Job(
        content=Source(name=content, path=f"content/{content}.png", sha256=f"sha of {content}"),
        styles=(StyleSource(name=style, path=f"style/{style}.png", sha256=f"sha of {style}"),),
        style=style,
        variant=variant,
        settings=presets.resolve({"precision": "float32"}, settings),
    )


def make_record(job: Job, png: bytes = b"", **changes: object) -> Record:
    """Return the record of a job that was painted, with numbers that are easy to tell apart."""
    values = {
        "backbone": BackboneRecord(name="untrained", sha256="sha of backbone"),
        "outcome": "finished",
        "message": "all 2 steps taken",
        "losses": LossRecord(content=1.0, style=2.0, tv=3.0, total=201.15),
        "width": 32,
        "height": 24,
        "steps": 2,
        "seconds": 4.0,
        "steps_per_second": 0.5,
        "peak_memory_mb": 700.0,
        "device": "CPU",
        "picture_sha256": hashlib.sha256(png).hexdigest(),
    }
    return Record(**{**described_by(job), **values, **changes})
