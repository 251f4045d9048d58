"""Descent of a picture's loss by L-BFGS, Adam or gradient descent: state in, state and outcome out."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
import tensorflow as tf

from stylegrid.method.evaluation import STUCK, Descent, DescentState
from stylegrid.method.first_order import adam, sgd
from stylegrid.method.lbfgs import CurvaturePairs, Point
from stylegrid.method.objective import Losses
from stylegrid.method.optimizer_state import OptimizerState
from stylegrid.settings.paint_settings import PaintSettings

# L-BFGS: the largest change of a pixel that the first step tries, as a share of the range from black to white; the
# decrease that a step must reach, as a share of what the gradient promises; how often a step is shortened; and the
# relative improvement below which the descent is stuck.
FIRST_CHANGE = 0.1
SUFFICIENT = 1e-4
SHORTENINGS = 8
LEAST_IMPROVEMENT = 1e-9
NO_ARRAYS: Mapping[str, np.ndarray] = MappingProxyType({})

Update = Callable[[OptimizerState, tf.Tensor, int, PaintSettings], OptimizerState]


def descend(descent: Descent, start: DescentState, arrays: Mapping[str, np.ndarray] = NO_ARRAYS) -> DescentState:
    """Descend by the settings' optimiser until there is an outcome.

    `arrays` are those that an earlier run of L-BFGS handed to `keep`: the descent then goes on as if never interrupted.
    """
    pixels = descent.bounds.clip(start.optimizer.pixels)
    state = start._replace(optimizer=start.optimizer._replace(pixels=pixels))
    if descent.settings.optimizer == "lbfgs":
        return _by_lbfgs(descent, state, arrays)
    return _by_updates(descent, state, {"adam": adam, "sgd": sgd}[descent.settings.optimizer])


def _by_updates(descent: Descent, state: DescentState, update: Update) -> DescentState:
    """Descend by one update from each gradient."""
    settings = descent.settings
    while True:
        state, evaluation = descent.evaluate(state, state.optimizer.pixels)
        if evaluation is None:
            return state
        state = descent.report(state, evaluation.losses)
        if state.outcome is not None:
            return state
        updated = update(state.optimizer, evaluation.gradient, state.taken - 1, settings)
        state = state._replace(optimizer=updated.move(descent.bounds.clip(updated.pixels), settings.average))
        descent.callbacks.keep(state, tuple)


def _by_lbfgs(descent: Descent, state: DescentState, arrays: Mapping[str, np.ndarray]) -> DescentState:
    """Descend by L-BFGS."""
    pairs = CurvaturePairs(state.optimizer.pixels.shape.num_elements(), descent.settings.corrections, descent.pairs)
    state, point = _resume(state, pairs, arrays) if arrays else _first_point(descent, state)
    while point is not None and state.outcome is None:
        state, point = _lbfgs_step(descent, state, point, pairs)
    return state


def _first_point(descent: Descent, state: DescentState) -> tuple[DescentState, Point | None]:
    """Evaluate and report the start."""
    pixels = state.optimizer.pixels
    state, evaluation = descent.evaluate(state, pixels)
    if evaluation is None:
        return state, None
    return descent.report(state, evaluation.losses), Point(pixels, evaluation.losses.total, evaluation.gradient)


def _lbfgs_step(
    descent: Descent, state: DescentState, point: Point, pairs: CurvaturePairs
) -> tuple[DescentState, Point]:
    """Search along the direction of L-BFGS; where no step is good enough, clear the pairs, or end without any."""
    free = descent.bounds.free_gradient(point)
    direction = _direction(pairs, free, FIRST_CHANGE * descent.range)
    state, found = _line_search(descent, state, point, free, direction)
    if state.outcome is not None:
        return state, point
    if found is None:
        outcome = STUCK if pairs.is_empty else None
        pairs.clear()
        return state._replace(outcome=outcome), point
    return _accept(descent, state, point, *found, pairs)


def _accept(
    descent: Descent, state: DescentState, point: Point, found: Point, losses: Losses, pairs: CurvaturePairs
) -> tuple[DescentState, Point]:
    """Go on from the point found: add its curvature pair, report and keep it; end where it hardly improves."""
    pairs.add(_flat(found.pixels - point.pixels), _flat(found.gradient - point.gradient))
    improved = point.loss - found.loss > LEAST_IMPROVEMENT * abs(point.loss)
    optimizer = state.optimizer.move(found.pixels, descent.settings.average)
    state = descent.report(state._replace(optimizer=optimizer), losses)
    if state.outcome is None:
        descent.callbacks.keep(state, partial(_resumption_arrays, pairs, found, improved))
        state = state._replace(outcome=None if improved else STUCK)
    return state, found


def _resumption_arrays(pairs: CurvaturePairs, point: Point, improved: bool) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays that L-BFGS needs, beside the optimiser's state, to resume bit for bit."""
    yield "gradient", point.gradient.numpy()
    yield "loss", np.array(point.loss)
    yield "improved", np.array(improved)
    yield from pairs.arrays()


def _resume(
    state: DescentState, pairs: CurvaturePairs, arrays: Mapping[str, np.ndarray]
) -> tuple[DescentState, Point | None]:
    """Restore the point and the pairs of an earlier run; an outcome where that was stuck."""
    if not arrays["improved"]:
        return state._replace(outcome=STUCK), None
    pairs.restore(arrays)
    return state, Point(state.optimizer.pixels, float(arrays["loss"]), tf.constant(arrays["gradient"]))


def _direction(pairs: CurvaturePairs, free: tf.Tensor, first_change: float) -> tf.Tensor:
    """Return the search direction (1, height, width, 3): quasi-Newton, or down the free gradient; held pixels stay."""
    if pairs.is_empty:
        return -free * first_change / tf.maximum(tf.reduce_max(tf.abs(free)), 1e-30)
    return tf.where(free == 0, 0.0, tf.reshape(pairs.direction(_flat(free)), free.shape))


def _line_search(
    descent: Descent, state: DescentState, point: Point, free: tf.Tensor, direction: tf.Tensor
) -> tuple[DescentState, tuple[Point, Losses] | None]:
    """Find the first point along a direction that is good enough, shortening the step by quadratic interpolation."""
    length = 1.0
    for _ in range(SHORTENINGS):
        pixels = descent.bounds.clip(point.pixels + length * direction)
        # Clipped, a direction that descends may not; the loss has to fall in any case.
        slope = min(0.0, float(tf.reduce_sum(free * (pixels - point.pixels))))
        state, evaluation = descent.evaluate(state, pixels)
        if evaluation is None:
            return state, None
        total = evaluation.losses.total
        if total <= point.loss + SUFFICIENT * slope:
            return state, (Point(pixels, total, evaluation.gradient), evaluation.losses)
        bend = 2 * (total - point.loss - slope)
        length *= min(0.5, max(0.1, -slope / bend)) if bend > 0 else 0.5
    return state, None


def _flat(pixels: tf.Tensor) -> tf.Tensor:
    return tf.reshape(pixels, (-1,))
