"""One objective at one scale, as a descent asks it: counted, checked and reported."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.method.objective import Losses
from stylegrid.settings.paint_settings import PaintSettings


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
    """All the steps of this scale are taken."""


class Stalled(Exception):
    """The last steps of this scale improved the loss by less than the settings' tolerance, or nothing does."""


Arrays = Iterable[tuple[str, np.ndarray]]


class Callbacks(NamedTuple):
    """Who hears of a descent: of every accepted step's losses, and of the canvas that came of it.

    `keep` hears too how many steps are taken, and gets what yields all that the optimiser remembers beside the canvas.
    """

    report: Callable[[Step], None] = lambda step: None
    keep: Callable[[Any, int, Callable[[], Arrays]], None] = lambda canvas, taken, memory: None


# A canvas -> the four losses and the sum of the gradient (5,), and the gradient.
Evaluate = Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]


class Evaluator:
    """An objective at one scale that counts its evaluations, checks that they are finite, and reports accepted ones.

    `taken` counts evaluations over all scales, `limit` is where this scale ends; `totals` are those reported here so
    far. `last_finite` is the newest canvas found finite.
    """

    def __init__(
        self,
        evaluate: Evaluate,
        settings: PaintSettings,
        scale: int,
        limit: int,
        taken: int,
        watch: Callbacks,
        totals: list[float],
    ):
        self.scale, self.taken = scale, taken
        self.last_finite: tf.Tensor | None = None
        self._evaluate, self._settings, self._limit = evaluate, settings, limit
        self._watch, self._totals = watch, totals

    def __call__(self, pixels: tf.Tensor) -> tuple[Losses, tf.Tensor]:
        """Return the losses of a canvas, as numbers, and the gradient of their total.

        Raises StepLimit when this scale's evaluations are used up, NonFinite naming the term that failed.
        """
        if self.taken >= self._limit:
            raise StepLimit
        terms, gradient = self._evaluate(pixels)
        *losses, gradient_sum = (float(term) for term in terms.numpy())
        numbers = Losses(*losses)
        self._check(numbers, gradient_sum)
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

    def keep(self, canvas: Any, memory: Callable[[], Arrays] = tuple) -> None:
        """Hand on the canvas that the step reported last came to, and what yields the optimiser's memory."""
        self._watch.keep(canvas, self.taken, memory)

    def _check(self, losses: Losses, gradient_sum: float) -> None:
        numbers = {f"{name} loss": value for name, value in losses._asdict().items()}
        numbers["gradient"] = gradient_sum
        for term, value in numbers.items():
            if not np.isfinite(value):
                raise NonFinite(term, self.taken, self.scale)
