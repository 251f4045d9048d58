"""Colours of one picture moved to those of others, before painting."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from stylegrid.images import Picture

SMALLEST_VARIANCE = 1e-5  # about one level of 8 bits; keeps a grey picture's covariance invertible


class Moments(NamedTuple):
    """The mean colour (3,) and the covariance (3, 3) of pixels in [0, 1]."""

    mean: np.ndarray
    covariance: np.ndarray


def match_colours(picture: Picture, references: Sequence[tuple[Picture, float]]) -> Picture:
    """Return a picture whose colours have the mean and covariance of the references', blended by their weights.

    The linear Monge-Kantorovitch map T = A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 from covariance A to B, which moves
    colours least: Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
    transfer" (2007). Values are clipped to [0, 1].
    """
    own, aim = moments([(picture, 1.0)]), moments(references)
    root, inverse = _power(own.covariance, 0.5), _power(own.covariance, -0.5)
    transport = inverse @ _power(root @ aim.covariance @ root, 0.5) @ inverse
    moved = (picture.astype(np.float64) - own.mean) @ transport + aim.mean
    return np.clip(moved, 0, 1).astype(np.float32)


def moments(pictures: Sequence[tuple[Picture, float]]) -> Moments:
    """Return the moments of all pixels of several pictures, each picture with its weight, whatever its size."""
    total = sum(weight for _, weight in pictures)
    pixels = [(picture.reshape(-1, 3).astype(np.float64), weight / total) for picture, weight in pictures]
    mean = sum(share * values.mean(axis=0) for values, share in pixels)
    covariance = sum(share * (values - mean).T @ (values - mean) / len(values) for values, share in pixels)
    return Moments(np.asarray(mean), covariance + SMALLEST_VARIANCE * np.eye(3))


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Return a power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T
