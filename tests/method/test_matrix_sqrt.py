"""The square root of a matrix against SciPy's, and its gradient against that of eigenvalues."""

import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from stylegrid.method.matrix_sqrt import square_root


def matrix(smallest: float, side: int = 6, seed: int = 0) -> np.ndarray:
    """Return a symmetric matrix with eigenvalues from `smallest` to 1."""
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(side, side)))
    return rotation * np.geomspace(smallest, 1, side) @ rotation.T


def test_the_root_of_a_diagonal_is_the_roots_of_its_numbers():
    np.testing.assert_allclose(square_root(tf.constant(np.diag([1.0, 4, 9]))), np.diag([1, 2, 3]), atol=1e-12)


@pytest.mark.parametrize(("smallest", "tolerance"), [(0.1, 1e-12), (1e-2, 1e-9), (1e-3, 1e-3)])
def test_roots_are_those_of_scipy(smallest, tolerance):
    a = matrix(smallest)
    np.testing.assert_allclose(square_root(tf.constant(a)), scipy.linalg.sqrtm(a), atol=tolerance)


def test_eigenvalues_far_below_the_norm_have_roots_too_small_but_not_negative():
    values = np.linalg.eigvalsh(square_root(tf.constant(matrix(1e-7))))
    assert 0 < values[0] < np.sqrt(1e-7)


def test_matrices_of_a_batch_have_each_its_own_root_and_gradient():
    a, upstream = (np.stack([matrix(0.1, seed=seed), 1e4 * matrix(0.3, seed=seed + 1)]) for seed in (0, 5))
    np.testing.assert_allclose(square_root(tf.constant(a)), [square_root(tf.constant(each)) for each in a], rtol=1e-9)
    alone = [gradient(*each) for each in zip(a, upstream, strict=True)]
    np.testing.assert_allclose(gradient(a, upstream), alone, rtol=1e-9)


def test_the_root_grows_as_the_root_of_the_matrix():
    a = tf.constant(matrix(0.1))
    np.testing.assert_allclose(square_root(1e8 * a), 1e4 * square_root(a), rtol=1e-9)


def test_float32_will_do():
    a = matrix(1e-2)
    np.testing.assert_allclose(square_root(tf.constant(a, tf.float32)), scipy.linalg.sqrtm(a), atol=1e-5)


def gradient(a: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    x = tf.constant(a)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(square_root(x) * upstream)
    return tape.gradient(loss, x).numpy()


@pytest.mark.parametrize(("smallest", "tolerance"), [(0.1, 1e-10), (1e-2, 1e-6), (1e-3, 0.1)])
def test_the_gradient_solves_the_lyapunov_equation(smallest, tolerance):
    """R X + X R = upstream, of which SciPy has a solver."""
    a, upstream = matrix(smallest), matrix(0.5, seed=1)
    desired = scipy.linalg.solve_sylvester(*2 * [scipy.linalg.sqrtm(a)], upstream)
    np.testing.assert_allclose(gradient(a, upstream), desired, atol=tolerance * np.abs(desired).max())


def test_the_gradient_agrees_with_finite_differences():
    a, upstream, step = matrix(0.1), matrix(0.5, seed=1), 1e-6 * matrix(0.3, seed=2)
    before, after = (np.sum(scipy.linalg.sqrtm(a + way * step) * upstream) for way in (-1, 1))
    assert np.sum(gradient(a, upstream) * step) == pytest.approx((after - before) / 2, rel=1e-6)
