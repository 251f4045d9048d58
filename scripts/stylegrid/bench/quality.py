"""Time to quality: how long ours takes to reach the tutorial's final loss, in the tutorial's own objective.

The tutorial runs Adam from the photograph; the target is the loss of its last picture, in float32. Ours runs L-BFGS
from the same photograph and stops at the first picture whose float32 loss is at most the target. Pictures of a bfloat16
run that come near the target are measured in float32 with the clock stopped.

The clock covers reading pictures, computing targets and all steps. It leaves out imports and compilation (a few steps
on noise run first), and of the tutorial its targets; its first step, which compiles, counts as the mean of the others.
"""

import math
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stylegrid.bench.report import Findings, Row, spell
from stylegrid.bench.setup import CONTENT, CONTENTS, NO_BFLOAT16, STYLE, STYLES, Setup, precisions
from stylegrid.bench.timing import Stopwatch

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.method.evaluation import DescentState, Step
    from stylegrid.painting.compiled import ObjectiveCache
    from stylegrid.painting.stylize import Result
    from stylegrid.plan.job import Job
    from stylegrid.vgg.layers import Weights

CORRECTIONS = 20
LONGEST_RACE = 0.5  # evaluations over the tutorial's steps; after them a race is lost
NEAR = 1.25  # of the target: below it pictures are measured in float32
AIMS = {"float32": "<= 0.12", "bfloat16": "<= 0.07"}
LEAST_SHARE = "<= 1.03"  # of bfloat16's final loss over float32's


class Extent(NamedTuple):
    """The longest side, the tutorial's steps, the steps after which precisions are compared, and the pairs."""

    size: int
    steps: int
    compared_steps: int
    house_steps: int
    pairs: int


class Reach(NamedTuple):
    """A run's seconds and evaluations, whether it reached the target, and its lowest measured loss over the target."""

    seconds: float
    evaluations: int
    reached: bool
    lowest: float = math.inf


class Race(NamedTuple):
    """One pair of pictures: the tutorial's seconds, and our run by precision."""

    name: str
    tutorial: float
    ours: dict[str, Reach]


class _Reached(Exception):
    """The target is reached."""


def measure_quality(setup: Setup) -> Findings:
    """Race the tutorial, and compare the final losses of both precisions."""
    from stylegrid.painting.compiled import ObjectiveCache

    extent = Extent(256, 1000, 100, 48, setup.pairs)
    network = setup.network()
    judge = ObjectiveCache(network)  # of losses, not of races
    with tempfile.TemporaryDirectory() as folder:
        races = _races(extent, network, judge, Path(folder))
    rows = [*race_rows(races), *_precision_rows(extent, judge)]
    timings = {f"{race.name}, tutorial": (race.tutorial,) for race in races}
    timings |= {
        f"{race.name}, {precision}": (reach.seconds,) for race in races for precision, reach in race.ours.items()
    }
    return Findings(rows=tuple(rows), timings=timings)


def race_rows(races: Sequence[Race]) -> list[Row]:
    """Return each race's ratio and their median; a lost race has no ratio, and then there is no median."""
    rows: list[Row] = []
    for precision, aim in AIMS.items():
        what = f"time to the tutorial's loss, {precision} / tutorial"
        if any(precision not in race.ours for race in races):
            rows.append(Row(what=what, aim=aim, note=NO_BFLOAT16))
            continue
        found = [(race, race.ours[precision]) for race in races]
        for race, reach in found:
            rows += _race_row_pair(race, reach, precision)
        lost = [race.name for race, reach in found if not reach.reached]
        if lost:
            rows.append(Row(what=what, aim=aim, note=f"NOT REACHED: {', '.join(lost)}"))
            continue
        median = statistics.median(reach.seconds / race.tutorial for race, reach in found)
        rows.append(Row(what=f"{what}, median of {len(found)}", figure=median, aim=aim))
    return rows


def _race_row_pair(race: Race, reach: Reach, precision: str) -> list[Row]:
    where = f"{precision}, {race.name}"
    if not reach.reached:
        lowest = f"lowest {spell(reach.lowest)} times it" if reach.lowest < math.inf else "nor near"
        note = f"NOT REACHED in {reach.evaluations} evaluations, {spell(reach.seconds)} s: {lowest}"
        return [Row(what=f"evaluations to the tutorial's loss, {where}", note=note)]
    note = f"{spell(reach.seconds)} s / {spell(race.tutorial)} s"
    return [
        Row(what=f"evaluations to the tutorial's loss, {where}", figure=reach.evaluations),
        Row(what=f"time to the tutorial's loss, {where} / tutorial", figure=reach.seconds / race.tutorial, note=note),
    ]


def _races(extent: Extent, network: "Weights", judge: "ObjectiveCache", folder: Path) -> list[Race]:
    """Return the races of all pairs; each precision has its own ObjectiveCache, so that targets are not shared."""
    from stylegrid.bench.ours import Ours, noise_job
    from stylegrid.painting.compiled import ObjectiveCache

    all_objectives = {precision: ObjectiveCache(network) for precision in precisions()}
    for precision, objectives in all_objectives.items():
        Ours(noise_job(folder, (extent.size, extent.size), **_recipe(precision)), objectives).descend(3)
    return [_race(place, extent, network, judge, all_objectives) for place in range(extent.pairs)]


def _race(
    place: int,
    extent: Extent,
    network: "Weights",
    objectives: "ObjectiveCache",
    all_objectives: Mapping[str, "ObjectiveCache"],
) -> Race:
    from stylegrid.bench.ours import Ours
    from stylegrid.bench.tutorial import Tutorial

    judge = Ours(sample_job(place, size=extent.size, **_recipe("float32")), objectives)
    tutorial = Tutorial(judge.photograph, judge.painting, network)
    seconds = time_tutorial(tutorial, extent.steps)
    target = judge.loss(tutorial.picture())
    ours = {
        precision: _reach(sample_job(place, size=extent.size, **_recipe(precision)), racer, judge, target, extent)
        for precision, racer in all_objectives.items()
    }
    return Race(f"{Path(CONTENTS[place]).stem} and {Path(STYLES[place]).stem}", seconds, ours)


def time_tutorial(tutorial: Any, steps: int, clock: Any = time.perf_counter) -> float:
    """Return the seconds of the tutorial's steps; the first counts as the mean of the others."""
    tutorial.step()
    tutorial.picture()
    start = clock()
    for _ in range(steps - 1):
        tutorial.step()
    tutorial.picture()
    return (clock() - start) * steps / (steps - 1)


def _reach(job: "Job", objectives: "ObjectiveCache", judge: Any, target: float, extent: Extent) -> Reach:
    """Run a job until it reaches the target, with at most LONGEST_RACE times the tutorial's steps."""
    from stylegrid.bench.ours import Ours
    from stylegrid.method.evaluation import Callbacks

    watch, near, lowest, reached_at = Stopwatch(), [False], [math.inf], list[int]()

    def report(step: "Step") -> None:
        near[0] = step.losses.total <= NEAR * target

    def keep(state: "DescentState", arrays: object) -> None:
        if near[0]:
            with watch.pause():
                loss = judge.loss_of(state.optimizer.pixels)
            lowest[0] = min(lowest[0], loss / target)
            if loss <= target:
                reached_at.append(state.taken)
                raise _Reached

    ours = Ours(job, objectives)
    try:
        ours.descend(round(LONGEST_RACE * extent.steps), Callbacks(report, keep))
    except _Reached:
        return Reach(watch.seconds, reached_at[0], True, lowest[0])
    return Reach(watch.seconds, ours.taken, False, lowest[0])


def _recipe(precision: str) -> dict[str, Any]:
    """Return the tutorial's objective with L-BFGS instead of its Adam."""
    return {"preset": "tf-tutorial", "optimizer": "lbfgs", "corrections": CORRECTIONS, "precision": precision}


def sample_job(place: int, **settings: Any) -> "Job":
    """Return a job of the sample pictures; no two of the four places share one."""
    from stylegrid.plan.single_job import make_job

    return make_job(CONTENT / CONTENTS[place], str(STYLE / STYLES[place]), Path("picture.png"), settings)


def _precision_rows(extent: Extent, objectives: "ObjectiveCache") -> list[Row]:
    """Return bfloat16's final loss over float32's, for two presets on the first pair."""
    from stylegrid.painting.stylize import stylize

    rows = []
    for preset, steps in (("tf-tutorial", extent.compared_steps), ("stylegrid", extent.house_steps)):
        what = f"final loss of {preset}, {steps} steps, bfloat16 / float32"
        if "bfloat16" not in precisions():
            rows.append(Row(what=what, aim=LEAST_SHARE, note=NO_BFLOAT16))
            continue
        jobs = [
            sample_job(0, preset=preset, size=extent.size, steps=steps, precision=precision)
            for precision in ("float32", "bfloat16")
        ]
        single, half = (_final_loss(stylize(job, objectives)) for job in jobs)
        rows.append(Row(what=what, figure=half / single, aim=LEAST_SHARE))
    return rows


def _final_loss(result: "Result") -> float:
    """Return the total loss of a finished picture, in float32."""
    assert result.losses is not None, result.message
    return result.losses.total
