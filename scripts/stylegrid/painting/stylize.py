"""One painting from its start picture, by a descent at each scale from coarse to fine, to the result."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.method.evaluation import STUCK, Arrays, Callbacks, DescentState, Step
from stylegrid.method.objective import Losses
from stylegrid.method.optimise import NO_ARRAYS, descend
from stylegrid.method.optimizer_state import averaged_pixels, initial_state
from stylegrid.painting.checkpoint import Checkpoint, CheckpointFiles
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.problem import UNKNOWN, Problem, Room
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.plan.job import Job
from stylegrid.settings.paint_settings import PaintSettings

Report = Callable[[Step], None]
Outcome = Literal["finished", "converged", "non_finite"]


class Result(NamedTuple):
    """A painted picture, its alpha, and how it came about; `losses` are its own, None where they are not finite."""

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
    grey: bool = False
    tile: int | None = None


class History:
    """The steps of a painting as they are reported, with a checkpoint or a snapshot now and then.

    Goes on from the `checkpoint` of an earlier run, if there is one. `exact_from` is the step from which on float32
    replaces a precision whose rounding stopped L-BFGS.
    """

    def __init__(self, settings: PaintSettings, report: Report, progress: CheckpointFiles):
        self.checkpoint = progress.load()
        self.steps: list[Step] = list(self.checkpoint.history) if self.checkpoint else []
        self.exact_from = self.checkpoint.exact_from if self.checkpoint else None
        self._began = time.perf_counter() - (self.checkpoint.seconds if self.checkpoint else 0)
        self._settings, self._report, self._progress = settings, report, progress
        self._kept = self.checkpoint.taken if self.checkpoint else 0
        progress.rewind(self._kept)

    def record(self, step: Step) -> None:
        """Add and report a step."""
        self.steps.append(step)
        self._report(step)

    def callbacks(self, scale: int, limit: int, problem: Problem) -> Callbacks:
        """Return the callbacks of the descent at one scale, which ends after `limit` steps in all."""

        def keep(state: DescentState, arrays: Callable[[], Arrays]) -> None:
            every = self._settings.snapshots
            if every and state.taken // every > self._kept // every:
                picture = problem.to_picture(averaged_pixels(state.optimizer, self._settings.average))
                self._progress.snapshot(state.taken, picture, problem.alpha(scale))
            self._kept = state.taken
            if self._progress.is_due():
                self._progress.save(self._checkpoint(scale, limit, state), arrays())

        return Callbacks(self.record, keep)

    def _checkpoint(self, scale: int, limit: int, state: DescentState) -> Checkpoint:
        steps = tuple(self.steps)
        return Checkpoint(scale, limit, state.taken, state.optimizer, steps, self.seconds(), self.exact_from)

    def seconds(self) -> float:
        """Return the seconds that the painting has taken, those of earlier runs included."""
        return time.perf_counter() - self._began


def stylize(
    job: Job,
    objectives: ObjectiveCache,
    report: Report = lambda step: None,
    progress: CheckpointFiles | None = None,
    room: Room = UNKNOWN,
) -> Result:
    """Paint one combination and return the picture with its losses; `report` is called with every accepted step.

    Goes on from the checkpoint that `progress` has, if it has one. A loss that is not finite ends the painting with the
    last finite picture and says so in the outcome. `room` decides whether it is computed in tiles. Raises ImageError
    when an input picture can't be read, and RecordError when the disk has no room for what tiles need.
    """
    history = History(job.settings, report, progress or CheckpointFiles())
    problem = Problem(job, objectives, room)
    state = _descend(problem, history)
    picture = problem.to_picture(averaged_pixels(state.optimizer, job.settings.average))
    losses, style_by_layer = _measure(problem, picture)
    if losses is not None:
        history.record(Step(state.taken, problem.longest_side, losses))
    outcome, message = _judge(state, job.settings)
    return Result(
        picture,
        problem.alpha(problem.longest_side),
        outcome,
        message,
        losses,
        style_by_layer,
        tuple(history.steps),
        state.taken,
        history.seconds(),
        _precisions(problem, history),
        problem.grey,
        problem.tile(problem.longest_side),
    )


def _descend(problem: Problem, history: History) -> DescentState:
    """Return the state after all scales, or after the one that met a loss that is not finite."""
    checkpoint, state = history.checkpoint, None
    for scale in problem.scales():
        side = scale.longest_side
        if checkpoint is None or side > checkpoint.scale:
            start = _start(problem, state, side)
            state = _descend_at(side, start.taken + scale.steps, start, problem, history)
        elif side == checkpoint.scale:
            start = DescentState(checkpoint.optimizer, checkpoint.taken)
            state = _descend_at(side, checkpoint.limit, start, problem, history, checkpoint.arrays)
        if state is not None and _failed(state):
            break
    assert state is not None
    return state


def _start(problem: Problem, last: DescentState | None, side: int) -> DescentState:
    """Return the state that a scale begins with: the start picture, or what the last scale came to, enlarged."""
    settings = problem.settings
    if last is None:
        return DescentState(initial_state(problem.start(side), settings.average))
    averaged = last.optimizer._replace(pixels=averaged_pixels(last.optimizer, settings.average))
    enlarged = problem.enlarge(averaged, side)
    start = initial_state(enlarged.pixels, settings.average)
    if settings.moments == "carried":
        start = start._replace(mean=enlarged.mean, square=enlarged.square, updates=enlarged.updates)
    return DescentState(start, last.taken)


def _descend_at(
    side: int,
    limit: int,
    start: DescentState,
    problem: Problem,
    history: History,
    arrays: Mapping[str, np.ndarray] = NO_ARRAYS,
) -> DescentState:
    """Return the state after one scale, which ends after `limit` steps in all."""
    totals = tuple(step.losses.total for step in history.steps if step.scale == side)
    state = _descend_exactly_enough(side, limit, start._replace(totals=totals), problem, history, arrays)
    if not _failed(state):
        return state
    pixels = start.optimizer.pixels if state.last_finite is None else state.last_finite
    restarted = initial_state(pixels, problem.settings.average)
    return state._replace(optimizer=problem.rescale(restarted, problem.longest_side))


def _descend_exactly_enough(
    side: int,
    limit: int,
    start: DescentState,
    problem: Problem,
    history: History,
    arrays: Mapping[str, np.ndarray],
) -> DescentState:
    """Return the state after one scale; where rounding stops L-BFGS, float32 goes on, at this scale and all after it.

    Rounded losses are too rough for its line search near a minimum, and sometimes far from one.
    """
    callbacks = history.callbacks(side, limit, problem)
    precision = problem.precision if history.exact_from is None else tf.float32
    state = descend(problem.descent(side, limit, callbacks, precision), start, arrays)
    if state.outcome != STUCK or not problem.may_go_on_exactly(precision):
        return state
    history.exact_from = state.taken
    return descend(problem.descent(side, limit, callbacks, tf.float32), state._replace(outcome=None))


def _failed(state: DescentState) -> bool:
    return state.outcome is not None and state.outcome.kind == "non_finite"


def _measure(problem: Problem, picture: Picture) -> tuple[Losses | None, dict[str, float]]:
    """Return the losses of the final picture and its style loss by layer; None and {} where they are not finite."""
    losses, style_by_layer = problem.measure(problem.to_pixels(picture))
    return (losses, style_by_layer) if all(map(math.isfinite, losses)) else (None, {})


def _precisions(problem: Problem, history: History) -> str:
    """Return the precision of activations, or both where float32 went on."""
    first = problem.precision.name
    return first if history.exact_from is None else f"{first}, float32 from step {history.exact_from}"


def _judge(state: DescentState, settings: PaintSettings) -> tuple[Outcome, str]:
    """Return the outcome of a painting and a sentence about it."""
    assert state.outcome is not None
    kind, message = state.outcome
    taken = f"{state.taken} of {settings.steps} steps"
    if kind == "non_finite":
        return kind, f"{message}; the picture is the last finite one: try smaller weights or another optimizer"
    if kind == "stuck" and settings.precision == "bfloat16":
        return "converged", f"nothing improved any more after {taken} in bfloat16; precision auto or float32 goes on"
    if kind in ("converged", "stuck"):
        return "converged", f"nothing improved any more after {taken}"
    return "finished", f"all {state.taken} steps taken"
