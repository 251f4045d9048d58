"""What time buys: how long ours takes to be as good as the tutorial at its end, in the tutorial's own objective.

The tutorial takes its steps of Adam from the photograph. Its last picture's loss is the target, in float32. Ours starts
from the same photograph with L-BFGS and stops at the first picture whose loss, in float32, is at most that: pictures of
a bfloat16 run are measured in float32 too, each of them that comes near the target, while the clock stands still.

The clock runs from reading the pictures and making targets to the last step. Left out are importing, compiling, which
a few steps on noise do before, and of the tutorial its targets and its first step, which compiles: it counts as much as
the others do on average.
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
    from stylegrid.method.evaluation import Step
    from stylegrid.painting.compiled import ObjectiveCache
    from stylegrid.painting.stylize import Result
    from stylegrid.plan.job import Job
    from stylegrid.vgg.layers import Weights

CORRECTIONS = 20
LONGEST_RACE = 0.5  # evaluations over the tutorial's steps, after which a race is lost
NEAR = 1.25  # times the target: pictures are measured from there on
AIMS = {"float32": "<= 0.12", "bfloat16": "<= 0.07"}
LEAST_SHARE = "<= 1.03"  # of bfloat16's final loss over float32's
MULTIPLES = (1, 2, 4)  # of the house recipe's steps, which Adam is given


class Extent(NamedTuple):
    """How much is painted: the longest side, the tutorial's steps, those that precisions are compared after, pairs."""

    size: int
    steps: int
    compared_steps: int
    house_steps: int
    pairs: int


class Reach(NamedTuple):
    """How far a run came: seconds, evaluations, whether to the target, and the lowest loss over it that was measured.

    Nothing is measured far from the target.
    """

    seconds: float
    evaluations: int
    reached: bool
    lowest: float = math.inf


class Race(NamedTuple):
    """One pair of pictures: the tutorial's seconds, and by precision how ours came to its loss."""

    name: str
    tutorial: float
    ours: dict[str, Reach]


class _Reached(Exception):
    """The target is reached."""


def measure_quality(setup: Setup) -> Findings:
    """Race the tutorial, compare precisions by what they come to, and the house recipe's descent with others."""
    from stylegrid.painting.compiled import ObjectiveCache

    extent = Extent(64, 20, 5, 12, 1) if setup.quick else Extent(256, 1000, 100, 120, setup.pairs)
    network = setup.network()
    judge = ObjectiveCache(network)  # of what isn't raced
    with tempfile.TemporaryDirectory() as folder:
        races = _races(extent, network, judge, Path(folder))
    rows = [*race_rows(races), *_precision_rows(extent, judge), *_house_rows(extent, judge)]
    timings = {f"{race.name}, tutorial": (race.tutorial,) for race in races}
    timings |= {
        f"{race.name}, {precision}": (reach.seconds,) for race in races for precision, reach in race.ours.items()
    }
    return Findings(rows=tuple(rows), timings=timings)


def race_rows(races: Sequence[Race]) -> list[Row]:
    """Return each race's ratio, and the median of them; a race that was not won has none, and leaves none to all."""
    rows: list[Row] = []
    for precision, aim in AIMS.items():
        what = f"time to the tutorial's loss, {precision} / tutorial"
        if any(precision not in race.ours for race in races):
            rows.append(Row(what=what, aim=aim, note=NO_BFLOAT16))
            continue
        found = [(race, race.ours[precision]) for race in races]
        for race, reach in found:
            rows += _one_race(race, reach, precision)
        lost = [race.name for race, reach in found if not reach.reached]
        if lost:
            rows.append(Row(what=what, aim=aim, note=f"NOT REACHED: {', '.join(lost)}"))
            continue
        median = statistics.median(reach.seconds / race.tutorial for race, reach in found)
        rows.append(Row(what=f"{what}, median of {len(found)}", figure=median, aim=aim))
    return rows


def _one_race(race: Race, reach: Reach, precision: str) -> list[Row]:
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
    """Return the races of all pairs; each precision has an engine, so that neither finds the other's targets."""
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
    """Return the seconds of the tutorial's steps, the first of which counts as the mean of the others."""
    tutorial.step()
    tutorial.picture()
    start = clock()
    for _ in range(steps - 1):
        tutorial.step()
    tutorial.picture()
    return (clock() - start) * steps / (steps - 1)


def _reach(job: "Job", objectives: "ObjectiveCache", judge: Any, target: float, extent: Extent) -> Reach:
    """Return how a job comes to a target, within a share of as many evaluations as the tutorial had steps."""
    from stylegrid.bench.ours import Ours
    from stylegrid.method.evaluation import Callbacks

    watch, near, reached, lowest = Stopwatch(), [False], False, [math.inf]

    def report(step: "Step") -> None:
        near[0] = step.losses.total <= NEAR * target

    def keep(canvas: Any, taken: int, memory: object) -> None:
        if near[0]:
            with watch.pause():
                loss = judge.loss_of(canvas.pixels)
            lowest[0] = min(lowest[0], loss / target)
            if loss <= target:
                raise _Reached

    ours = Ours(job, objectives)
    try:
        ours.descend(round(LONGEST_RACE * extent.steps), Callbacks(report, keep))
    except _Reached:
        reached = True
    return Reach(watch.seconds, ours.taken, reached, lowest[0])


def _recipe(precision: str) -> dict[str, Any]:
    """Return the tutorial's objective with L-BFGS instead of its Adam."""
    return {"preset": "tf-tutorial", "optimizer": "lbfgs", "corrections": CORRECTIONS, "precision": precision}


def sample_job(place: int, **settings: Any) -> "Job":
    """Return a job of the repository's own pictures: no two of four share one."""
    from stylegrid.plan.single_job import make_job

    return make_job(CONTENT / CONTENTS[place], str(STYLE / STYLES[place]), Path("picture.png"), settings)


def _precision_rows(extent: Extent, objectives: "ObjectiveCache") -> list[Row]:
    """Return bfloat16's final loss over float32's, of two presets with their own optimisers, on the first pair."""
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
    """Return the total loss of a finished picture, which is measured in float32."""
    assert result.losses is not None, result.message
    return result.losses.total


def _house_rows(extent: Extent, objectives: "ObjectiveCache") -> list[Row]:
    """Return how Adam, and L-BFGS at one scale, do beside the house recipe's L-BFGS from coarse to fine."""
    settings = {"size": extent.size, "precision": "float32"}
    _way(objectives, settings | {"steps": 4})  # compiles; its targets are kept for all that follow
    _way(objectives, settings | {"steps": 4, "optimizer": "adam"})
    lbfgs = _way(objectives, settings | {"steps": extent.house_steps})
    single = _way(objectives, settings | {"steps": extent.house_steps, "coarsest": 0})
    size = f"house recipe, {extent.size} px"
    return [
        Row(what=f"{size}: L-BFGS from coarse to fine, {extent.house_steps} steps", figure=lbfgs.seconds, unit="s"),
        *_adam_rows(f"{size}: Adam", objectives, settings, lbfgs, extent.house_steps),
        Row(
            what=f"{size}: loss at one scale / from coarse to fine, at equal time",
            figure=single.loss_after(lbfgs.seconds) / lbfgs.loss,
        ),
    ]


class Way(NamedTuple):
    """How a painting came about: when each step was reported, its loss, and the final picture's."""

    reports: tuple[tuple[float, float], ...]
    loss: float
    seconds: float

    def loss_after(self, seconds: float) -> float:
        """Return the loss that was reported last within so many seconds."""
        losses = [loss for when, loss in self.reports if when <= seconds]
        return losses[-1] if losses else self.reports[0][1]


def _way(objectives: "ObjectiveCache", settings: Mapping[str, Any]) -> Way:
    from stylegrid.painting.stylize import stylize

    watch, reports = Stopwatch(), list[tuple[float, float]]()
    result = stylize(
        sample_job(0, **settings), objectives, lambda step: reports.append((watch.seconds, step.losses.total))
    )
    return Way(tuple(reports), _final_loss(result), watch.seconds)


def _adam_rows(
    what: str, objectives: "ObjectiveCache", settings: Mapping[str, Any], lbfgs: Way, steps: int
) -> list[Row]:
    """Return the fewest steps, of some multiples, with which Adam ends as low, and their time over that of L-BFGS."""
    for multiple in MULTIPLES:
        way = _way(objectives, {**settings, "steps": multiple * steps, "optimizer": "adam"})
        if way.loss <= lbfgs.loss:
            return [
                Row(what=f"{what}, steps to the same loss", figure=multiple * steps),
                Row(what=f"{what}, time to the same loss / L-BFGS", figure=way.seconds / lbfgs.seconds),
            ]
    note = f"loss {spell(way.loss / lbfgs.loss)} times as high after {spell(way.seconds / lbfgs.seconds)} times as long"
    return [Row(what=f"{what}, steps to the same loss", note=f"above {MULTIPLES[-1] * steps}: {note}")]
