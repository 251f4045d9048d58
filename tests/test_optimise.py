"""Optimisers on objectives whose answer is known, and the evaluator that counts and checks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from stylegrid import presets
from stylegrid.objective import Losses
from stylegrid.optimise import OPTIMISERS, Evaluator, NonFinite, adam, lbfgs

TARGET = np.random.default_rng(0).uniform(-0.3, 1.3, (1, 4, 5, 3)).astype(np.float32)
START = np.full_like(TARGET, 0.5)


class Bowl:
    """The squared distance to a target, in place of an objective; `broken_at` makes one evaluation not finite."""

    def __init__(self, broken_at: int | None = None, term: str = "style"):
        self.calls, self._broken_at, self._term = 0, broken_at, term

    def value_and_gradient(self, picture):
        difference = picture - TARGET
        total = tf.reduce_sum(difference**2)
        terms = {"content": total, "style": tf.zeros(()), "tv": tf.zeros(()), "total": total}
        if self.calls == self._broken_at and self._term in terms:
            terms[self._term] = tf.constant(float("nan"))
        gradient = 2 * difference * (float("nan") if self.calls == self._broken_at and self._term == "gradient" else 1)
        self.calls += 1
        return Losses(**terms), gradient


def settings(**changes):
    return presets.resolve({"preset": "stylegrid"}, changes)


def evaluator(bowl: Bowl, limit: int, steps: list | None = None, taken: int = 0) -> Evaluator:
    return Evaluator(bowl, 64, limit, taken, (lambda step: None) if steps is None else steps.append)


@pytest.mark.parametrize(("name", "limit"), [("adam", 400), ("lbfgs", 60)])
def test_the_nearest_picture_within_bounds_is_found(name, limit):
    actual = OPTIMISERS[name](START, evaluator(Bowl(), limit), settings()).picture
    np.testing.assert_allclose(actual, np.clip(TARGET, 0, 1), atol=2e-3)


def test_lbfgs_says_when_nothing_improves_any_more():
    assert lbfgs(START, evaluator(Bowl(), 1000), settings()).converged


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_exactly_the_given_evaluations_are_used(name):
    bowl = Bowl()
    assert not OPTIMISERS[name](START, evaluator(bowl, 3), settings()).converged
    assert bowl.calls == 3


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_without_steps_the_start_comes_back(name):
    np.testing.assert_array_equal(OPTIMISERS[name](START, evaluator(Bowl(), 0), settings()).picture, START)


def test_adam_is_keras_adam():
    chosen = settings(learning_rate=0.03, beta_1=0.9, beta_2=0.95, epsilon=0.1)
    variable = tf.Variable(START)
    optimizer = keras.optimizers.Adam(learning_rate=0.03, beta_1=0.9, beta_2=0.95, epsilon=0.1)
    for _ in range(7):
        optimizer.apply_gradients([(2 * (variable - TARGET), variable)])
        variable.assign(tf.clip_by_value(variable, 0, 1))
    np.testing.assert_allclose(adam(START, evaluator(Bowl(), 7), chosen).picture, variable.numpy(), atol=1e-6)


@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_reported_steps_count_on_from_earlier_scales_and_descend(name):
    steps: list = []
    OPTIMISERS[name](START, evaluator(Bowl(), 8, steps, taken=100), settings())
    numbers = [step.step for step in steps]
    assert numbers == sorted(set(numbers))
    assert numbers[0] >= 100
    assert steps[-1].losses.total < steps[0].losses.total


@pytest.mark.parametrize("term", ["content", "style", "tv", "total", "gradient"])
@pytest.mark.parametrize("name", ["adam", "lbfgs"])
def test_what_is_not_finite_is_named_and_the_last_finite_picture_kept(name, term):
    evaluate = evaluator(Bowl(broken_at=2, term=term), 10)
    with pytest.raises(NonFinite, match=f"{term}.* not finite at step 2, scale 64 px"):
        OPTIMISERS[name](START, evaluate, settings())
    assert evaluate.last_finite is not None
    assert np.isfinite(evaluate.last_finite).all()
