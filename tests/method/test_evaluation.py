"""One evaluation of a descent: what it counts, checks and reports, and the outcome."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method.evaluation import CONVERGED, STEP_LIMIT, Callbacks, Descent, DescentState, Step
from stylegrid.method.lbfgs import Bounds
from stylegrid.method.objective import Losses
from stylegrid.method.optimizer_state import initial_state
from stylegrid.settings import presets

PIXELS = tf.fill((1, 2, 3, 3), 0.25)
TERMS = (1.0, 2.0, 3.0, 4.0, 5.0)  # content, style, total variation, total, sum of the gradient
BOUNDS = Bounds(np.zeros(3, np.float32), np.ones(3, np.float32))
START = DescentState(initial_state(PIXELS, 0))


def descent(terms=TERMS, limit=9, callbacks=None, **changes) -> Descent:
    def value_and_gradient(pixels):
        return tf.constant(terms), 2 * pixels

    return Descent(value_and_gradient, presets.resolve(changes), BOUNDS, 64, limit, callbacks=callbacks or Callbacks())


def reported(one: Descent, *totals: float, state=START) -> DescentState:
    """Return the state after reports of these totals."""
    for total in totals:
        state = one.report(state._replace(taken=state.taken + 1), Losses(4, 0, 0, total))
    return state


def test_losses_are_numbers_and_the_gradient_a_tensor():
    _, evaluation = descent().evaluate(START, PIXELS)
    assert evaluation.losses == Losses(1.0, 2.0, 3.0, 4.0)
    assert all(type(term) is float for term in evaluation.losses)
    np.testing.assert_array_equal(evaluation.gradient, 2 * PIXELS)


def test_evaluations_are_counted_up_to_the_limit():
    one, state = descent(limit=7), START._replace(taken=5)
    for taken in (6, 7):
        state, evaluation = one.evaluate(state, PIXELS)
        assert (state.taken, state.outcome) == (taken, None) and evaluation is not None
    state, evaluation = one.evaluate(state, PIXELS)
    assert (state.taken, state.outcome, evaluation) == (7, STEP_LIMIT, None)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("term", ["content loss", "style loss", "tv loss", "total loss", "gradient"])
def test_what_is_not_finite_is_named(term, value):
    terms = np.array(TERMS, np.float32)
    terms[["content loss", "style loss", "tv loss", "total loss", "gradient"].index(term)] = value
    state, evaluation = descent(terms).evaluate(START._replace(taken=5), PIXELS)
    assert evaluation is None and state.taken == 5
    assert state.outcome == ("non_finite", f"the {term} was not finite at step 5, scale 64 px")


def test_the_last_finite_pixels_are_kept():
    good, bad = descent(), descent([np.nan] * 5)
    state = START
    for pixels in (PIXELS, 2 * PIXELS):
        state, _ = good.evaluate(state, pixels)
    state, _ = bad.evaluate(state, 3 * PIXELS)
    assert state.outcome.kind == "non_finite" and state.taken == 2
    np.testing.assert_array_equal(state.last_finite, 2 * PIXELS)


def test_a_state_is_left_as_it_was():
    one = descent()
    state, evaluation = one.evaluate(START, PIXELS)
    one.report(state, evaluation.losses)
    assert (START.taken, START.totals, state.totals) == (0, (), ())


def test_a_report_names_the_evaluation_before_it():
    heard: list = []
    one = descent(callbacks=Callbacks(heard.append))
    state, evaluation = one.evaluate(START._replace(taken=5), PIXELS)
    state = one.report(state, evaluation.losses)
    assert heard == [Step(5, 64, evaluation.losses)]
    assert (state.totals, state.outcome) == ((4.0,), None)


@pytest.mark.parametrize(("tolerance", "outcome"), [(0.19, None), (0.21, CONVERGED)])
def test_tolerance_is_about_the_best_so_far_not_the_last(tolerance, outcome):
    """Totals 9, 5, 8, 4: within the last two steps the best fell from 5 to 4, by a fifth."""
    one = descent(tolerance=tolerance, patience=2)
    state = reported(one, 4.0, state=START._replace(totals=(9.0, 5.0, 8.0)))
    assert state.outcome == outcome


def test_patience_is_waited_for():
    one = descent(tolerance=0.5, patience=3)
    assert reported(one, 4, 4, 4).outcome is None
    assert reported(one, 4, 4, 4, 4).outcome == CONVERGED


def test_without_tolerance_nothing_converges():
    assert reported(descent(tolerance=0, patience=1), *[4] * 5).outcome is None
