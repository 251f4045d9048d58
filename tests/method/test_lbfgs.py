"""Curvature pairs of L-BFGS against the textbook's matrices in float64, and bounds."""

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.method import lbfgs
from stylegrid.method.lbfgs import Bounds, CurvaturePairs, Point

SIZE = 12
RANDOM = np.random.default_rng(0)
HESSIAN = np.diag(np.geomspace(0.1, 10, SIZE))
STEPS = RANDOM.normal(size=(9, SIZE))
GRADIENT = RANDOM.normal(size=SIZE)


def pair(step, hessian=HESSIAN):
    """Return a step and what the gradient changes by, as they are in float32."""
    return step.astype(np.float32), (hessian @ step).astype(np.float32)


PAIRS = [pair(step) for step in STEPS]


def added(pairs, corrections, kept=tf.float32) -> CurvaturePairs:
    found = CurvaturePairs(SIZE, corrections, kept)
    for step, change in pairs:
        found.add(tf.constant(step), tf.constant(change))
    return found


def direction(pairs: CurvaturePairs, gradient=GRADIENT) -> np.ndarray:
    return pairs.direction(tf.constant(gradient, tf.float32)).numpy()


def by_matrices(pairs, gradient=GRADIENT) -> np.ndarray:
    """Return -H g for the inverse Hessian of BFGS, updated by each pair from s.y / y.y I; Nocedal, equation 2."""
    pairs = [(step.astype(np.float64), change.astype(np.float64)) for step, change in pairs]
    step, change = pairs[-1]
    inverse = step @ change / (change @ change) * np.eye(SIZE)
    for step, change in pairs:
        rho = 1 / (step @ change)
        v = np.eye(SIZE) - rho * np.outer(change, step)
        inverse = v.T @ inverse @ v + rho * np.outer(step, step)
    return -inverse @ gradient


def by_two_loops(pairs, gradient=GRADIENT) -> np.ndarray:
    """Return the same by the two loops of Nocedal and Wright, Numerical Optimization, algorithm 7.4."""
    pairs, q, alphas = [tuple(each.astype(np.float64) for each in one) for one in pairs], gradient.copy(), []
    for step, change in reversed(pairs):
        alphas.append(step @ q / (step @ change))
        q -= alphas[-1] * change
    step, change = pairs[-1]
    r = step @ change / (change @ change) * q
    for (step, change), alpha in zip(pairs, reversed(alphas), strict=True):
        r += step * (alpha - change @ r / (step @ change))
    return -r


def same(found, desired):
    np.testing.assert_allclose(found, desired, atol=1e-4 * np.abs(desired).max())


@pytest.mark.parametrize("corrections", [1, 2, 4, 9, 20])
@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_directions_are_the_textbooks_of_the_pairs_that_there_is_room_for(count, corrections):
    kept = PAIRS[:count][-corrections:]
    found = direction(added(PAIRS[:count], corrections))
    same(found, by_matrices(kept))
    same(found, by_two_loops(kept))


@pytest.mark.parametrize("columns", [1, 5, 11, 12])
def test_a_matrix_in_blocks_gives_the_same_directions(monkeypatch, columns):
    monkeypatch.setattr(lbfgs, "BLOCK", columns)
    same(direction(added(PAIRS, 4)), by_matrices(PAIRS[-4:]))


def test_pairs_kept_in_bfloat16_give_directions_of_the_rounded_pairs():
    rounded = [tuple(tf.cast(tf.cast(each, tf.bfloat16), tf.float32).numpy() for each in one) for one in PAIRS]
    found = direction(added(PAIRS, 4, tf.bfloat16))
    same(found, by_matrices(rounded[-4:]))
    assert np.abs(found - direction(added(PAIRS, 4))).max() > 0  # they are rounded


@pytest.mark.parametrize("kept", [tf.float32, tf.bfloat16])
@pytest.mark.parametrize("corrections", [1, 4, 20])
def test_restored_pairs_go_on_bit_for_bit(corrections, kept):
    pairs, restored = added(PAIRS[:6], corrections, kept), CurvaturePairs(SIZE, corrections, kept)
    restored.restore(dict(pairs.arrays()))
    np.testing.assert_array_equal(direction(restored), direction(pairs))
    for other in (pairs, restored):
        for step, change in PAIRS[6:]:
            other.add(tf.constant(step), tf.constant(change))
    np.testing.assert_array_equal(direction(restored), direction(pairs))


def test_pairs_keep_no_rows_that_they_do_not_use():
    assert [name for name, _ in added(PAIRS[:2], 20).arrays()][3:] == ["row0", "row20", "row1", "row21"]
    forgotten, restored = added(PAIRS, 3), CurvaturePairs(SIZE, 3)
    forgotten.clear()
    restored.restore(dict(forgotten.arrays()))
    assert restored.is_empty


FLAT = pair(STEPS[0], 0 * HESSIAN)
BENT = pair(STEPS[0], -HESSIAN)
STILL = pair(0 * STEPS[0])


@pytest.mark.parametrize("useless", [FLAT, BENT, STILL], ids=["flat", "bent the wrong way", "no step"])
@pytest.mark.parametrize("place", [0, 2, 5])
def test_a_pair_without_curvature_is_passed_over(place, useless):
    found = direction(added([*PAIRS[:place], useless, *PAIRS[place:5]], 7))
    same(found, by_matrices(PAIRS[:5]))


@pytest.mark.parametrize("useless", [FLAT, BENT, STILL], ids=["flat", "bent the wrong way", "no step"])
def test_a_pair_without_curvature_leaves_full_pairs_the_others(useless):
    found = direction(added([*PAIRS[:6], useless], 4))
    same(found, by_matrices(PAIRS[2:6]))
    same(direction(added([*PAIRS[:6], useless, PAIRS[6]], 4)), by_matrices(PAIRS[3:7]))


def test_nothing_is_remembered_at_first_and_after_forgetting():
    pairs = CurvaturePairs(SIZE, 3)
    assert pairs.is_empty
    for step, change in PAIRS[:4]:
        pairs.add(tf.constant(step), tf.constant(change))
    assert not pairs.is_empty
    pairs.clear()
    assert pairs.is_empty
    for step, change in PAIRS[4:6]:
        pairs.add(tf.constant(step), tf.constant(change))
    same(direction(pairs), by_matrices(PAIRS[4:6]))


def test_only_pairs_without_curvature_are_nothing():
    assert added([FLAT, BENT, STILL], 3).is_empty


def test_directions_go_down():
    pairs = added(PAIRS, 5)
    for gradient in RANDOM.normal(size=(20, SIZE)):
        assert direction(pairs, gradient) @ gradient < 0


def test_a_quadratics_own_pairs_lead_to_its_minimum():
    """Steps along all axes, of any length, are the inverse Hessian."""
    hessian = np.diag(np.geomspace(0.5, 2, SIZE))
    pairs = added([pair(step, hessian) for step in 0.3 * np.eye(SIZE)], SIZE)
    same(direction(pairs), -np.linalg.solve(hessian, GRADIENT))


# Bounds

BOUNDS = Bounds(np.float32([0, -1, 2]), np.float32([1, 1, np.inf]))


def test_pixels_are_clipped_by_channel():
    pixels = tf.constant([[[[-5.0, -5, -5], [0.5, 0.5, 0.5], [5, 5, 5]]]])
    np.testing.assert_array_equal(BOUNDS.clip(pixels)[0, 0], [[0, -1, 2], [0.5, 0.5, 2], [1, 1, 5]])


@pytest.mark.parametrize(
    ("pixel", "gradient", "free"),
    [
        ([0, -1, 2], [3, 3, 3], [0, 0, 0]),  # all at the lowest, and pushed further down
        ([0, -1, 2], [-3, -3, -3], [-3, -3, -3]),
        ([1, 1, 9], [3, 3, 3], [3, 3, 3]),
        ([1, 1, 9], [-3, -3, -3], [0, 0, -3]),
        ([0.5, 0, 3], [3, -3, 3], [3, -3, 3]),
        ([0, 1, 2], [0, 0, 0], [0, 0, 0]),
    ],
)
def test_pixels_that_are_pushed_against_a_bound_are_not_free(pixel, gradient, free):
    pixels, slope = (tf.constant(values, tf.float32, (1, 1, 1, 3)) for values in (pixel, gradient))
    np.testing.assert_array_equal(BOUNDS.free_gradient(Point(pixels, 0.0, slope))[0, 0, 0], free)
