"""Descent of a picture's loss: three optimisers over one evaluator."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.method.evaluation import Evaluator, Stalled, StepLimit
from stylegrid.method.lbfgs import Bounds, Memory, Point
from stylegrid.method.objective import Losses
from stylegrid.settings.paint_settings import PaintSettings

# L-BFGS: the largest change of a pixel that the first step tries, as a share of what lies between black and white; what
# the loss must fall by, as a share of what the gradient promises; how often a step is shortened; and the relative
# improvement that is none.
FIRST_CHANGE = 0.1
SUFFICIENT = 1e-4
SHORTENINGS = 8
LEAST_IMPROVEMENT = 1e-9
NOTHING: Mapping[str, np.ndarray] = MappingProxyType({})


class OptimizerState(NamedTuple):
    """What a descent carries on from step to step: tensors (1, height, width, 3) in the space that is optimised.

    `mean` and `square` are Adam's moments after so many `updates`; `average` is the decayed sum of pictures, and
    `missing` what its weights lack to 1.
    """

    pixels: tf.Tensor
    mean: tf.Tensor
    square: tf.Tensor
    updates: int
    average: tf.Tensor
    missing: float


def fresh(pixels: tf.Tensor, decay: float) -> OptimizerState:
    """Return a canvas at the beginning of a scale: no moments, and itself as the average."""
    pixels = tf.convert_to_tensor(pixels)
    zeros = tf.zeros_like(pixels)
    return OptimizerState(pixels, zeros, zeros, 0, (1 - decay) * pixels, decay)


def shown(canvas: OptimizerState, decay: float) -> tf.Tensor:
    """Return the pixels to show: the average of those on the way, if they are averaged (`decay` above 0)."""
    return canvas.average / (1 - canvas.missing) if decay else canvas.pixels


class Descent(NamedTuple):
    """Where a descent ended, and whether it stopped because nothing improved any more."""

    canvas: OptimizerState
    converged: bool


Update = Callable[[OptimizerState, tf.Tensor, int, PaintSettings], OptimizerState]


def adam(canvas: OptimizerState, gradient: tf.Tensor, step: int, settings: PaintSettings) -> OptimizerState:
    """Return a canvas after one step of Adam, Kingma and Ba, arXiv:1412.6980.

    x -= rate * sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + e), as Keras computes it, the end of the paper's section 2;
    in PyTorch's form, the paper's algorithm 1, e is multiplied by sqrt(1 - b2^t).
    """
    updates = canvas.updates + 1
    root = math.sqrt(1 - settings.beta_2**updates)
    numbers = [
        1 - settings.beta_1,
        1 - settings.beta_2,
        learning_rate(settings, step) * root / (1 - settings.beta_1**updates),
        settings.epsilon * (root if settings.adam == "torch" else 1),
    ]
    moments = canvas.pixels, canvas.mean, canvas.square
    pixels, mean, square = _adam(*moments, gradient, tf.constant(numbers, tf.float32))
    return canvas._replace(pixels=pixels, mean=mean, square=square, updates=updates)


_PIXELS = tf.TensorSpec((None, None, None, 3))


@tf.function(input_signature=[_PIXELS, _PIXELS, _PIXELS, _PIXELS, tf.TensorSpec((4,))])  # type: ignore[untyped-decorator]
def _adam(
    pixels: tf.Tensor, mean: tf.Tensor, square: tf.Tensor, gradient: tf.Tensor, numbers: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    towards_gradient, towards_square, rate, epsilon = tf.unstack(numbers)
    mean += (gradient - mean) * towards_gradient
    square += (tf.square(gradient) - square) * towards_square
    return pixels - rate * mean / (tf.sqrt(square) + epsilon), mean, square


def sgd(canvas: OptimizerState, gradient: tf.Tensor, step: int, settings: PaintSettings) -> OptimizerState:
    """Return a canvas after one step down the gradient."""
    return canvas._replace(pixels=canvas.pixels - learning_rate(settings, step) * gradient)


def learning_rate(settings: PaintSettings, step: int) -> float:
    """Return the learning rate of a step, counted from 0 over all scales: rate * decay^(step / decay_every)."""
    decays = step / settings.decay_every
    whole = math.floor(decays) if settings.decay_form == "stairs" else decays
    return settings.learning_rate * settings.decay**whole


def descend(
    start: OptimizerState,
    evaluate: Evaluator,
    settings: PaintSettings,
    bounds: Bounds,
    range: float = 1,
    memory: Mapping[str, np.ndarray] = NOTHING,
) -> Descent:
    """Descend by the optimiser of the settings, within bounds, until the evaluator's limit or until nothing improves.

    `range` is what lies between black and white. `memory` is what an earlier run had kept beside the canvas, so that it
    goes on as if it had never ended.
    """
    walk = Walk(start._replace(pixels=bounds.clip(start.pixels)), evaluate, settings, bounds)
    try:
        if settings.optimizer == "lbfgs":
            _lbfgs(walk, FIRST_CHANGE * range, memory)
        else:
            _by_updates({"adam": adam, "sgd": sgd}[settings.optimizer], walk)
    except StepLimit:
        return Descent(walk.canvas, converged=False)
    except Stalled:
        pass
    return Descent(walk.canvas, converged=True)


class Walk:
    """One descent: the canvas it has come to, and what it goes by."""

    def __init__(self, canvas: OptimizerState, evaluate: Evaluator, settings: PaintSettings, bounds: Bounds):
        self.canvas, self.evaluate, self.settings, self.bounds = canvas, evaluate, settings, bounds

    def move(self, canvas: OptimizerState) -> None:
        """Go on to a canvas, which the average now counts too."""
        decay = self.settings.average
        if decay:
            average = decay * canvas.average + (1 - decay) * canvas.pixels
            canvas = canvas._replace(average=average, missing=canvas.missing * decay)
        self.canvas = canvas


def _by_updates(update: Update, walk: Walk) -> None:
    """Descend by updates from one gradient at a time."""
    while True:
        losses, gradient = walk.evaluate(walk.canvas.pixels)
        walk.evaluate.report(losses)
        canvas = update(walk.canvas, gradient, walk.evaluate.taken - 1, walk.settings)
        walk.move(canvas._replace(pixels=walk.bounds.clip(canvas.pixels)))
        walk.evaluate.keep(walk.canvas)


def _lbfgs(walk: Walk, first_change: float, kept: Mapping[str, np.ndarray]) -> None:
    """Descend by L-BFGS; where no step along its direction is good enough it starts anew, or is done."""
    memory = Memory(walk.canvas.pixels.shape.num_elements(), walk.settings.corrections)
    point = _recall(walk, memory, kept) if kept else _begin(walk)
    while True:
        free = walk.bounds.free_gradient(point)
        found = _search(walk, point, free, _direction(memory, free, first_change))
        if found is None and memory.is_empty:
            raise Stalled
        if found is None:
            memory.forget()
            continue
        there, losses = found
        memory.add(_flat(there.canvas - point.canvas), _flat(there.gradient - point.gradient))
        improved = point.loss - there.loss > LEAST_IMPROVEMENT * abs(point.loss)
        point = there
        walk.move(walk.canvas._replace(pixels=there.canvas))
        walk.evaluate.report(losses)
        walk.evaluate.keep(walk.canvas, partial(_remember, memory, point, improved))
        if not improved:
            raise Stalled


def _begin(walk: Walk) -> Point:
    losses, gradient = walk.evaluate(walk.canvas.pixels)
    walk.evaluate.report(losses)
    return Point(walk.canvas.pixels, losses.total, gradient)


def _remember(memory: Memory, point: Point, improved: bool) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what a descent by L-BFGS needs beside its canvas to go on as if it had never ended."""
    yield "gradient", point.gradient.numpy()
    yield "loss", np.array(point.loss)
    yield "improved", np.array(improved)
    yield from memory.arrays()


def _recall(walk: Walk, memory: Memory, kept: Mapping[str, np.ndarray]) -> Point:
    """Return the point that an earlier run had come to, and remember what it had; raises Stalled if it was done."""
    if not kept["improved"]:
        raise Stalled
    memory.restore(kept)
    return Point(walk.canvas.pixels, float(kept["loss"]), tf.constant(kept["gradient"]))


def _direction(memory: Memory, free: tf.Tensor, first_change: float) -> tf.Tensor:
    """Return where to go, by the memory or straight down the free gradient; held pixels stay."""
    if memory.is_empty:
        return -free * first_change / tf.maximum(tf.reduce_max(tf.abs(free)), 1e-30)
    return tf.where(free == 0, 0.0, tf.reshape(memory.direction(_flat(free)), free.shape))


def _search(walk: Walk, point: Point, free: tf.Tensor, direction: tf.Tensor) -> tuple[Point, Losses] | None:
    """Return the first point along a direction that is good enough, shortening the step by quadratic interpolation."""
    length = 1.0
    for _ in range(SHORTENINGS):
        there = walk.bounds.clip(point.canvas + length * direction)
        # Clipped, a direction that descends may not; the loss has to fall in any case.
        slope = min(0.0, float(tf.reduce_sum(free * (there - point.canvas))))
        losses, gradient = walk.evaluate(there)
        if losses.total <= point.loss + SUFFICIENT * slope:
            return Point(there, losses.total, gradient), losses
        bend = 2 * (losses.total - point.loss - slope)
        length *= min(0.5, max(0.1, -slope / bend)) if bend > 0 else 0.5
    return None


def _flat(canvas: tf.Tensor) -> tf.Tensor:
    return tf.reshape(canvas, (-1,))
