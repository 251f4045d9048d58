"""A gallery that is disturbed: by signals at moments and at points of the code, and what must be true afterwards."""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from conftest import REPOSITORY
from PIL import Image
from test_workflow import Gallery

from stylegrid.runs import run

SHIM = REPOSITORY / "tests" / "helpers" / "fault_shim"
PATIENCE = 240  # seconds for any run; a busy machine takes its time
STYLE = {"size": 32, "steps": 30, "optimizer": "adam", "coarsest": 0, "precision": "float32"}
STYLE |= {"content_layers": "relu1_1", "style_layers": "relu1_1"}
WEIGHTS = (1, 2, 3, 5, 6, 8)  # whose names fall into two chunks of three
ROWS = [{"content": "cat.png", "style": "night.png", "style_weight": ";".join(map(str, WEIGHTS))}]

# A command becomes what follows, which hears Ctrl-C and closed terminals also where these tests ignore them.
HEAR_ALL_SIGNALS = (
    sys.executable,
    "-c",
    "import os, signal, sys\nfor number in (1, 2, 15):\n    "
    "signal.signal(number, signal.SIG_DFL)\nos.execv(sys.argv[1], sys.argv[1:])",
)

# All that may differ between two galleries of the same manifest: what a painting took.
VOLATILE = ("seconds", "steps_per_second", "peak_memory_mb")


class Fault(NamedTuple):
    """Where a run is disturbed, and how: `at` is a part of the way in time, or a call with its path's pattern."""

    at: float | tuple[str, str]
    who: str
    signal: int
    n: int = 1
    when: str = "before"

    def __str__(self) -> str:
        where = f"{self.at:.2f} of the time" if isinstance(self.at, float) else f"{self.n}. {' '.join(self.at)}"
        return f"{signal.Signals(self.signal).name} to {self.who} {self.when} {where}"


class Disturbed(Gallery):
    """A gallery of six tiny pictures in two chunks, run by the one command that goes on after anything."""

    def __init__(self, folder, weights):
        super().__init__(folder, weights)
        self.write_config(stylize=STYLE, painting={"chunk": 3}, plots={"each": "style"})
        self.write_rows(*ROWS)
        self.said = ""

    def copied_to(self, folder):
        """Return the same gallery, as it is now, in another folder."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        other = object.__new__(type(self))
        vars(other).update(vars(self))
        for name in ("content", "style", "checkout", "results"):
            setattr(other, name, folder / name)
        other.folder, other.manifest = folder, folder / "manifest.csv"
        other.environment = {**self.environment, "XDG_CACHE_HOME": str(folder / "home")}
        return other

    def start(self, *flags, fault=None, program="recover.py"):
        """Start the one command in a group of its own, perhaps with a fault that waits for a call."""
        environment, snakemake = dict(self.environment), ["--cores", "2", "--resources", "gpu=1"]
        if fault is not None:
            environment |= {"PYTHONPATH": str(SHIM), "STYLEGRID_FAULT": json.dumps(self._spec(fault))}
        program = [str(self.checkout / "scripts" / program)] if program.endswith(".py") else ["-m", program]
        command = [sys.executable, *program, *snakemake, "--snakefile", "checkout/Snakefile", *flags]
        said = (self.folder / "said.txt").open("w")
        with said:
            how = {"cwd": self.folder, "env": environment, "start_new_session": True}
            return subprocess.Popen([*HEAR_ALL_SIGNALS, *command], stdout=said, stderr=said, **how)

    def wait(self, process):
        """Wait for a run's end, and return its exit code."""
        code = process.wait(PATIENCE)
        self.said = (self.folder / "said.txt").read_text()
        return code

    def go_on(self, *flags):
        """Give the one command, and return its exit code."""
        return self.wait(self.start(*flags))

    def disturb(self, fault, seconds, rng):
        """Run until a fault strikes, and return whether it did; `seconds` is what a whole run takes."""
        if isinstance(fault.at, tuple):
            self.wait(self.start(fault=fault))
            return self.has_struck()
        process = self.start()
        struck = self._strike(process, fault, seconds, rng)
        self.wait(process)
        return struck

    def _strike(self, process, fault, seconds, rng):
        if fault.who == "painter":
            while process.poll() is None and not run.painters(self.results):
                time.sleep(0.02)
            seconds = 4  # which a painter takes to start and paint
        time.sleep(fault.at * seconds)
        targets = run.painters(self.results) if fault.who == "painter" else [process.pid]
        if process.poll() is not None or not targets:
            return False
        (os.killpg if fault.who == "group" else os.kill)(rng.choice(targets), fault.signal)
        return True

    def has_struck(self):
        """Return whether the last fault that waited for a call has struck."""
        return (self._counts / "struck").exists()

    def _spec(self, fault):
        """Return a fault for the shim; each counts apart, for what an earlier run left may still be at work."""
        self._counts = Path(tempfile.mkdtemp(prefix="fault-", dir=self.folder))
        call, match = fault.at
        return {**fault._asdict(), "call": call, "match": match, "folder": str(self._counts)}

    def finished_paintings(self):
        """Return the paintings in the cache whose records stand: when each was painted, and its bytes' hash."""
        cache = self.results / "cache"
        return {
            path.stem: (path.stat().st_mtime_ns, sha256(path))
            for path in cache.glob("*/*.tif")
            if path.with_suffix(".json").exists()
        }

    def partial_files(self):
        """Return pictures that are published and are not what their records say, or not whole."""
        return [path for path in (self.results / "pictures").glob("*/*/*.png") if not is_whole(path)]

    def processes(self):
        """Return what is alive and works in this folder."""
        return [process for process in psutil.process_iter() if _works_in(process, self.folder)]

    def painters_end(self, seconds=20):
        """Return whether all that paints ends by itself, as its Snakemake has."""
        end = time.monotonic() + seconds
        while left := run.painters(self.results):
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return not left

    def made(self):
        """Return all that a finished gallery is, by names: hashes, without what a painting took."""
        found = {}
        for pattern in (
            "pictures/**/*.png",
            "sheets/**/*.png",
            "plots/**/*.svg",
            "gallery/**/*.*",
            "pictures/**/*.json",
        ):
            for path in self.results.glob(pattern):
                name = str(path.relative_to(self.results))
                text = path.suffix in (".json", ".js", ".html")
                data = without_volatile(path.read_text()) if text else path.read_bytes()
                if path.parent.parent.name == "details":  # named by a hash of what they hold
                    data = re.sub(r"stylegridDetail\('\w+'", "", data)
                    name = f"detail {sha256(data)}"
                found[name] = sha256(data)
        found["losses.csv"] = [{k: v for k, v in row.items() if k not in VOLATILE} for row in self.rows()]
        return found


def sha256(data):
    """Return the hash of a file, of text or of bytes."""
    data = data.read_bytes() if isinstance(data, Path) else data
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def without_volatile(text):
    """Return a record, or the list of the gallery page, without what painting took, and names that come of that."""
    text = re.sub(rf'"({"|".join(VOLATILE)})": ?[\d.]+', r'"\1":0', text)
    return re.sub(r'(?<="detail":")\w+|(?<=data\.js\?)\w+', "", text)


def is_whole(picture):
    """Return whether a picture is what its record says; one without is to be read from beginning to end."""
    record = picture.with_name(f"{picture.name}.json")
    if record.exists():
        return json.loads(record.read_text())["picture_sha256"] == sha256(picture)
    try:
        with Image.open(picture) as image:
            image.load()
    except OSError:
        return False
    return True


def _works_in(process, folder):
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == folder
    except (psutil.Error, OSError):
        return False


def rng_of(seed):
    """Return a generator of its own for a seed, whatever else draws."""
    return random.Random(f"faults {seed}")
