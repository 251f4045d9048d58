"""The story of one painting: start picture, descent from coarse to fine, result."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np

from stylegrid.method.evaluation import Arrays, Callbacks, Evaluator, NonFinite, Step
from stylegrid.method.objective import Losses
from stylegrid.method.optimise import NOTHING, OptimizerState, descend, fresh, shown
from stylegrid.painting.checkpoint import Checkpoint, CheckpointFiles
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.problem import Problem
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.plan.job import Job
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import Scale

Report = Callable[[Step], None]
Outcome = Literal["finished", "converged", "non_finite"]


class Result(NamedTuple):
    """A painted picture, how opaque it is, and how it came about; `losses` are its own, None if they are not finite."""

    picture: Picture
    alpha: Alpha | None
    outcome: Outcome
    message: str
    losses: Losses | None
    style_by_layer: dict[str, float]
    history: tuple[Step, ...]
    steps: int
    seconds: float
    precision: str


class Painting(NamedTuple):
    """A descent over the scales so far."""

    canvas: OptimizerState
    steps: int
    converged: bool = False
    failure: NonFinite | None = None


class History:
    """What is written down while a painting is made: every step, and now and then a checkpoint or a snapshot.

    It goes on from the checkpoint of an earlier run, `reached`, if there is one.
    """

    def __init__(self, settings: PaintSettings, report: Report, progress: CheckpointFiles):
        self.reached = progress.load()
        self.history: list[Step] = list(self.reached.history) if self.reached else []
        self._began = time.perf_counter() - (self.reached.seconds if self.reached else 0)
        self._settings, self._report, self._progress = settings, report, progress
        self._kept = self.reached.taken if self.reached else 0
        progress.rewind(self._kept)

    def record(self, step: Step) -> None:
        """Write down a step."""
        self.history.append(step)
        self._report(step)

    def watch(self, scale: int, limit: int, problem: Problem) -> Callbacks:
        """Return who hears of the descent at one scale."""

        def keep(canvas: OptimizerState, taken: int, memory: Callable[[], Arrays]) -> None:
            every = self._settings.snapshots
            if every and taken // every > self._kept // every:
                picture = problem.to_picture(shown(canvas, self._settings.average))
                self._progress.snapshot(taken, picture, problem.inputs(scale).alpha)
            self._kept = taken
            if self._progress.is_due():
                reached = Checkpoint(scale, limit, taken, canvas, tuple(self.history), self.seconds())
                self._progress.save(reached, memory())

        return Callbacks(self.record, keep)

    def seconds(self) -> float:
        """Return the seconds that the painting has taken, those of earlier runs included."""
        return time.perf_counter() - self._began


def stylize(
    job: Job,
    objectives: ObjectiveCache,
    report: Report = lambda step: None,
    progress: CheckpointFiles | None = None,
) -> Result:
    """Paint one combination and return the picture with its losses; `report` hears of every accepted step.

    Goes on from the checkpoint that `progress` has, if it has one. A loss that is not finite ends the painting with the
    last finite picture and says so in the outcome. Raises ImageError when an input picture can't be read.
    """
    journal = History(job.settings, report, progress or CheckpointFiles())
    problem = Problem(job, objectives)
    painting = _descend(problem, journal)
    picture = problem.to_picture(shown(painting.canvas, job.settings.average))
    losses, style_by_layer = _measure(problem, picture)
    if losses is not None:
        journal.record(Step(painting.steps, problem.longest_side, losses))
    outcome, message = _judge(painting, job.settings.steps)
    return Result(
        picture,
        problem.inputs(problem.longest_side).alpha,
        outcome,
        message,
        losses,
        style_by_layer,
        tuple(journal.history),
        painting.steps,
        journal.seconds(),
        problem.precision.name,
    )


def _descend(problem: Problem, journal: History) -> Painting:
    """Return the painting after all scales, or after the one that met a loss that is not finite."""
    scales, reached = problem.scales(), journal.reached
    painting: Painting | None = None
    for scale in scales:
        if reached is None or scale.longest_side > reached.scale:
            steps = painting.steps if painting else 0
            begun = Painting(_begin(problem, painting, scale), steps)
            painting = _descend_at(scale.longest_side, steps + scale.steps, begun, problem, journal)
        elif scale.longest_side == reached.scale:
            begun = Painting(reached.canvas, reached.taken)
            painting = _descend_at(scale.longest_side, reached.limit, begun, problem, journal, reached.memory)
        if painting is not None and painting.failure is not None:
            break
    assert painting is not None
    return painting


def _begin(problem: Problem, painting: Painting | None, scale: Scale) -> OptimizerState:
    """Return the canvas that a scale begins with: the start picture, or what the last scale came to, enlarged."""
    settings = problem.settings
    if painting is None:
        return fresh(problem.start(scale.longest_side), settings.average)
    canvas = painting.canvas._replace(pixels=shown(painting.canvas, settings.average))
    canvas = problem.rescale(canvas, scale.longest_side)
    new = fresh(canvas.pixels, settings.average)
    if settings.moments == "fresh":
        return new
    return new._replace(mean=canvas.mean, square=canvas.square, updates=canvas.updates)


def _descend_at(
    side: int,
    limit: int,
    painting: Painting,
    problem: Problem,
    journal: History,
    memory: Mapping[str, np.ndarray] = NOTHING,
) -> Painting:
    """Return the painting after one scale, which ends after `limit` steps in all."""
    settings = problem.settings
    totals = [step.losses.total for step in journal.history if step.scale == side]
    watch = journal.watch(side, limit, problem)
    evaluate = Evaluator(problem.evaluate(side), settings, side, limit, painting.steps, watch, totals)
    try:
        descent = descend(painting.canvas, evaluate, settings, problem.bounds, problem.range, memory)
    except NonFinite as failure:
        kept = painting.canvas.pixels if evaluate.last_finite is None else evaluate.last_finite
        canvas = problem.rescale(fresh(kept, settings.average), problem.longest_side)
        return Painting(canvas, evaluate.taken, failure=failure)
    return Painting(descent.canvas, evaluate.taken, descent.converged)


def _measure(problem: Problem, picture: Picture) -> tuple[Losses | None, dict[str, float]]:
    """Return the losses of the final picture and its style loss by layer; nothing where they are not finite."""
    losses, style_by_layer = problem.measure(problem.to_pixels(picture))
    return (losses, style_by_layer) if all(map(math.isfinite, losses)) else (None, {})


def _judge(painting: Painting, steps: int) -> tuple[Outcome, str]:
    """Return the outcome and a sentence about it."""
    if painting.failure is not None:
        return (
            "non_finite",
            f"{painting.failure}; the picture is the last finite one: try smaller weights or another optimizer",
        )
    if painting.converged:
        return "converged", f"nothing improved any more after {painting.steps} of {steps} steps"
    return "finished", f"all {painting.steps} steps taken"
