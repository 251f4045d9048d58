"""Hundreds of pictures in one process, which should need no more memory or open files at its end than near its start.

As a program it is that process: it paints into a temporary cache and prints, after each chunk, what it holds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from stylegrid.bench.memory import ProgramError, open_files, resident_mb
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.setup import CONTENT, CONTENTS, MODULES, STYLE, STYLES, Setup, module

AIM = "<= 1.10"
PICTURES, QUICK_PICTURES = 500, 30
SIZES = (44, 46, 48, 50, 52)
STEPS = 2
CHUNK = len(SIZES)  # pictures: one of each size
EARLY = 10 // CHUNK  # chunks after which all should be there that a process keeps


class Held(NamedTuple):
    """What a process holds after so many pictures and seconds: MiB, nothing where it can't be told, and open files."""

    pictures: int
    seconds: float
    memory_mb: float | None
    files: int


def measure_endurance(setup: Setup) -> Findings:
    """Let a process paint many pictures, and compare what it holds at the end and after the tenth."""
    count = QUICK_PICTURES if setup.quick else PICTURES
    return endurance_findings(_run(count, str(setup.weights_file())))


def endurance_findings(held: Sequence[Held]) -> Findings:
    """Return the ratios of what was held at the end and after the tenth picture."""
    early, last = held[EARLY - 1], held[-1]
    pictures, seconds = last.pictures - early.pictures, last.seconds - early.seconds
    what = f"memory after {last.pictures} pictures / after {early.pictures}"
    rows = [
        Row(what=what, aim=AIM, note="only Linux tells it")
        if early.memory_mb is None or last.memory_mb is None
        else Row(what=what, figure=last.memory_mb / early.memory_mb, aim=AIM, note=f"{last.memory_mb:.0f} MiB"),
        Row(what="open files more than then", figure=last.files - early.files, aim="<= 0"),
        Row(what=f"pictures of {SIZES[0]} to {SIZES[-1]} px, {STEPS} steps", figure=pictures / seconds, unit="1/s"),
    ]
    return Findings(rows=tuple(rows), timings={"endurance": (last.seconds,)})


def _run(count: int, weights: str) -> list[Held]:
    """Return what a fresh process held after each chunk."""
    done = subprocess.run(
        module("endurance", count, weights),
        env={**os.environ, **MODULES},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ProgramError(f"endurance: failed\n{done.stderr[-2000:]}".rstrip())
    return [Held(*held) for held in json.loads(done.stdout)]


def settings_of(place: int) -> tuple[str, str, dict[str, Any]]:
    """Return a photograph, a painting and settings: sizes and photographs change each time, no picture comes twice."""
    content, style = CONTENTS[place % len(CONTENTS)], STYLES[place // len(CONTENTS) % len(STYLES)]
    return content, style, {"size": SIZES[place % len(SIZES)], "steps": STEPS, "style_weight": 10 + place}


def main(count: int, weights: str) -> None:
    """Paint, chunk by chunk, and print what was held after each."""
    from stylegrid.painting.paint_chunk import paint_chunk
    from stylegrid.painting.painter import Painter
    from stylegrid.plan.single_job import make_job
    from stylegrid.store.cache import Cache

    held, start = list[Held](), time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        painter = Painter(Setup(weights=weights).backbone(), Cache(folder / "cache"))
        for first in range(0, count, CHUNK):
            jobs = [
                make_job(CONTENT / content, str(STYLE / style), folder / f"{place}.png", settings)
                for place in range(first, first + CHUNK)
                for content, style, settings in [settings_of(place)]
            ]
            paint_chunk(jobs, painter, folder / "chunk", lambda job: lambda step: None, _fail)
            held.append(Held(first + CHUNK, time.perf_counter() - start, resident_mb(), open_files()))
    print(json.dumps(held))


def _fail(job: object, error: Exception) -> None:
    raise error


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
