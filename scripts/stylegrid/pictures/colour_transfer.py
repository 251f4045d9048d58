"""Greys, colour distances, and colour transfer: a picture's colours matched to others', or restored after painting."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from stylegrid.pictures.images import Picture

PART = 2**20  # pixels of large pictures that are computed with at once, in float64
SMALLEST_VARIANCE = 1e-5  # about one 8-bit level; keeps the covariance of a grey picture invertible


GREY = 4 / 255  # largest difference of a grey pixel's channels: what lossy files and colour profiles leave


class Moments(NamedTuple):
    """The mean colour (3,) and the covariance (3, 3) of pixels, in [0, 1] or L*a*b*."""

    mean: np.ndarray
    covariance: np.ndarray


def match_colours(
    picture: Picture,
    references: Sequence[tuple[Picture, float]],
    how: Literal["linear", "histogram"],
    sample: Picture | None = None,
) -> Picture:
    """Return a picture with the colour distribution of the weighted references.

    `linear` matches mean and covariance, `histogram` the histogram of each channel separately. References may have any
    size. The mapping is fitted to the pixels of `sample` (default: the picture) and applied to the picture. Values are
    clipped to [0, 1].
    """
    match = _match_moments if how == "linear" else _match_histograms
    return match(picture, references, picture if sample is None else sample)


def original_colours(painted: Picture, photograph: Picture, space: Literal["ycbcr", "lab"]) -> Picture:
    """Return the luminance of a painted picture with the chroma of a photograph of the same size, clipped to [0, 1].

    `ycbcr` is that of JPEG (ITU-T T.871: ITU-R BT.601 weights, full range); `lab` is CIE 1976 L*a*b* under D65.
    """
    if space == "ycbcr":
        # In T.871, R, G and B are each Y plus a term of chroma: with constant chroma all three change as Y does.
        recoloured = photograph + (painted.astype(np.float64) - photograph) @ _LUMA[:, np.newaxis]
    else:
        recoloured = from_lab(np.concatenate([to_lab(painted)[..., :1], to_lab(photograph)[..., 1:]], axis=-1))
    return np.clip(recoloured, 0, 1).astype(np.float32)


def is_grey(picture: Picture) -> bool:
    """Return whether red, green and blue of every pixel differ by at most 4 levels of 255."""
    return bool((picture.max(axis=-1) - picture.min(axis=-1)).max() <= GREY + 1e-6)


def to_grey(picture: Picture) -> Picture:
    """Return a picture's luma (ITU-R BT.601) in all three channels."""
    return np.repeat(luma(picture)[..., np.newaxis], 3, axis=-1)


def luma(picture: Picture) -> np.ndarray:
    """Return a picture's luma (ITU-R BT.601), float32 (1, height, width) in [0, 1]."""
    return (picture.astype(np.float64) @ _LUMA).astype(np.float32)


def moments(pictures: Sequence[tuple[Picture, float]]) -> Moments:
    """Return the moments of the pixels of weighted pictures; a picture's size doesn't change its weight."""
    total = sum(weight for _, weight in pictures)
    pixels = [(picture.reshape(-1, 3), weight / total) for picture, weight in pictures]
    mean = sum(share * values.mean(axis=0, dtype=np.float64) for values, share in pixels)
    covariance = sum(share * _products(values, mean) / len(values) for values, share in pixels)
    return Moments(np.asarray(mean), covariance + SMALLEST_VARIANCE * np.eye(3))


def _products(pixels: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Return the sum over pixels (n, 3) of the products of their differences from a mean colour: (3, 3)."""
    parts = (part.astype(np.float64) - mean for part in _parts(pixels))
    return sum((part.T @ part for part in parts), np.zeros((3, 3)))


def _parts(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """Yield pixels (n, 3) in parts."""
    return (pixels[start : start + PART] for start in range(0, len(pixels), PART))


def frechet_distance(first: Moments, second: Moments) -> float:
    """Return how far two colour distributions lie apart, taken for Gaussians, in the unit of their means.

    With means m, n and covariances A, B: sqrt(|m - n|^2 + tr(A + B - 2 (A^1/2 B A^1/2)^1/2)), their 2-Wasserstein
    distance: Dowson and Landau, "The Fréchet distance between multivariate normal distributions" (1982).
    """
    root = _power(first.covariance, 0.5)
    common = _power(root @ second.covariance @ root, 0.5)
    spread = np.trace(first.covariance + second.covariance - 2 * common)
    return float(np.sqrt(max(((first.mean - second.mean) ** 2).sum() + spread, 0)))


def _match_moments(picture: Picture, references: Sequence[tuple[Picture, float]], sample: Picture) -> np.ndarray:
    """Return a picture mapped so that the sample gets the references' mean and covariance, clipped to [0, 1].

    The linear Monge-Kantorovitch map T = A^-1/2 (A^1/2 B A^1/2)^1/2 A^-1/2 from covariance A to B, which changes
    colours least: Pitie and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
    transfer" (2007).
    """
    own, target = moments([(sample, 1.0)]), moments(references)
    root, inverse = _power(own.covariance, 0.5), _power(own.covariance, -0.5)
    transport = inverse @ _power(root @ target.covariance @ root, 0.5) @ inverse
    matched = np.empty_like(picture, np.float32)
    for part, pixels in zip(_parts(matched.reshape(-1, 3)), _parts(picture.reshape(-1, 3)), strict=True):
        part[...] = np.clip((pixels.astype(np.float64) - own.mean) @ transport + target.mean, 0, 1)
    return matched


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Return a power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T


def _match_histograms(picture: Picture, references: Sequence[tuple[Picture, float]], sample: Picture) -> np.ndarray:
    """Return a picture mapped so that each channel of the sample gets the references' quantiles, clipped to [0, 1].

    Histogram specification: Gonzalez and Woods, "Digital Image Processing", 3.3.2, without bins.
    """
    target = np.concatenate([reference.reshape(-1, 3) for reference, _ in references])
    weights = np.concatenate([np.full(pixels.size // 3, weight / pixels.size) for pixels, weight in references])
    channels = [_match_quantiles(picture[..., c], sample[..., c], target[:, c], weights) for c in range(3)]
    return np.clip(np.stack(channels, axis=-1), 0, 1).astype(np.float32)


def _match_quantiles(values: np.ndarray, sample: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return values mapped from the sample's quantiles to those of the weighted targets; equal values stay equal."""
    order = np.argsort(target)
    below = np.cumsum(weights[order], dtype=np.float64) - weights[order] / 2  # includes half of a pixel's own weight
    levels, counts = np.unique(sample, return_counts=True)
    share = np.interp(values, levels, (np.cumsum(counts) - counts / 2) / sample.size)
    return np.interp(share, below / weights.sum(), target[order])


_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601
# Chromaticities x, y, z of red, green and blue, and of white D65: IEC 61966-2-1.
_PRIMARIES = np.array([[0.64, 0.33, 0.03], [0.30, 0.60, 0.10], [0.15, 0.06, 0.79]])
_WHITE = np.array([0.3127, 0.3290, 0.3583]) / 0.3290
# Matrix from linear RGB to X, Y and Z, relative to white.
_TO_XYZ = np.linalg.solve(_PRIMARIES.T, _WHITE)[:, np.newaxis] * _PRIMARIES / _WHITE
_LINEAR_BELOW = 6 / 29  # of L*a*b*'s cube root, which is a straight line below


def to_lab(picture: Picture) -> np.ndarray:
    """Return a picture in CIE L*a*b* under D65: float64 (..., 3), L* in [0, 100]; values are clipped to [0, 1] first.

    Formulas of IEC 61966-2-1 (sRGB) and CIE 15 (L*a*b*); a library for them would be larger than this program.
    """
    values = np.clip(picture.astype(np.float64), 0, 1)
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ
    x, y, z = np.moveaxis(np.where(xyz > _LINEAR_BELOW**3, np.cbrt(xyz), xyz / (3 * _LINEAR_BELOW**2) + 4 / 29), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def from_lab(lab: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* under D65 as sRGB, float64 clipped to [0, 1]: the inverse of `to_lab`."""
    y = (lab[..., 0] + 16) / 116
    roots = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    xyz = np.where(roots > _LINEAR_BELOW, roots**3, 3 * _LINEAR_BELOW**2 * (roots - 4 / 29))
    linear = np.clip(xyz @ np.linalg.inv(_TO_XYZ), 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
