"""Optimisers on objectives whose answer is known, and the evaluator that counts and checks."""

import keras
import numpy as np
import pytest
import scipy.optimize
import tensorflow as tf

from stylegrid import presets
from stylegrid.objective import Losses
from stylegrid.optimise import Evaluator, NonFinite, Stalled, Watch, adam, descend, fresh, learning_rate, sgd, shown

TARGET = np.random.default_rng(0).uniform(-0.3, 1.3, (1, 4, 5, 3)).astype(np.float32)
START = np.full_like(TARGET, 0.5)
BOUNDS = np.zeros(3, np.float32), np.ones(3, np.float32)
NAMES = pytest.mark.parametrize("name", ["adam", "lbfgs", "sgd"])


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


def settings(name="adam", **changes):
    return presets.resolve({"preset": "stylegrid", "optimizer": name, "learning_rate": 0.02, **changes})


def evaluator(bowl, limit, chosen, *, taken=0, watch=None, totals=None) -> Evaluator:
    return Evaluator(bowl, chosen, 64, limit, taken, watch or Watch(), [] if totals is None else totals)


def run(limit, chosen, bounds=BOUNDS, bowl=None, start=None, **more):
    start = fresh(START, chosen.average) if start is None else start
    return descend(start, evaluator(bowl or Bowl(), limit, chosen, **more), chosen, bounds)


def pixels(limit, chosen, bounds=BOUNDS, **more) -> np.ndarray:
    return run(limit, chosen, bounds, **more).canvas.pixels


# Descent


@pytest.mark.parametrize(("name", "limit"), [("adam", 400), ("lbfgs", 60), ("sgd", 400)])
def test_the_nearest_picture_within_bounds_is_found(name, limit):
    np.testing.assert_allclose(pixels(limit, settings(name)), np.clip(TARGET, 0, 1), atol=2e-3)


@pytest.mark.parametrize(("name", "limit"), [("adam", 400), ("lbfgs", 60), ("sgd", 400)])
def test_without_bounds_the_target_is_found(name, limit):
    np.testing.assert_allclose(pixels(limit, settings(name), None), TARGET, atol=2e-3)


@NAMES
def test_bounds_hold_at_every_step(name):
    seen: list = []
    run(6, settings(name, learning_rate=1), watch=Watch(keep=lambda canvas, taken: seen.append(canvas.pixels)))
    assert seen and all(each.min() >= 0 and each.max() <= 1 for each in seen)


def test_lbfgs_says_when_nothing_improves_any_more():
    assert run(1000, settings("lbfgs")).converged


class Valley(Bowl):
    """A bowl a hundred times as steep along its last pixel as along its first."""

    steepness = np.geomspace(1, 100, TARGET.size).reshape(TARGET.shape).astype(np.float32)

    def value_and_gradient(self, picture):
        total = tf.reduce_sum(self.steepness * (picture - TARGET) ** 2)
        return Losses(total, 0.0, 0.0, total), 2 * self.steepness * (picture - TARGET)


def scipys_lbfgs(corrections: int, limit: int) -> np.ndarray:
    """Return the last picture accepted within so many evaluations down the valley, a thousand times as deep."""
    accepted, calls = [START], 0

    def valley(x):
        nonlocal calls
        calls += 1
        apart = x.reshape(TARGET.shape) - TARGET
        return 1e3 * np.sum(Valley.steepness * apart**2), 2e3 * (Valley.steepness * apart).ravel()

    def accept(x):
        if calls <= limit:
            accepted.append(x.reshape(TARGET.shape).copy())

    scipy.optimize.fmin_l_bfgs_b(valley, START.astype(np.float64).ravel(), m=corrections, callback=accept)
    return accepted[-1]


def test_lbfgs_is_scipys_with_so_many_corrections():
    few, many = (pixels(12, settings("lbfgs", corrections=count), None, bowl=Valley()) for count in (1, 10))
    np.testing.assert_allclose(few, scipys_lbfgs(1, 12), atol=1e-4)
    np.testing.assert_allclose(many, scipys_lbfgs(10, 12), atol=1e-4)
    assert np.abs(few - many).max() > 0.01


@NAMES
def test_exactly_the_given_evaluations_are_used(name):
    bowl = Bowl()
    assert not run(3, settings(name), bowl=bowl).converged
    assert bowl.calls == 3


@NAMES
def test_without_steps_the_start_comes_back(name):
    np.testing.assert_array_equal(pixels(0, settings(name)), START)


@NAMES
def test_the_start_is_left_as_it_was(name):
    start = fresh(START.copy(), 0.5)
    run(5, settings(name, average=0.5), start=start)
    np.testing.assert_array_equal(start.pixels, START)
    assert not start.mean.any() and not start.square.any()


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
    np.testing.assert_allclose(pixels(7, chosen, None), numpy_adam(7, form), atol=1e-6)
    assert np.abs(numpy_adam(7, "keras") - numpy_adam(7, "torch")).max() > 1e-3


def test_the_first_step_of_adam_is_the_learning_rate():
    moved = pixels(1, settings(learning_rate=0.1), None) - START
    np.testing.assert_allclose(np.abs(moved), 0.1, rtol=1e-5)


def test_moments_count_on_where_a_canvas_carries_them():
    chosen = settings()
    half = run(4, chosen).canvas
    np.testing.assert_array_equal(run(8, chosen, start=half, taken=4).canvas.pixels, pixels(8, chosen))
    anew = run(8, chosen, start=fresh(half.pixels, 0), taken=4).canvas.pixels
    assert np.abs(anew - pixels(8, chosen)).max() > 1e-3
    assert half.updates == 4


# SGD and the learning rate


def test_sgd_goes_down_the_gradient():
    """x - t shrinks by 1 - 2 * 0.1 a step."""
    desired = TARGET + 0.8**3 * (START - TARGET)
    np.testing.assert_allclose(pixels(3, settings("sgd", learning_rate=0.1), None), desired, rtol=1e-5)


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
    early, late = (update(fresh(START, 0), START, step, chosen).pixels - START for step in (0, 3))
    np.testing.assert_allclose(late, early / 2, rtol=1e-5)


def test_the_learning_rate_counts_steps_over_all_scales():
    chosen = settings("sgd", learning_rate=0.1, decay=0.5, decay_every=10)
    moved = pixels(21, chosen, None, taken=20) - START
    np.testing.assert_allclose(moved, 0.1 / 4 * 2 * (TARGET - START), rtol=1e-5)


# The average of pictures on the way


def test_without_an_average_the_last_picture_is_shown():
    canvas = run(3, settings("sgd")).canvas
    np.testing.assert_array_equal(shown(canvas, 0), canvas.pixels)


def test_an_average_of_nothing_but_the_start_is_the_start():
    np.testing.assert_allclose(shown(fresh(START, 0.9), 0.9), START, rtol=1e-6)


def test_pictures_on_the_way_are_averaged_with_decaying_weights():
    """Distances from the target are d, 0.8 d, 0.64 d; they weigh 1, 2, 4 under a decay of 1/2."""
    chosen = settings("sgd", learning_rate=0.1, average=0.5)
    desired = TARGET + (1 + 2 * 0.8 + 4 * 0.64) / 7 * (START - TARGET)
    np.testing.assert_allclose(shown(run(2, chosen, None).canvas, 0.5), desired, rtol=1e-5)


@NAMES
def test_the_average_is_of_the_pictures_kept(name):
    seen = [START]
    chosen = settings(name, average=0.75)
    canvas = run(5, chosen, watch=Watch(keep=lambda canvas, taken: seen.append(canvas.pixels))).canvas
    desired = np.average(seen, axis=0, weights=0.75 ** np.arange(len(seen))[::-1])
    np.testing.assert_allclose(shown(canvas, 0.75), desired, rtol=1e-5)


@NAMES
def test_an_average_does_not_change_the_way(name):
    np.testing.assert_array_equal(pixels(5, settings(name, average=0.9)), pixels(5, settings(name)))


# Stopping


def test_a_descent_that_improves_too_little_stops():
    """Down the bowl by SGD each total is 0.64 of the one before: two steps improve it by 1 - 0.64^2 = 0.59."""
    chosen = {"learning_rate": 0.1, "patience": 2}
    steps: list = []
    watch = Watch(report=steps.append)
    assert run(50, settings("sgd", tolerance=0.6, **chosen), None, watch=watch).converged
    assert [step.step for step in steps] == [0, 1, 2]
    assert not run(50, settings("sgd", tolerance=0.58, **chosen), None).converged


def test_tolerance_is_about_the_best_so_far_not_the_last():
    """Totals 9, 5, 8, 4: within the last two steps the best fell from 5 to 4, by a fifth."""
    generous, strict = (
        evaluator(Bowl(), 9, settings(tolerance=tolerance, patience=2), taken=4, totals=[9.0, 5.0, 8.0])
        for tolerance in (0.19, 0.21)
    )
    generous.report(Losses(4, 0, 0, 4))
    with pytest.raises(Stalled):
        strict.report(Losses(4, 0, 0, 4))


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_without_tolerance_no_descent_stops_early(name):
    chosen = settings(name, learning_rate=1e-9, tolerance=0, patience=1)
    assert not run(4, chosen, None).converged


@NAMES
def test_totals_of_an_earlier_run_count(name):
    """Had the run before come to 0, nothing would improve any more."""
    bowl = Bowl()
    assert run(50, settings(name, tolerance=0.01, patience=3), bowl=bowl, totals=[1e-9, 1e-9, 1e-9]).converged
    assert bowl.calls < 5


# What is reported


@NAMES
def test_reported_steps_count_on_from_earlier_scales_and_descend(name):
    steps: list = []
    run(108, settings(name), taken=100, watch=Watch(report=steps.append))
    numbers = [step.step for step in steps]
    assert numbers == sorted(set(numbers))
    assert numbers[0] >= 100 and numbers[-1] <= 107
    assert steps[-1].losses.total < steps[0].losses.total


@NAMES
def test_every_reported_step_is_kept_with_the_evaluations_so_far(name):
    heard: list = []
    watch = Watch(lambda step: heard.append(("report", step.step)), lambda canvas, taken: heard.append(("keep", taken)))
    run(8, settings(name), watch=watch)
    reports, keeps = heard[::2], heard[1::2]
    assert {kind for kind, _ in reports} == {"report"} and {kind for kind, _ in keeps} == {"keep"}
    assert [taken for _, taken in keeps] == [step + 1 for _, step in reports]


@pytest.mark.parametrize("term", ["content", "style", "tv", "total", "gradient"])
@NAMES
def test_what_is_not_finite_is_named_and_the_last_finite_picture_kept(name, term):
    chosen = settings(name)
    evaluate = evaluator(Bowl(broken_at=2, term=term), 10, chosen)
    with pytest.raises(NonFinite, match=f"{term}.* not finite at step 2, scale 64 px"):
        descend(fresh(START, 0), evaluate, chosen, BOUNDS)
    assert evaluate.last_finite is not None
    assert np.isfinite(evaluate.last_finite).all()
