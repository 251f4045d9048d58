"""What painting costs against pixels, pictures and steps, all with the house recipe as it comes: straight lines."""

import tempfile
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid.bench.charts import fit
from stylegrid.bench.report import Curve, Findings, Point, Row
from stylegrid.bench.setup import CONTENT, CONTENTS, STYLE, STYLES, Setup
from stylegrid.bench.timing import Run, Timing, alternate

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.plan.job import Job

AIM = ">= 0.98"
SIDES, QUICK_SIDES = (64, 128, 192, 256, 320, 384, 448, 512), (32, 48, 64)
STEPS = 5  # of one timed run, against pixels
COUNTS, QUICK_COUNTS = (1, 2, 4, 8, 16), (1, 2, 4)
CHUNK_SIDE, CHUNK_STEPS = 64, 10
LENGTHS, QUICK_LENGTHS = (10, 20, 40, 80, 160), (4, 8, 16)
LENGTHS_SIDE = 128


def measure_curves(setup: Setup) -> Findings:
    """Measure the three curves, and how straight they are."""
    curves = {"pixels": _pixels(setup), "pictures": _pictures(setup), "steps": _steps(setup)}
    return Findings(rows=straightness_rows(curves), curves=curves)


def straightness_rows(curves: Mapping[str, Curve]) -> tuple[Row, ...]:
    """Return how straight each curve is."""
    return tuple(
        Row(what=f"seconds against {name}, R^2 of a straight line", figure=straightness(curve), aim=AIM)
        for name, curve in curves.items()
    )


def straightness(curve: Curve) -> float:
    """Return R^2 of the straight line through the medians.

    1 - squares of what is beside the line / squares of what is beside the mean.
    """
    constant, slope = fit(curve)
    medians = [Timing(point.times).median for point in curve.points]
    mean = sum(medians) / len(medians)
    beside = sum(
        (median - constant - slope * point.x) ** 2 for median, point in zip(medians, curve.points, strict=True)
    )
    return 1 - beside / sum((median - mean) ** 2 for median in medians)


def points(runs: Mapping[float, Run], setup: Setup, divisor: int = 1) -> tuple[Point, ...]:
    """Return the times of runs in turn, by where they are on the curve, each divided by what it did so many times."""
    timings = alternate({str(x): run for x, run in runs.items()}, repeats=2 if setup.quick else 5, warmups=1)
    return tuple(Point(x=x, times=tuple(time / divisor for time in timings[str(x)].times)) for x in runs)


def _pixels(setup: Setup) -> Curve:
    """Return seconds of a step of L-BFGS at one scale against pixels, on noise."""
    from stylegrid.bench.ours import Ours, noise_job, steps_of
    from stylegrid.painting.compiled import ObjectiveCache

    objectives = ObjectiveCache(setup.network())
    with tempfile.TemporaryDirectory() as folder:
        runs = {
            side * side / 1e6: steps_of(Ours(noise_job(Path(folder), (side, side)), objectives), STEPS)
            for side in (QUICK_SIDES if setup.quick else SIDES)
        }
    return Curve(
        title="Pixels",
        x_label="megapixels",
        y_label="seconds per step",
        each="megapixel and step",
        points=points(runs, setup, STEPS),
    )


def _pictures(setup: Setup) -> Curve:
    """Return seconds of a chunk against its pictures, painted and handed over by a process that has started."""
    with tempfile.TemporaryDirectory() as folder:
        paint = _chunk_painter(setup, Path(folder))
        counts = QUICK_COUNTS if setup.quick else COUNTS
        found = points({pictures: _paint_run(paint, pictures) for pictures in counts}, setup)
    return Curve(title="Pictures", x_label="pictures", y_label="seconds", each="picture", points=found)


def _paint_run(paint: Callable[[int], None], pictures: int) -> Run:
    return lambda: paint(pictures)


def _chunk_painter(setup: Setup, folder: Path) -> Callable[[int], None]:
    """Return what paints a chunk of so many pictures; none is ever found in the cache."""
    from stylegrid.painting.paint_chunk import paint_chunk
    from stylegrid.painting.painter import Painter
    from stylegrid.store.cache import Cache

    painter = Painter(setup.backbone(), Cache(folder / "cache"))
    numbers = count()

    def paint(pictures: int) -> None:
        jobs = [_chunk_job(folder, next(numbers)) for _ in range(pictures)]
        paint_chunk(jobs, painter, folder / "chunk", lambda job: lambda step: None, _fail)

    return paint


def _chunk_job(folder: Path, number: int) -> "Job":
    from stylegrid.plan.single_job import make_job

    content, style = CONTENTS[number % len(CONTENTS)], STYLES[number // len(CONTENTS) % len(STYLES)]
    settings = {"size": CHUNK_SIDE, "steps": CHUNK_STEPS, "style_weight": 10 + number / 1000}
    return make_job(CONTENT / content, str(STYLE / style), folder / f"{number}.png", settings)


def _steps(setup: Setup) -> Curve:
    """Return seconds of one picture, coarse to fine, against its steps."""
    from stylegrid.painting.compiled import ObjectiveCache
    from stylegrid.painting.stylize import stylize
    from stylegrid.plan.single_job import make_job

    objectives = ObjectiveCache(setup.network())

    def run(steps: int) -> Run:
        settings = {"size": LENGTHS_SIDE, "steps": steps}
        job = make_job(CONTENT / CONTENTS[0], str(STYLE / STYLES[0]), Path("picture.png"), settings)
        return lambda: stylize(job, objectives)

    found = points({steps: run(steps) for steps in (QUICK_LENGTHS if setup.quick else LENGTHS)}, setup)
    return Curve(title="Steps", x_label=f"steps at {LENGTHS_SIDE} px", y_label="seconds", each="step", points=found)


def _fail(job: object, error: Exception) -> None:
    raise error
