"""A gallery by Snakemake beside a loop of `stylize.py`, one process a picture, and Snakemake's overhead."""

import csv
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from stylegrid.bench.memory import run_measured
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.setup import CONTENT, CONTENTS, ROOT, STYLE, STYLES, Setup, program

AIM = "<= 0.45"
SIZE, STEPS = 96, 40
WEIGHTS = (30, 100)


class Combination(NamedTuple):
    """One picture of the gallery."""

    content: str
    style: str
    style_weight: float


def measure_gallery(setup: Setup) -> Findings:
    """Measure a gallery, the loop, the gallery again with all paintings cached, and a dry run."""
    combinations, settings = all_combinations(), {"size": SIZE, "steps": STEPS}
    with tempfile.TemporaryDirectory() as name:
        folder, file = Path(name), setup.weights_file()
        write_gallery(folder, combinations, settings, file)
        gallery = seconds_of(lambda: snakemake(folder))
        _require(folder, len(combinations))
        shutil.rmtree(folder / "results" / "pictures")
        again = seconds_of(lambda: snakemake(folder))
        dry = seconds_of(lambda: snakemake(folder, "--dry-run", "--forceall", "--quiet"))
        loop = seconds_of(lambda: _loop(folder, combinations, settings, file))
    return gallery_findings(len(combinations), gallery, loop, again, dry)


def gallery_findings(count: int, gallery: float, loop: float, again: float, dry: float) -> Findings:
    """Return the seconds of each, and the gallery's ratio to the loop."""
    rows = (
        Row(what=f"gallery of {count} pictures by Snakemake", figure=gallery, unit="s"),
        Row(what=f"loop of {count} programs", figure=loop, unit="s"),
        Row(what="gallery / loop", figure=gallery / loop, aim=AIM),
        Row(what="gallery again, all in the cache, a picture", figure=again / count, unit="s"),
        Row(what="gallery, dry run of everything, a picture", figure=dry / count, unit="s"),
    )
    timings = {"gallery": (gallery,), "loop": (loop,), "gallery, cached": (again,), "gallery, dry run": (dry,)}
    return Findings(rows=rows, timings=timings)


def all_combinations() -> list[Combination]:
    """Return four photographs in three styles with two weights."""
    return [Combination(*each) for each in product(CONTENTS, STYLES[:3], WEIGHTS)]


def write_gallery(folder: Path, rows: Iterable[Combination], settings: dict[str, Any], weights_file: Path) -> None:
    """Write a manifest and a config into a folder, with the repository's pictures."""
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([Combination._fields, *rows])
    config = {
        "manifest": str(folder / "manifest.csv"),
        "content_dir": str(CONTENT),
        "style_dir": str(STYLE),
        "results": str(folder / "results"),
        "weights": str(weights_file),
        "stylize": settings,
    }
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML too


def snakemake(folder: Path, *flags: str, snakefile: Path = ROOT / "Snakefile") -> None:
    """Run Snakemake in a folder."""
    run_measured(snakemake_command(folder, *flags, snakefile=snakefile))


def snakemake_command(folder: Path, *flags: str, snakefile: Path = ROOT / "Snakefile") -> list[str]:
    """Return the command that runs Snakemake in a folder."""
    given = ["--snakefile", snakefile, "--directory", folder, "--cores", "all", "--resources", "gpu=1", *flags]
    return [sys.executable, "-m", "snakemake", *map(str, given)]


def seconds_of(run: Callable[[], object]) -> float:
    """Return the wall seconds of a run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _loop(folder: Path, rows: Iterable[Combination], settings: dict[str, Any], weights_file: Path) -> None:
    """Paint every combination in a process of its own."""
    for place, row in enumerate(rows):
        flags = {
            "content": CONTENT / row.content,
            "style": STYLE / row.style,
            "style_weight": row.style_weight,
            "weights": weights_file,
            "output": folder / f"loop-{place}.png",
            **settings,
        }
        run_measured(program("stylize", flags=flags))


def _require(folder: Path, count: int) -> None:
    """Raise RuntimeError unless the whole gallery is painted; its seconds would mean nothing."""
    found = len(list((folder / "results" / "pictures").glob("*/*/*.png")))
    if found != count:
        raise RuntimeError(f"{found} of {count} pictures were painted")
