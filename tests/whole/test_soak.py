"""Hundreds of pictures in one run, while a tenth of the painting processes fail: all are painted, and nothing grows."""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from disturbing import SHIM, STYLE, Disturbed

from stylegrid.runs import run

pytestmark = pytest.mark.soak

PICTURES = 512
SHARE = 0.1  # of painting processes that fail
WARM = 4  # pictures after which a process has all that it needs
EVERY = 0.25  # seconds between two looks at a process
GROWTH = 24  # MB that a process may have grown by once it has painted: what allocators keep


class Look(NamedTuple):
    """What a process holds at a moment: memory in MB, and open files."""

    memory: float
    files: int


def look_at(process):
    """Return what a process of this machine holds; nothing if it has ended."""
    folder = Path("/proc", str(process))
    try:
        status = (folder / "status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return Look(int(resident.split()[1]) / 1024, len(list((folder / "fd").iterdir())))
    except (OSError, StopIteration):
        return None


def watch(gallery, process):
    """Return all looks at Snakemake until it ends, and at each process that paints, from its fourth picture on."""
    seen, before, cache = defaultdict(list), {}, gallery.results / "cache"
    while process.poll() is None:
        painted = len(list(cache.glob("*/*.tif")))
        for number in (process.pid, *run.painters(gallery.results)):
            warm = painted - before.setdefault(number, painted) >= WARM or number == process.pid
            if warm and (look := look_at(number)):
                seen[number].append(look)
        time.sleep(EVERY)
    return seen.pop(process.pid), list(seen.values()), len(before) - 1


def growth(looks):
    """Return by how much the last half of a life exceeds the first, at the most."""
    first, last = looks[: len(looks) // 2], looks[len(looks) // 2 :]
    return Look(*(max(b) - max(a) for a, b in zip(zip(*first, strict=True), zip(*last, strict=True), strict=True)))


def test_hundreds_of_pictures_while_processes_fail(tmp_path, weights_file, record_property):
    gallery = Disturbed(tmp_path, weights_file)
    gallery.write_config(stylize={**STYLE, "size": 16, "steps": 2}, painting={"chunk": 32})
    weights = ";".join(str(weight) for weight in range(1, PICTURES + 1))
    gallery.write_rows({"content": "cat.png", "style": "night.png", "style_weight": weights})
    accidents = tmp_path / "accidents"
    accidents.mkdir()
    told = {"seed": 20, "share": SHARE, "folder": str(accidents)}
    gallery.environment |= {"PYTHONPATH": str(SHIM), "STYLEGRID_ACCIDENTS": json.dumps(told)}
    began = time.monotonic()
    process = gallery.start("--retries", "5", "--keep-going")
    snakemake, painters, started = watch(gallery, process)
    assert gallery.wait(process) == 0, gallery.said[-5000:]
    minutes = (time.monotonic() - began) / 60

    struck = sorted(path.name.rpartition(".")[2] for path in accidents.glob("struck.*"))
    assert {"kill", "raise"} == set(struck)
    rows = gallery.rows()
    assert [int(float(row["style_weight"])) for row in rows] == list(range(1, PICTURES + 1))
    assert gallery.outcomes() == ["finished"] * PICTURES
    assert len(gallery.finished_paintings()) == PICTURES
    assert not gallery.partial_files() and not gallery.processes()
    grown = [growth(looks) for looks in painters if len(looks) >= 4]
    assert grown
    worst, own = Look(max(look.memory for look in grown), max(look.files for look in grown)), growth(snakemake)
    record_property(
        "soak",
        f"{PICTURES} pictures in {minutes:.1f} minutes, "
        f"{started} painting processes of which {len(struck)} failed; "
        f"painters grew by {worst.memory:.0f} MB and {worst.files} open files, Snakemake by {own.memory:.0f} MB and "
        f"{own.files} of {max(look.memory for look in snakemake):.0f} MB",
    )
    assert worst.memory < GROWTH and worst.files <= 2
    assert own.memory < GROWTH and own.files <= 8
