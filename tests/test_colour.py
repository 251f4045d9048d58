"""Colours moved from picture to picture."""

import numpy as np
import pytest

from stylegrid.colour import match_colours, moments


def picture(mean, spread, seed=0, size=(1, 40, 50, 3)):
    return np.random.default_rng(seed).normal(mean, spread, size).clip(0, 1).astype(np.float32)


def test_mean_and_covariance_become_the_references():
    reference = picture((0.6, 0.4, 0.5), (0.05, 0.1, 0.08), seed=1)
    actual = moments([(match_colours(picture((0.3, 0.5, 0.5), (0.1, 0.02, 0.1)), [(reference, 1.0)]), 1.0)])
    desired = moments([(reference, 1.0)])
    np.testing.assert_allclose(actual.mean, desired.mean, atol=1e-3)
    np.testing.assert_allclose(actual.covariance, desired.covariance, atol=5e-4)


def test_a_picture_matched_to_itself_stays():
    own = picture(0.5, 0.1)
    np.testing.assert_allclose(match_colours(own, [(own, 1.0)]), own, atol=1e-5)


def test_a_grey_picture_takes_the_mean_colour_without_noise():
    grey = np.full((1, 8, 9, 3), 0.5, np.float32)
    actual = match_colours(grey, [(picture((0.2, 0.4, 0.6), 0.05, seed=2), 1.0)])
    assert np.ptp(actual[0, :, :, 0]) < 1e-6
    assert actual[0, 0, 0] == pytest.approx([0.2, 0.4, 0.6], abs=0.01)


def test_a_blend_of_black_and_white_is_grey_with_their_contrast():
    black, white = np.zeros((1, 4, 4, 3), np.float32), np.ones((1, 2, 9, 3), np.float32)
    blended = moments([(black, 3.0), (white, 1.0)])
    np.testing.assert_allclose(blended.mean, 0.25)
    np.testing.assert_allclose(blended.covariance, 0.25 * 0.75, atol=1e-4)
