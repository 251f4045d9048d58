"""A report with invented numbers, for tests of tables and charts."""

from datetime import UTC, datetime

import numpy as np

from stylegrid.bench.machine import Machine
from stylegrid.bench.report import Curve, Findings, Point, Report, Row

MACHINE = Machine(
    cpu="An Example 9000",
    cores=2,
    memory_mb=24576,
    flags=("avx2", "avx512_bf16"),
    gpu="",
    load=0.1,
    versions={"python": "3.12.1", "tensorflow-cpu": "2.21.0"},
)


def curve(title: str, x_label: str, each: str, xs, constant: float, slope: float, y_label="seconds") -> Curve:
    """Return five runs at each x along a line, a few percent beside it."""
    noise = np.random.default_rng(len(title)).normal(1, 0.03, (len(xs), 5))
    points = tuple(Point(x=x, times=tuple((constant + slope * x) * row)) for x, row in zip(xs, noise, strict=True))
    return Curve(title=title, x_label=x_label, y_label=y_label, each=each, points=points)


def curves() -> dict[str, Curve]:
    """Return the three curves of a benchmark."""
    sizes = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
    return {
        "pixels": curve("Pixels", "megapixels", "megapixel and step", sizes, 0.021, 3.1, "seconds per step"),
        "pictures": curve("Pictures", "pictures of a gallery", "picture", (1, 2, 4, 8, 16), 7.9, 21.5),
        "steps": curve("Steps", "steps at 384x256", "step", (0, 25, 50, 100, 200), 4.2, 0.31),
    }


def report() -> Report:
    """Return a whole report."""
    rows = (
        Row(what="step at 384x256", figure=0.3123, unit="s"),
        Row(what="this step over the tutorial's", figure=0.71, aim="<= 0.78"),
        Row(what="share of the matmul rate", figure=0.62, aim=">= 0.80"),
        Row(what="PyTorch's step", unit="s", note="not installed"),
    )
    findings = Findings(rows=rows, timings={"step": (0.31, 0.32)}, curves=curves())
    return Report(machine=MACHINE, date=datetime(2026, 1, 2, tzinfo=UTC), **dict(findings))
