"""Descent of a picture's loss: three optimisers over one evaluator, which counts, records and checks every step."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.optimize
import tensorflow as tf

from stylegrid.objective import Losses, Objective
from stylegrid.paint_settings import PaintSettings

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


class Canvas(NamedTuple):
    """What a descent carries on from step to step: arrays (1, height, width, 3) in the space that is optimised.

    `mean` and `square` are Adam's moments after so many `updates`; `average` is the decayed sum of pictures, and
    `missing` what its weights lack to 1.
    """

    pixels: np.ndarray
    mean: np.ndarray
    square: np.ndarray
    updates: int
    average: np.ndarray
    missing: float


def fresh(pixels: np.ndarray, decay: float) -> Canvas:
    """Return a canvas at the beginning of a scale: no moments, and itself as the average."""
    zeros = np.zeros_like(pixels)
    return Canvas(pixels, zeros, zeros, 0, np.float32(1 - decay) * pixels, decay)


def shown(canvas: Canvas, decay: float) -> np.ndarray:
    """Return the pixels to show: the average of those on the way, if they are averaged (`decay` above 0)."""
    return canvas.average / np.float32(1 - canvas.missing) if decay else canvas.pixels


class NonFinite(Exception):
    """A loss or the gradient was not a finite number."""

    def __init__(self, term: str, step: int, scale: int):
        self.term, self.step, self.scale = term, step, scale
        super().__init__(f"the {term} was not finite at step {step}, scale {scale} px")


class StepLimit(Exception):
    """All the steps of this scale are taken; raised out of SciPy's loop, which counts otherwise."""


class Stalled(Exception):
    """The last steps of this scale improved the loss by less than the settings' tolerance."""


class Descent(NamedTuple):
    """Where a descent ended, and whether it stopped because nothing improved any more."""

    canvas: Canvas
    converged: bool


class Watch(NamedTuple):
    """Who hears of a descent: of every accepted step's losses, and of the canvas that came of it."""

    report: Callable[[Step], None] = lambda step: None
    keep: Callable[[Canvas, int], None] = lambda canvas, taken: None


class Evaluator:
    """An objective at one scale that counts its evaluations, checks that they are finite, and reports accepted ones.

    `taken` counts evaluations over all scales, `limit` is where this scale ends; `totals` are those reported here so
    far. `last_finite` is the newest canvas found finite.
    """

    def __init__(
        self,
        objective: Objective,
        settings: PaintSettings,
        scale: int,
        limit: int,
        taken: int,
        watch: Watch,
        totals: list[float],
    ):
        self.scale, self.taken = scale, taken
        self.last_finite: tf.Tensor | None = None
        self._objective, self._settings, self._limit = objective, settings, limit
        self._watch, self._totals = watch, totals

    def __call__(self, pixels: tf.Tensor) -> tuple[Losses, tf.Tensor]:
        """Return the losses of a canvas, as numbers, and the gradient of their total.

        Raises StepLimit when this scale's evaluations are used up, NonFinite naming the term that failed.
        """
        if self.taken >= self._limit:
            raise StepLimit
        losses, gradient = self._objective.value_and_gradient(pixels)
        numbers = Losses(*(float(term) for term in losses))
        self._check(numbers, gradient)
        self.last_finite = pixels
        self.taken += 1
        return numbers, gradient

    def report(self, losses: Losses) -> None:
        """Report the losses of the canvas evaluated last; raises Stalled when losses have stopped to fall."""
        self._watch.report(Step(self.taken - 1, self.scale, losses))
        self._totals.append(losses.total)
        tolerance, patience = self._settings.tolerance, self._settings.patience
        if tolerance and len(self._totals) > patience:
            before = min(self._totals[:-patience])
            if before - min(self._totals[-patience:]) < tolerance * abs(before):
                raise Stalled

    def keep(self, canvas: Canvas) -> None:
        """Hand on the canvas that the step reported last came to."""
        self._watch.keep(canvas, self.taken)

    def _check(self, losses: Losses, gradient: tf.Tensor) -> None:
        numbers = {f"{name} loss": value for name, value in losses._asdict().items()}
        numbers["gradient"] = float(tf.reduce_sum(gradient))
        for term, value in numbers.items():
            if not np.isfinite(value):
                raise NonFinite(term, self.taken, self.scale)


Bounds = tuple[np.ndarray, np.ndarray]  # the lowest and the highest pixel (3,)
Update = Callable[[Canvas, np.ndarray, int, PaintSettings], Canvas]


def adam(canvas: Canvas, gradient: np.ndarray, step: int, settings: PaintSettings) -> Canvas:
    """Return a canvas after one step of Adam, Kingma and Ba, arXiv:1412.6980.

    x -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + e), as Keras computes it, the end of the paper's section 2;
    in PyTorch's form, the paper's algorithm 1, e is multiplied by sqrt(1 - b2^t).
    """
    updates = canvas.updates + 1
    mean = canvas.mean + (gradient - canvas.mean) * np.float32(1 - settings.beta_1)
    square = canvas.square + (np.square(gradient) - canvas.square) * np.float32(1 - settings.beta_2)
    root = math.sqrt(1 - settings.beta_2**updates)
    rate = learning_rate(settings, step) * root / (1 - settings.beta_1**updates)
    epsilon = settings.epsilon * (root if settings.adam == "torch" else 1)
    pixels = canvas.pixels - np.float32(rate) * mean / (np.sqrt(square) + np.float32(epsilon))
    return canvas._replace(pixels=pixels, mean=mean, square=square, updates=updates)


def sgd(canvas: Canvas, gradient: np.ndarray, step: int, settings: PaintSettings) -> Canvas:
    """Return a canvas after one step down the gradient."""
    return canvas._replace(pixels=canvas.pixels - np.float32(learning_rate(settings, step)) * gradient)


def learning_rate(settings: PaintSettings, step: int) -> float:
    """Return the learning rate of a step, counted from 0 over all scales: rate * decay^(step / decay_every)."""
    decays = step / settings.decay_every
    whole = math.floor(decays) if settings.decay_form == "stairs" else decays
    return settings.learning_rate * settings.decay**whole


def _descend_by(
    update: Update, start: Canvas, evaluate: Evaluator, settings: PaintSettings, bounds: Bounds | None
) -> Descent:
    """Descend by updates from one gradient at a time, until the evaluator's limit or until nothing improves."""
    canvas = start
    while True:
        try:
            losses, gradient = evaluate(tf.constant(canvas.pixels))
            evaluate.report(losses)
        except StepLimit:
            return Descent(canvas, converged=False)
        except Stalled:
            return Descent(canvas, converged=True)
        canvas = update(canvas, gradient.numpy(), evaluate.taken - 1, settings)
        canvas = _averaged(canvas, canvas.pixels if bounds is None else np.clip(canvas.pixels, *bounds), settings)
        evaluate.keep(canvas)


def lbfgs(start: Canvas, evaluate: Evaluator, settings: PaintSettings, bounds: Bounds | None) -> Descent:
    """Descend by SciPy's L-BFGS-B, within bounds if there are some, until nothing improves or the evaluator's limit.

    Byrd, Lu, Nocedal and Zhu, "A limited memory algorithm for bound constrained optimization" (1995).
    """
    canvas, latest, shape = start, Losses(0, 0, 0, 0), start.pixels.shape

    def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal latest
        latest, gradient = evaluate(tf.constant(x.reshape(shape), tf.float32))
        return LBFGS_SCALE * latest.total, LBFGS_SCALE * gradient.numpy().astype(np.float64).ravel()

    def accept(intermediate_result: scipy.optimize.OptimizeResult) -> None:
        nonlocal canvas
        canvas = _averaged(canvas, intermediate_result.x.reshape(shape).astype(np.float32), settings)
        evaluate.report(latest)
        evaluate.keep(canvas)

    try:
        scipy.optimize.minimize(
            objective,
            (start.pixels if bounds is None else np.clip(start.pixels, *bounds)).astype(np.float64).ravel(),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds and scipy.optimize.Bounds(*(np.broadcast_to(bound, shape).ravel() for bound in bounds)),
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
        return Descent(canvas, converged=False)
    except Stalled:
        pass
    return Descent(canvas, converged=True)


def _averaged(canvas: Canvas, pixels: np.ndarray, settings: PaintSettings) -> Canvas:
    """Return a canvas with its new pixels, which its average now counts too."""
    if not settings.average:
        return canvas._replace(pixels=pixels)
    decay = settings.average
    average = np.float32(decay) * canvas.average + np.float32(1 - decay) * pixels
    return canvas._replace(pixels=pixels, average=average, missing=canvas.missing * decay)


def descend(start: Canvas, evaluate: Evaluator, settings: PaintSettings, bounds: Bounds | None) -> Descent:
    """Descend by the optimiser of the settings; pixels stay within `bounds` if there are some."""
    if settings.optimizer == "lbfgs":
        return lbfgs(start, evaluate, settings, bounds)
    return _descend_by({"adam": adam, "sgd": sgd}[settings.optimizer], start, evaluate, settings, bounds)
