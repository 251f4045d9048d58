"""Hundreds of pictures in one run, while a tenth of the painting processes fail: all are painted, and nothing grows."""

import json
import time
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from disturbing import SHIM, STYLE, Disturbed

from stylegrid import run
from stylegrid.chunks import make_chunks

pytestmark = pytest.mark.soak

PICTURES = 512
SHARE = 0.1  # of painting processes that fail
EVERY = 0.25  # seconds between two looks at a process
CHUNK = 32
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
    """Return all looks at Snakemake, and at each process that paints, until Snakemake ends."""
    seen = defaultdict(list)
    while process.poll() is None:
        for number in (process.pid, *run.painters(gallery.results)):
            if look := look_at(number):
                seen[number].append(look)
        time.sleep(EVERY)
    return seen.pop(process.pid), list(seen.values())


def growth(values):
    """Return by how much the last quarter of a life exceeds its middle."""
    middle, late = values[len(values) // 2 : len(values) * 5 // 8 + 1], values[len(values) * 3 // 4 : -1]
    return max(late) - max(middle) if late else 0


def growth_of_peaks(gallery):
    """Return by how many MB the peak of any process that paints has grown after its first picture, by the records."""
    records = {f"cat/night/{row['variant']}": gallery.record(f"cat/night/{row['variant']}") for row in gallery.rows()}
    chunks = make_chunks(records, CHUNK).values()
    peaks = [[records[name]["peak_memory_mb"] for name in chunk] for chunk in chunks]
    return max(max(chunk) - min(chunk) for chunk in peaks)


def test_hundreds_of_pictures_while_processes_fail(tmp_path, weights_file, record_property):
    gallery = Disturbed(tmp_path, weights_file)
    gallery.write_config(stylize={**STYLE, "size": 16, "steps": 2}, painting={"chunk": CHUNK, "batch": 1})
    weights = ";".join(str(weight) for weight in range(1, PICTURES + 1))
    gallery.write_rows({"content": "cat.png", "style": "night.png", "style_weight": weights})
    accidents = tmp_path / "accidents"
    accidents.mkdir()
    told = {"seed": 20, "share": SHARE, "folder": str(accidents)}
    gallery.environment |= {"PYTHONPATH": str(SHIM), "STYLEGRID_ACCIDENTS": json.dumps(told)}
    began = time.monotonic()
    process = gallery.start("--retries", "5", "--keep-going")
    snakemake, painters = watch(gallery, process)
    assert gallery.wait(process) == 0, gallery.said[-5000:]
    minutes = (time.monotonic() - began) / 60

    struck = sorted(path.name.rpartition(".")[2] for path in accidents.glob("struck.*"))
    assert {"kill", "raise"} == set(struck)
    rows = gallery.rows()
    assert [int(float(row["style_weight"])) for row in rows] == list(range(1, PICTURES + 1))
    assert gallery.outcomes() == ["finished"] * PICTURES
    assert len(gallery.finished_paintings()) == PICTURES
    assert not gallery.partial_files() and not gallery.processes()
    files = max(growth([look.files for look in looks]) for looks in painters)
    peak, own = growth_of_peaks(gallery), growth([look.memory for look in snakemake])
    own_files = growth([look.files for look in snakemake])
    record_property(
        "soak",
        f"{PICTURES} pictures in {minutes:.1f} minutes, "
        f"{len(painters)} painting processes of which {len(struck)} failed; "
        f"painters grew by {peak:.0f} MB and {files} open files, Snakemake by {own:.0f} MB and {own_files} of "
        f"{max(look.memory for look in snakemake):.0f} MB",
    )
    assert peak < GROWTH and files <= 2
    assert own < GROWTH and own_files <= 8
