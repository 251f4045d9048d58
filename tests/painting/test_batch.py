"""Painters that ask at the same time are answered as one batch."""

import faulthandler
import sys
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method.objective import StyleTarget, Targets
from stylegrid.method.style_statistics import Statistics
from stylegrid.painting import batch

WEIGHTS = tf.constant([[1.0, 2.0, 3.0]])


@pytest.fixture(autouse=True)
def watchdog():
    """A deadlock ends the tests with every thread's traceback."""
    faulthandler.dump_traceback_later(60, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


class Objective:
    """Computes something of every input, and remembers the batches that it was asked for."""

    def __init__(self, fails_at=None):
        self.shapes, self.first, self.threads, self._fails_at = [], [], set(), fails_at

    def value_and_gradient(self, canvas, targets, weights):
        self.shapes.append(tuple(canvas.shape))
        self.first.append([float(pixel) for pixel in canvas[:, 0, 0, 0]])
        self.threads.add(threading.get_ident())
        if canvas.shape[1] == self._fails_at:
            raise ArithmeticError("not today")
        terms = tf.reduce_sum(canvas * targets.visible, axis=(1, 2))
        return tf.concat([terms, weights[:, :2]], axis=1), canvas * targets.visible


def targets_of(height, value=1.0, weight=None):
    """Return targets for a canvas of a height, which differ by a value."""
    style = {"relu1_1": (StyleTarget(Statistics(tf.fill((1, 2, 2), value), None, None), tf.ones(1), weight),)}
    return Targets({}, style, tf.fill((1, height, 4, 1), value))


class Painter:
    """Asks a number of times for its own canvas, and remembers the answers."""

    def __init__(self, objective, value, times=3, height=3, weight=None, delay=0.0):
        self.objective, self.times, self.delay = objective, times, delay
        self.canvas, self.targets = tf.fill((1, height, 4, 3), float(value)), targets_of(height, value, weight)
        self.answers, self.met = [], []

    def __call__(self, ask):
        for _ in range(self.times):
            time.sleep(self.delay)
            try:
                self.answers.append(ask(self.objective, self.canvas, self.targets, WEIGHTS))
            except ArithmeticError as error:
                self.met.append(error)

    def is_answered_as_alone(self):
        terms, gradient = batch.alone(Objective(), self.canvas, self.targets, WEIGHTS)
        for found, found_gradient in self.answers:
            np.testing.assert_array_equal(found, terms)
            np.testing.assert_array_equal(found_gradient, gradient)
        return len(self.answers) == self.times


@pytest.fixture
def stacked(monkeypatch):
    """The batches that targets were stacked for."""
    found, concatenated = [], batch._concatenated

    def spy(targets):
        found.append(len(targets))
        return concatenated(targets)

    monkeypatch.setattr(batch, "_concatenated", spy)
    return found


def test_everyone_is_answered_as_if_alone():
    objective = Objective()
    painters = [Painter(objective, value) for value in (0.25, 0.5, 0.75)]
    assert batch.paint_together(painters) == [None] * 3
    assert all(painter.is_answered_as_alone() for painter in painters)
    assert objective.shapes == [(3, 3, 4, 3)] * 3


def test_a_batch_is_in_the_painters_order_whoever_asks_first():
    objective = Objective()
    batch.paint_together([Painter(objective, value, delay=delay) for value, delay in ((0.25, 0.05), (0.5, 0))])
    assert objective.first == [[0.25, 0.5]] * 3


def test_pictures_of_several_shapes_are_a_batch_for_each_shape():
    objective = Objective()
    painters = [Painter(objective, value, height=height) for value, height in ((0.25, 3), (0.5, 5), (0.75, 3))]
    assert batch.paint_together(painters) == [None] * 3
    assert all(painter.is_answered_as_alone() for painter in painters)
    assert sorted(objective.shapes) == [(1, 5, 4, 3)] * 3 + [(2, 3, 4, 3)] * 3


def test_objectives_and_targets_that_differ_in_kind_are_not_mixed():
    one, other = Objective(), Objective()
    painters = [Painter(one, 0.25), Painter(other, 0.5), Painter(one, 0.75, weight=tf.ones((1, 3, 4)))]
    assert batch.paint_together(painters) == [None] * 3
    assert all(painter.is_answered_as_alone() for painter in painters)
    assert (one.shapes, other.shapes) == ([(1, 3, 4, 3)] * 6, [(1, 3, 4, 3)] * 3)


@pytest.mark.parametrize("times", [(1, 5, 3), (0, 4, 4), (0, 0, 2)])
def test_whoever_finishes_early_keeps_nobody_waiting(times):
    objective = Objective()
    painters = [Painter(objective, value, times=count) for value, count in zip((0.25, 0.5, 0.75), times, strict=True)]
    assert batch.paint_together(painters) == [None] * 3
    assert all(painter.is_answered_as_alone() for painter in painters)
    assert [shape[0] for shape in objective.shapes] == [
        sum(count > number for count in times) for number in range(max(times))
    ]


@pytest.mark.parametrize("asked", [0, 2])
def test_a_painter_that_fails_costs_no_other(asked):
    objective = Objective()
    fault, others = ValueError("no paint"), [Painter(objective, value, times=6) for value in (0.25, 0.5)]

    def failing(ask):
        Painter(objective, 0.75, times=asked)(ask)
        raise fault

    assert batch.paint_together([others[0], failing, others[1]]) == [None, fault, None]
    assert all(painter.is_answered_as_alone() for painter in others)


def test_all_may_fail():
    faults = [ValueError(), KeyError()]

    def failing(fault):
        def painter(ask):
            raise fault

        return painter

    assert batch.paint_together([failing(fault) for fault in faults]) == faults


def test_an_error_in_evaluation_reaches_those_who_asked_and_no_other():
    objective = Objective(fails_at=5)
    painters = [Painter(objective, value, height=height) for value, height in ((0.25, 5), (0.5, 3), (0.75, 5))]
    assert batch.paint_together(painters) == [None] * 3
    assert [len(painter.met) for painter in painters] == [3, 0, 3]
    assert painters[1].is_answered_as_alone()


def test_an_error_that_a_painter_does_not_catch_ends_it():
    objective = Objective(fails_at=5)
    quick, other = (Painter(objective, 0.5, height=height) for height in (5, 3))
    error, none = batch.paint_together([lambda ask: ask(objective, quick.canvas, quick.targets, WEIGHTS), other])
    assert isinstance(error, ArithmeticError) and none is None
    assert other.is_answered_as_alone()


def test_an_answer_that_is_too_short_is_an_error_for_all():
    class Short(Objective):
        def value_and_gradient(self, canvas, targets, weights):
            terms, gradients = super().value_and_gradient(canvas, targets, weights)
            return terms[:1], gradients[:1]

    objective = Short()
    errors = batch.paint_together([Painter(objective, value, times=1) for value in (0.25, 0.5)])
    assert [type(error) for error in errors] == [tf.errors.InvalidArgumentError] * 2


def test_targets_are_stacked_once_for_a_group_that_stays(stacked):
    objective = Objective()
    given = ((0.25, 3, 9, 0.002), (0.5, 3, 9, 0), (0.75, 5, 9, 0.001), (1.0, 5, 9, 0))
    batch.paint_together(
        [Painter(objective, value, times, height, delay=delay) for value, height, times, delay in given]
    )
    assert stacked == [2, 2]
    assert len(objective.shapes) == 2 * 9


def test_targets_are_stacked_again_for_those_who_remain(stacked):
    objective = Objective()
    batch.paint_together([Painter(objective, value, times) for value, times in ((0.25, 2), (0.5, 5), (0.75, 5))])
    assert stacked == [3, 2]


def test_a_painter_by_itself_needs_no_thread():
    objective = Objective()
    painter = Painter(objective, 0.5)
    assert batch.paint_together([painter]) == [None]
    assert painter.is_answered_as_alone()
    assert objective.threads == {threading.get_ident()}
    fault = ValueError()

    def failing(ask):
        raise fault

    assert batch.paint_together([failing]) == [fault]
