"""The evaluator: what it counts, checks and reports."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method.evaluation import Callbacks, Evaluator, NonFinite, Stalled, Step, StepLimit
from stylegrid.method.objective import Losses
from stylegrid.settings import presets

CANVAS = tf.fill((1, 2, 3, 3), 0.25)
TERMS = (1.0, 2.0, 3.0, 4.0, 5.0)  # content, style, total variation, total, sum of the gradient


def evaluator(terms=TERMS, limit=9, taken=0, watch=None, totals=(), **changes) -> Evaluator:
    settings = presets.resolve(changes)
    watch = watch or Callbacks()
    return Evaluator(
        lambda canvas: (tf.constant(terms), 2 * canvas), settings, 64, limit, taken, watch, totals=list(totals)
    )


def test_losses_are_numbers_and_the_gradient_a_tensor():
    losses, gradient = evaluator()(CANVAS)
    assert losses == Losses(1.0, 2.0, 3.0, 4.0)
    assert all(type(term) is float for term in losses)
    np.testing.assert_array_equal(gradient, 2 * CANVAS)


def test_evaluations_are_counted_up_to_the_limit():
    evaluate = evaluator(limit=7, taken=5)
    for taken in (6, 7):
        evaluate(CANVAS)
        assert evaluate.taken == taken
    with pytest.raises(StepLimit):
        evaluate(CANVAS)
    assert evaluate.taken == 7


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("term", ["content loss", "style loss", "tv loss", "total loss", "gradient"])
def test_what_is_not_finite_is_named(term, value):
    terms = np.array(TERMS, np.float32)
    terms[["content loss", "style loss", "tv loss", "total loss", "gradient"].index(term)] = value
    with pytest.raises(NonFinite, match=f"the {term} was not finite at step 5, scale 64 px"):
        evaluator(terms, taken=5)(CANVAS)


def test_the_last_finite_canvas_is_kept():
    broken = [False]
    evaluate = Evaluator(
        lambda canvas: (tf.constant(TERMS) * (np.nan if broken[0] else 1), canvas),
        *(presets.resolve(), 64, 9, 0, Callbacks(), []),
    )
    assert evaluate.last_finite is None
    for canvas in (CANVAS, 2 * CANVAS):
        evaluate(canvas)
    broken[0] = True
    with pytest.raises(NonFinite):
        evaluate(3 * CANVAS)
    np.testing.assert_array_equal(evaluate.last_finite, 2 * CANVAS)
    assert evaluate.taken == 2


def test_a_report_names_the_evaluation_before_it():
    heard: list = []
    evaluate = evaluator(taken=5, watch=Callbacks(heard.append, lambda *kept: heard.append(kept)))
    losses, _ = evaluate(CANVAS)
    evaluate.report(losses)
    evaluate.keep("canvas", "memory")
    evaluate.keep("canvas")
    assert heard[:2] == [Step(5, 64, losses), ("canvas", 6, "memory")]
    assert [*heard[2][2]()] == []


def test_tolerance_is_about_the_best_so_far_not_the_last():
    """Totals 9, 5, 8, 4: within the last two steps the best fell from 5 to 4, by a fifth."""
    generous, strict = (
        evaluator(taken=4, totals=[9.0, 5.0, 8.0], tolerance=tolerance, patience=2) for tolerance in (0.19, 0.21)
    )
    generous.report(Losses(4, 0, 0, 4))
    with pytest.raises(Stalled):
        strict.report(Losses(4, 0, 0, 4))


def test_patience_is_waited_for():
    evaluate = evaluator(tolerance=0.5, patience=3)
    for _ in range(3):
        evaluate.report(Losses(4, 0, 0, 4))
    with pytest.raises(Stalled):
        evaluate.report(Losses(4, 0, 0, 4))


def test_without_tolerance_nothing_stalls():
    evaluate = evaluator(tolerance=0, patience=1)
    for _ in range(5):
        evaluate.report(Losses(4, 0, 0, 4))
