"""One descent's objective and state: evaluate, report, and the outcome as a value."""

import math
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.method.lbfgs import Bounds
from stylegrid.method.objective import Losses
from stylegrid.method.optimizer_state import OptimizerState
from stylegrid.settings.paint_settings import PaintSettings


class Step(NamedTuple):
    """One recorded step: its number over the whole painting, the scale's longest side in pixels, and the losses."""

    step: int
    scale: int
    losses: Losses


class Outcome(NamedTuple):
    """Why a descent ended; `message` names the term that isn't finite.

    It converged, by the settings' tolerance; it is stuck, as no step of L-BFGS lowers the loss any more; all steps are
    taken; or a term isn't finite.
    """

    kind: Literal["converged", "stuck", "step_limit", "non_finite"]
    message: str = ""


CONVERGED, STUCK, STEP_LIMIT = Outcome("converged"), Outcome("stuck"), Outcome("step_limit")


class DescentState(NamedTuple):
    """How far a descent has come.

    `taken` counts evaluations over all scales; `totals` are the total losses reported at this scale; `last_finite` are
    the pixels evaluated last (1, height, width, 3). `outcome` is None while the descent goes on.
    """

    optimizer: OptimizerState
    taken: int = 0
    totals: tuple[float, ...] = ()
    last_finite: tf.Tensor | None = None
    outcome: Outcome | None = None


class Evaluation(NamedTuple):
    """The losses of a picture, as numbers, and the gradient of their total (1, height, width, 3)."""

    losses: Losses
    gradient: tf.Tensor


Arrays = Iterable[tuple[str, np.ndarray]]


class Callbacks(NamedTuple):
    """Functions that a descent calls: `report` with every accepted step, then `keep` with the state it led to.

    `keep` also receives a function that yields the arrays L-BFGS needs, beside that state, to resume bit for bit.
    """

    report: Callable[[Step], None] = lambda step: None
    keep: Callable[[DescentState, Callable[[], Arrays]], None] = lambda state, arrays: None


# Pixels (1, height, width, 3) -> the four losses and the sum of the gradient (5,), and the gradient.
ValueAndGradient = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Descent(NamedTuple):
    """What stays the same during a descent at one scale; `limit` counts evaluations over all scales.

    `scale` is the picture's longest side in pixels, `range` the difference between a white and a black pixel, and
    `pairs` the type in which L-BFGS keeps its curvature pairs.
    """

    value_and_gradient: ValueAndGradient
    settings: PaintSettings
    bounds: Bounds
    scale: int
    limit: int
    range: float = 1.0
    callbacks: Callbacks = Callbacks()
    pairs: tf.DType = tf.float32

    def evaluate(self, state: DescentState, pixels: tf.Tensor) -> tuple[DescentState, Evaluation | None]:
        """Count and evaluate pixels; no evaluation, but an outcome, at the limit or where a term isn't finite."""
        if state.taken >= self.limit:
            return state._replace(outcome=STEP_LIMIT), None
        terms, gradient = self.value_and_gradient(pixels)
        *numbers, gradient_sum = (float(term) for term in terms.numpy())
        losses = Losses(*numbers)
        if term := non_finite_term(losses, gradient_sum):
            message = f"the {term} was not finite at step {state.taken}, scale {self.scale} px"
            return state._replace(outcome=Outcome("non_finite", message)), None
        return state._replace(taken=state.taken + 1, last_finite=pixels), Evaluation(losses, gradient)

    def report(self, state: DescentState, losses: Losses) -> DescentState:
        """Report the losses evaluated last; the descent has converged where they have stopped falling."""
        self.callbacks.report(Step(state.taken - 1, self.scale, losses))
        totals = (*state.totals, losses.total)
        return state._replace(totals=totals, outcome=CONVERGED if self._have_stalled(totals) else None)

    def _have_stalled(self, totals: tuple[float, ...]) -> bool:
        """Return whether the last `patience` steps lowered the least total by less than `tolerance` of it."""
        tolerance, patience = self.settings.tolerance, self.settings.patience
        if not tolerance or len(totals) <= patience:
            return False
        before = min(totals[:-patience])
        return before - min(totals[-patience:]) < tolerance * abs(before)


def non_finite_term(losses: Losses, gradient_sum: float) -> str:
    """Return the first loss, or the gradient, that isn't finite; "" where all are."""
    numbers = {f"{name} loss": value for name, value in losses._asdict().items()} | {"gradient": gradient_sum}
    return next((term for term, value in numbers.items() if not math.isfinite(value)), "")
