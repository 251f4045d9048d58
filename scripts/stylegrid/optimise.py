"""Descent of a picture's loss: two optimisers over one evaluator, which counts, records and checks every step."""

import itertools
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.optimize
import tensorflow as tf

from stylegrid.images import Picture
from stylegrid.objective import Losses, Objective
from stylegrid.settings import PaintSettings

# L-BFGS-B stops when a step lowers the loss by less than a share of it, or when the projected gradient is small. The
# gradient of a mean over many pixels always is, so the loss is scaled up before SciPy sees it.
LBFGS_SCALE = 1e3
LBFGS_RELATIVE_IMPROVEMENT = 1e-9
LBFGS_GRADIENT = 1e-9


class Step(NamedTuple):
    """One recorded step: its number over the whole painting, the scale's longest side in pixels, and the losses."""

    step: int
    scale: int
    losses: Losses


class NonFinite(Exception):
    """A loss or the gradient was not a finite number."""

    def __init__(self, term: str, step: int, scale: int):
        self.term, self.step, self.scale = term, step, scale
        super().__init__(f"the {term} was not finite at step {step}, scale {scale} px")


class StepLimit(Exception):
    """All the steps of this scale are taken; raised out of SciPy's loop, which counts otherwise."""


class Descent(NamedTuple):
    """Where a descent ended: its picture, and whether it stopped because nothing improved any more."""

    picture: Picture
    converged: bool


class Evaluator:
    """An objective at one scale that counts its evaluations, checks that they are finite, and reports accepted ones.

    `taken` counts evaluations over all scales; `last_finite` is the newest picture found finite.
    """

    def __init__(self, objective: Objective, scale: int, limit: int, taken: int, report: Callable[[Step], None]):
        self.scale, self.taken = scale, taken
        self.last_finite: tf.Tensor | None = None
        self._objective, self._limit, self._report = objective, taken + limit, report

    def __call__(self, picture: tf.Tensor) -> tuple[Losses, tf.Tensor]:
        """Return the losses of a picture, as numbers, and the gradient of their total.

        Raises StepLimit when this scale's evaluations are used up, NonFinite naming the term that failed.
        """
        if self.taken >= self._limit:
            raise StepLimit
        losses, gradient = self._objective.value_and_gradient(picture)
        numbers = Losses(*(float(term) for term in losses))
        self._check(numbers, gradient)
        self.last_finite = picture
        self.taken += 1
        return numbers, gradient

    def report(self, losses: Losses) -> None:
        """Report the losses of the picture evaluated last, which the optimiser has accepted."""
        self._report(Step(self.taken - 1, self.scale, losses))

    def _check(self, losses: Losses, gradient: tf.Tensor) -> None:
        numbers = {f"{name} loss": value for name, value in losses._asdict().items()}
        numbers["gradient"] = float(tf.reduce_sum(gradient))
        for term, value in numbers.items():
            if not np.isfinite(value):
                raise NonFinite(term, self.taken, self.scale)


def adam(start: Picture, evaluate: Evaluator, settings: PaintSettings) -> Descent:
    """Descend by Adam, clipping pixels to [0, 1] after each step, until the evaluator's limit.

    As Keras computes it: x -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + epsilon), which weighs epsilon
    otherwise than Kingma and Ba, arXiv:1412.6980, section 2.
    """
    picture = tf.constant(start)
    mean = square = tf.zeros_like(picture)
    for t in itertools.count(1):
        try:
            losses, gradient = evaluate(picture)
        except StepLimit:
            break
        evaluate.report(losses)
        mean += (gradient - mean) * (1 - settings.beta_1)
        square += (tf.square(gradient) - square) * (1 - settings.beta_2)
        rate = settings.learning_rate * math.sqrt(1 - settings.beta_2**t) / (1 - settings.beta_1**t)
        picture = tf.clip_by_value(picture - rate * mean / (tf.sqrt(square) + settings.epsilon), 0.0, 1.0)
    return Descent(picture.numpy(), converged=False)


def lbfgs(start: Picture, evaluate: Evaluator, settings: PaintSettings) -> Descent:
    """Descend by SciPy's L-BFGS-B with pixels bounded to [0, 1], until nothing improves or the evaluator's limit.

    Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization" (1995).
    """
    accepted, latest = start, Losses(0, 0, 0, 0)

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal latest
        latest, gradient = evaluate(tf.constant(x.reshape(start.shape), tf.float32))
        return LBFGS_SCALE * latest.total, LBFGS_SCALE * gradient.numpy().astype(np.float64).ravel()

    def accept(intermediate_result: scipy.optimize.OptimizeResult) -> None:
        nonlocal accepted
        accepted = intermediate_result.x.reshape(start.shape).astype(np.float32)
        evaluate.report(latest)

    try:
        scipy.optimize.minimize(
            objective,
            np.clip(start, 0, 1).astype(np.float64).ravel(),
            jac=True,
            method="L-BFGS-B",
            bounds=scipy.optimize.Bounds(0, 1),
            callback=accept,
            options={
                "maxcor": settings.corrections,
                "maxiter": 10**9,  # the evaluator counts
                "maxfun": 10**9,
                "ftol": LBFGS_RELATIVE_IMPROVEMENT,
                "gtol": LBFGS_GRADIENT,
            },
        )
    except StepLimit:
        return Descent(accepted, converged=False)
    return Descent(accepted, converged=True)


OPTIMISERS = {"adam": adam, "lbfgs": lbfgs}
