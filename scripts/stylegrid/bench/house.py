"""The step of the house recipe."""

import tempfile
from pathlib import Path

from stylegrid.bench.report import Findings, Row, spell, times_of
from stylegrid.bench.setup import NO_BFLOAT16, PRECISIONS, Setup, precisions
from stylegrid.bench.timing import alternate

SIDE, QUICK_SIDE = 256, 48
STEPS = 20  # of one timed run: evaluations of one L-BFGS descent, its own work included


def measure_house(setup: Setup) -> Findings:
    """Measure one step of the house recipe, at one scale, in each precision."""
    from stylegrid.bench.ours import Ours, noise_job, steps_of
    from stylegrid.painting.compiled import ObjectiveCache

    side, steps = (QUICK_SIDE, 3) if setup.quick else (SIDE, STEPS)
    objectives = ObjectiveCache(setup.network())
    with tempfile.TemporaryDirectory() as folder:
        sides = {
            precision: Ours(noise_job(Path(folder), (side, side), precision=precision), objectives)
            for precision in precisions()
        }
    runs = {f"house, {precision}": steps_of(ours, steps) for precision, ours in sides.items()}
    timings = alternate(runs, repeats=2 if setup.quick else 7, warmups=1)
    rows: list[Row] = []
    for precision in PRECISIONS:
        what = f"step of the house recipe, {side}x{side}, {precision}"
        timing = timings.get(f"house, {precision}")
        if timing is None:
            rows.append(Row(what=what, unit="s", note=NO_BFLOAT16))
            continue
        seconds = timing.median / steps
        rows.append(Row(what=what, figure=seconds, unit="s", note=f"quartiles {spell(100 * timing.spread)} % apart"))
        rows.append(Row(what=what, figure=1000 * seconds, unit="ms"))
    return Findings(rows=tuple(rows), timings=times_of(timings))
