"""Optimisers on objectives whose answer is known."""

import itertools

import keras
import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

from stylegrid.method.evaluation import CONVERGED, STEP_LIMIT, STUCK, Callbacks, Descent, DescentState
from stylegrid.method.first_order import adam, learning_rate, sgd
from stylegrid.method.lbfgs import Bounds, Point
from stylegrid.method.optimise import _line_search, descend
from stylegrid.method.optimizer_state import averaged_pixels, initial_state
from stylegrid.settings import presets

TARGET = np.random.default_rng(0).uniform(-0.3, 1.3, (1, 4, 5, 3)).astype(np.float32)
START = np.full_like(TARGET, 0.5)
BOUNDS = Bounds(np.zeros(3, np.float32), np.ones(3, np.float32))
NO_BOUNDS = Bounds(np.full(3, -np.inf, np.float32), np.full(3, np.inf, np.float32))
STEEP = np.geomspace(1, 100, TARGET.size).reshape(TARGET.shape).astype(np.float32)
NAMES = pytest.mark.parametrize("name", ["adam", "lbfgs", "sgd"])
BOTH = pytest.mark.parametrize("bounds", [BOUNDS, NO_BOUNDS], ids=["bounds", "no bounds"])


def evaluation(content, gradient):
    """Return what an objective returns: content, style, total variation, total, the gradient's sum; the gradient."""
    return tf.stack([content, 0.0, 0.0, content, tf.reduce_sum(gradient)]), gradient


class Bowl:
    """A sum of squared distances to a target, some steeper, in place of an objective; it counts how often it is asked.

    One term, or the gradient's sum, is not finite where it is `broken_at`.
    """

    def __init__(self, steepness=1.0, broken_at=None, term=0):
        self.calls, self._steepness, self._broken_at, self._term = 0, steepness, broken_at, term

    def __call__(self, picture):
        difference = picture - TARGET
        terms, gradient = evaluation(tf.reduce_sum(self._steepness * difference**2), 2 * self._steepness * difference)
        if self.calls == self._broken_at:
            terms = tf.tensor_scatter_nd_update(terms, [[self._term]], [float("nan")])
        self.calls += 1
        return terms, gradient


def settings(name="adam", **changes):
    return presets.resolve({"preset": "stylegrid", "optimizer": name, "learning_rate": 0.02, **changes})


def run(limit, chosen, bounds=BOUNDS, bowl=None, start=None, *, taken=0, totals=(), callbacks=None) -> DescentState:
    """Return the state after a descent from an optimiser's state, that of the start if there is no other."""
    start = initial_state(START, chosen.average) if start is None else start
    descent = Descent(bowl or Bowl(), chosen, bounds, 64, limit, callbacks=callbacks or Callbacks())
    return descend(descent, DescentState(start, taken, tuple(totals)))


def pixels(limit, chosen, bounds=BOUNDS, **more) -> np.ndarray:
    return run(limit, chosen, bounds, **more).optimizer.pixels.numpy()


def seen_pixels(seen: list) -> Callbacks:
    """Return callbacks that add the pixels of every state that is kept to a list."""
    return Callbacks(keep=lambda state, arrays: seen.append(state.optimizer.pixels))


# Descent


@pytest.mark.parametrize(("name", "limit"), [("adam", 400), ("lbfgs", 60), ("sgd", 400)])
def test_the_nearest_picture_within_bounds_is_found(name, limit):
    np.testing.assert_allclose(pixels(limit, settings(name)), np.clip(TARGET, 0, 1), atol=2e-3)


@pytest.mark.parametrize(("name", "limit"), [("adam", 400), ("lbfgs", 60), ("sgd", 400)])
def test_without_bounds_the_target_is_found(name, limit):
    np.testing.assert_allclose(pixels(limit, settings(name), NO_BOUNDS), TARGET, atol=2e-3)


@NAMES
def test_bounds_hold_at_every_step(name):
    seen: list = []
    run(6, settings(name, learning_rate=1), callbacks=seen_pixels(seen))
    assert seen and all(np.min(each) >= 0 and np.max(each) <= 1 for each in seen)


@NAMES
def test_exactly_the_given_evaluations_are_used(name):
    bowl = Bowl()
    assert run(3, settings(name), bowl=bowl).outcome == STEP_LIMIT
    assert bowl.calls == 3


@NAMES
def test_without_steps_the_start_comes_back(name):
    np.testing.assert_array_equal(pixels(0, settings(name)), START)


@NAMES
def test_the_start_is_left_as_it_was(name):
    start = initial_state(START.copy(), 0.5)
    run(5, settings(name, average=0.5), start=start)
    np.testing.assert_array_equal(start.pixels, START)
    assert not np.any(start.mean) and not np.any(start.square)


@NAMES
def test_a_start_outside_the_bounds_is_brought_within(name):
    outside = initial_state(START + np.where(TARGET > 0.5, 3, -3).astype(np.float32), 0)
    seen: list = []
    result = run(1, settings(name), bowl=lambda picture: seen.append(picture) or Bowl()(picture), start=outside)
    np.testing.assert_array_equal(seen[0], np.where(TARGET > 0.5, 1, 0))
    assert result.outcome == STEP_LIMIT


# Adam


def test_adam_is_keras_adam():
    chosen = settings(learning_rate=0.03, beta_1=0.9, beta_2=0.95, epsilon=0.1)
    variable = tf.Variable(START)
    optimizer = keras.optimizers.Adam(learning_rate=0.03, beta_1=0.9, beta_2=0.95, epsilon=0.1)
    for _ in range(7):
        optimizer.apply_gradients([(2 * (variable - TARGET), variable)])
        variable.assign(tf.clip_by_value(variable, 0, 1))
    np.testing.assert_allclose(pixels(7, chosen), variable.numpy(), atol=1e-6)


def numpy_adam(steps, form, rate=0.03, beta_1=0.9, beta_2=0.95, epsilon=0.1) -> np.ndarray:
    """Return the picture after Adam's steps down the bowl: the paper's algorithm 1 (torch), or its faster form."""
    x, m, v = START.astype(np.float64), 0.0, 0.0
    for t in range(1, steps + 1):
        gradient = 2 * (x - TARGET)
        m, v = beta_1 * m + (1 - beta_1) * gradient, beta_2 * v + (1 - beta_2) * gradient**2
        corrected = np.sqrt(1 - beta_2**t)
        if form == "torch":
            x = x - rate * m / (1 - beta_1**t) / (np.sqrt(v) / corrected + epsilon)
        else:
            x = x - rate * corrected / (1 - beta_1**t) * m / (np.sqrt(v) + epsilon)
    return x


@pytest.mark.parametrize("form", ["keras", "torch"])
def test_adam_is_the_papers(form):
    chosen = settings(adam=form, learning_rate=0.03, beta_2=0.95, epsilon=0.1)
    np.testing.assert_allclose(pixels(7, chosen, NO_BOUNDS), numpy_adam(7, form), atol=1e-6)
    assert np.abs(numpy_adam(7, "keras") - numpy_adam(7, "torch")).max() > 1e-3


def test_the_first_step_of_adam_is_the_learning_rate():
    moved = pixels(1, settings(learning_rate=0.1), NO_BOUNDS) - START
    np.testing.assert_allclose(np.abs(moved), 0.1, rtol=1e-5)


def test_moments_count_on_where_a_state_carries_them():
    chosen = settings()
    half = run(4, chosen).optimizer
    np.testing.assert_array_equal(run(8, chosen, start=half, taken=4).optimizer.pixels, pixels(8, chosen))
    anew = run(8, chosen, start=initial_state(half.pixels, 0), taken=4).optimizer.pixels
    assert np.abs(anew - pixels(8, chosen)).max() > 1e-3
    assert half.updates == 4


# SGD and the learning rate


def test_sgd_goes_down_the_gradient():
    """x - t shrinks by 1 - 2 * 0.1 a step."""
    desired = TARGET + 0.8**3 * (START - TARGET)
    np.testing.assert_allclose(pixels(3, settings("sgd", learning_rate=0.1), NO_BOUNDS), desired, rtol=1e-5)


@pytest.mark.parametrize(
    ("form", "rates"),
    [("stairs", [8, 8, 8, 4, 4, 4, 2]), ("smooth", [8, 8 * 2 ** (-1 / 3), 8 * 2 ** (-2 / 3), 4])],
)
def test_the_learning_rate_falls_in_stairs_or_smoothly(form, rates):
    chosen = settings(learning_rate=8, decay=0.5, decay_every=3, decay_form=form)
    assert [learning_rate(chosen, step) for step in range(len(rates))] == pytest.approx(rates)


@pytest.mark.parametrize(("form", "staircase"), [("stairs", True), ("smooth", False)])
def test_the_learning_rate_is_keras_exponential_decay(form, staircase):
    desired = keras.optimizers.schedules.ExponentialDecay(0.3, 7, 0.9, staircase=staircase)
    chosen = settings(learning_rate=0.3, decay=0.9, decay_every=7, decay_form=form)
    assert [learning_rate(chosen, n) for n in range(30)] == pytest.approx([float(desired(n)) for n in range(30)])


@pytest.mark.parametrize("update", [adam, sgd])
def test_both_steps_are_as_long_as_the_learning_rate_says(update):
    chosen = settings(learning_rate=8, decay=0.5, decay_every=3)
    early, late = (update(initial_state(START, 0), tf.constant(START), step, chosen).pixels - START for step in (0, 3))
    np.testing.assert_allclose(late, early / 2, rtol=1e-5)


def test_the_learning_rate_counts_steps_over_all_scales():
    chosen = settings("sgd", learning_rate=0.1, decay=0.5, decay_every=10)
    moved = pixels(21, chosen, NO_BOUNDS, taken=20) - START
    np.testing.assert_allclose(moved, 0.1 / 4 * 2 * (TARGET - START), rtol=1e-5)


# The average of pictures on the way


def test_without_an_average_the_last_picture_is_averaged_pixels():
    state = run(3, settings("sgd")).optimizer
    np.testing.assert_array_equal(averaged_pixels(state, 0), state.pixels)


def test_an_average_of_nothing_but_the_start_is_the_start():
    np.testing.assert_allclose(averaged_pixels(initial_state(START, 0.9), 0.9), START, rtol=1e-6)


def test_pictures_on_the_way_are_averaged_with_decaying_weights():
    """Distances from the target are d, 0.8 d, 0.64 d; they weigh 1, 2, 4 under a decay of 1/2."""
    chosen = settings("sgd", learning_rate=0.1, average=0.5)
    desired = TARGET + (1 + 2 * 0.8 + 4 * 0.64) / 7 * (START - TARGET)
    np.testing.assert_allclose(averaged_pixels(run(2, chosen, NO_BOUNDS).optimizer, 0.5), desired, rtol=1e-5)


@NAMES
def test_the_average_is_of_the_pictures_kept(name):
    seen = [START]
    chosen = settings(name, average=0.75)
    state = run(5, chosen, callbacks=seen_pixels(seen)).optimizer
    desired = np.average(seen, axis=0, weights=0.75 ** np.arange(len(seen))[::-1])
    np.testing.assert_allclose(averaged_pixels(state, 0.75), desired, rtol=1e-5)


@NAMES
def test_an_average_does_not_change_the_way(name):
    np.testing.assert_array_equal(pixels(5, settings(name, average=0.9)), pixels(5, settings(name)))


# Stopping


def test_a_descent_that_improves_too_little_stops():
    """Down the bowl by SGD each total is 0.64 of the one before: two steps improve it by 1 - 0.64^2 = 0.59."""
    chosen = {"learning_rate": 0.1, "patience": 2}
    steps: list = []
    callbacks = Callbacks(report=steps.append)
    assert run(50, settings("sgd", tolerance=0.6, **chosen), NO_BOUNDS, callbacks=callbacks).outcome == CONVERGED
    assert [step.step for step in steps] == [0, 1, 2]
    assert run(50, settings("sgd", tolerance=0.58, **chosen), NO_BOUNDS).outcome == STEP_LIMIT


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_without_tolerance_no_descent_stops_early(name):
    chosen = settings(name, learning_rate=1e-9, tolerance=0, patience=1)
    assert run(4, chosen, NO_BOUNDS).outcome == STEP_LIMIT


@NAMES
def test_totals_of_an_earlier_run_count(name):
    """Had the run before come to 0, nothing would improve any more."""
    bowl = Bowl()
    result = run(50, settings(name, tolerance=0.01, patience=3), bowl=bowl, totals=[1e-9, 1e-9, 1e-9])
    assert result.outcome == CONVERGED
    assert bowl.calls < 5


# What is reported


@NAMES
def test_reported_steps_count_on_from_earlier_scales_and_descend(name):
    steps: list = []
    run(108, settings(name), taken=100, callbacks=Callbacks(report=steps.append))
    numbers = [step.step for step in steps]
    assert numbers == sorted(set(numbers))
    assert numbers[0] >= 100 and numbers[-1] <= 107
    assert steps[-1].losses.total < steps[0].losses.total


@NAMES
def test_every_reported_step_is_kept_with_the_evaluations_so_far(name):
    """But for the start of L-BFGS, which is no step of it."""
    heard: list = []
    callbacks = Callbacks(
        lambda step: heard.append(("report", step.step)), lambda state, arrays: heard.append(("keep", state.taken))
    )
    run(8, settings(name), callbacks=callbacks)
    if name == "lbfgs":
        assert heard.pop(0) == ("report", 0)
    reports, keeps = heard[::2], heard[1::2]
    assert {kind for kind, _ in reports} == {"report"} and {kind for kind, _ in keeps} == {"keep"}
    assert [taken for _, taken in keeps] == [step + 1 for _, step in reports]


@NAMES
def test_a_loss_that_is_not_finite_ends_the_descent(name):
    result = run(10, settings(name), bowl=Bowl(STEEP, broken_at=2, term=1))
    assert result.outcome == ("non_finite", "the style loss was not finite at step 2, scale 64 px")
    assert result.taken == 2


# L-BFGS, against SciPy's


def bend(picture):
    """A Rosenbrock-like function of a picture: each pixel should be 3 times its left neighbour's distance from a half,
    squared.
    """
    x = tf.constant(picture, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        rest = x[:, :, 1:] - 3 * (x[:, :, :-1] - 0.5) ** 2
        loss = tf.reduce_sum(20 * rest**2) + tf.reduce_sum((x[:, :, :-1] - 0.9) ** 2)
    return evaluation(loss, tape.gradient(loss, x))


def scipys(function, bounds, corrections=10):
    """Return SciPy's result of the same descent."""

    def flat(x):
        terms, gradient = function(tf.constant(x.reshape(START.shape), tf.float32))
        return float(terms[3]), gradient.numpy().astype(np.float64).ravel()

    limits = scipy.optimize.Bounds(*(np.broadcast_to(bound, START.shape).ravel() for bound in bounds))
    options = {"maxcor": corrections, "ftol": 1e-7, "gtol": 0}
    start = START.astype(np.float64).ravel()
    return scipy.optimize.minimize(flat, start, jac=True, method="L-BFGS-B", bounds=limits, options=options)


def total(function, picture) -> float:
    return float(function(picture)[0][3])


@BOTH
@pytest.mark.parametrize("function", [Bowl(), Bowl(STEEP), Bowl(1e8 * STEEP), Bowl(1e-8 * STEEP), bend])
def test_lbfgs_comes_to_the_minimum_that_scipys_does_about_as_soon(function, bounds):
    """Within half as many evaluations more, and as near to it as float32 tells."""
    desired = scipys(function, bounds)
    limit = int(1.5 * desired.nfev) + 5
    found = total(function, pixels(limit, settings("lbfgs"), bounds, bowl=function))
    start = total(function, START)
    assert found <= desired.fun + 1e-4 * (start - desired.fun)


def test_more_corrections_come_nearer():
    few, many = (
        total(Bowl(STEEP), pixels(40, settings("lbfgs", corrections=count), NO_BOUNDS, bowl=Bowl(STEEP)))
        for count in (1, 10)
    )
    assert many < few / 10


@BOTH
@pytest.mark.parametrize("function", [Bowl(STEEP), bend])
def test_every_step_of_lbfgs_lowers_the_loss_within_the_bounds(function, bounds):
    steps, seen = [], []
    run(60, settings("lbfgs"), bounds, bowl=function, callbacks=seen_pixels(seen)._replace(report=steps.append))
    totals = [step.losses.total for step in steps]
    assert len(totals) > 8
    assert all(after < before for before, after in itertools.pairwise(totals[:-1]))
    assert totals[-1] <= totals[-2]  # the last may be where nothing improves any more
    assert all(np.all(bounds.low <= each) and np.all(each <= bounds.high) for each in seen)
    assert totals[1:] == pytest.approx([total(function, picture) for picture in seen])


@pytest.mark.parametrize(("rise", "accepted"), [(0, True), (1e-5, False)])
def test_a_step_that_bounds_bend_uphill_is_good_only_if_the_loss_falls(rise, accepted):
    """Down along the first channel, of which the bound leaves little, and up along the second."""
    picture, free, direction = (
        tf.constant(values, tf.float32, (1, 1, 1, 3)) for values in ([0.01, 0.2, 0], [1, 0.5, 0], [-0.6, 0.6, 0])
    )

    def flat(there):
        return evaluation(tf.constant(1.0) + rise, tf.zeros_like(there))

    descent = Descent(flat, settings("lbfgs"), BOUNDS, 64, 99)
    start = DescentState(initial_state(picture, 0))
    state, found = _line_search(descent, start, Point(picture, 1.0, free), free, direction)
    assert (found is not None) == accepted
    assert state.taken == (1 if accepted else 8)


@BOTH
def test_lbfgs_is_stuck_where_nothing_improves_any_more(bounds):
    bowl = Bowl(STEEP)
    result = run(1000, settings("lbfgs"), bounds, bowl=bowl)
    assert result.outcome == STUCK
    assert bowl.calls < 120
    np.testing.assert_allclose(result.optimizer.pixels, np.clip(TARGET, bounds.low, bounds.high), atol=3e-3)


@pytest.mark.parametrize(
    ("name", "uphill"),
    [("start", lambda calls: True), ("later", lambda calls: calls > 6)],
    ids=["from the start", "later"],
)
def test_lbfgs_ends_where_no_step_is_good_enough(name, uphill):
    """A gradient of the wrong sign; the search of at most 8 steps is tried twice, then nothing more is."""
    bowl, steps = Bowl(STEEP), []

    def wrong(picture):
        terms, gradient = bowl(picture)
        return terms, -gradient if uphill(bowl.calls) else gradient

    result = run(1000, settings("lbfgs"), NO_BOUNDS, bowl=wrong, callbacks=Callbacks(report=steps.append))
    assert result.outcome == STUCK
    assert steps[-1].step + 8 <= bowl.calls <= steps[-1].step + 1 + 2 * 8
    assert len(steps) == 1 if name == "start" else len(steps) > 1


def test_lbfgs_starts_anew_where_its_memory_misleads():
    """Once halfway, the bowl turns into another one; along the old direction nothing is good enough."""
    steps: list = []
    other = np.roll(STEEP, 7)

    class Turned(Bowl):
        def __call__(self, picture):
            if 10 <= self.calls < 18:  # as long as one search
                self.calls += 1
                return evaluation(tf.constant(1e9), tf.ones_like(picture))
            return super().__call__(picture)

    result = run(200, settings("lbfgs"), NO_BOUNDS, bowl=Turned(other), callbacks=Callbacks(report=steps.append))
    np.testing.assert_allclose(result.optimizer.pixels, TARGET, atol=1e-3)
    assert {step.step for step in steps}.isdisjoint(range(10, 18)) and steps[-1].step > 18


@NAMES
def test_a_gradient_of_zeros_leaves_the_picture_as_it_is(name):
    result = run(9, settings(name), bowl=lambda picture: evaluation(tf.constant(3.0), tf.zeros_like(picture)))
    np.testing.assert_array_equal(result.optimizer.pixels, START)
    assert result.outcome == (STUCK if name == "lbfgs" else STEP_LIMIT)


def test_the_first_step_of_lbfgs_changes_a_pixel_by_a_tenth_of_the_range():
    seen: list = []
    descent = Descent(Bowl(1e-3), settings("lbfgs"), NO_BOUNDS, 64, 2, 0.7, seen_pixels(seen))
    descend(descent, DescentState(initial_state(START, 0)))
    assert np.abs(seen[0] - START).max() == pytest.approx(0.07)
