"""Measures of a finished picture beside its photograph and paintings, which no loss was made small for."""

from functools import cached_property

import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cachedmethod
from scipy import ndimage

from stylegrid.fast.architecture import STYLE_SIDE
from stylegrid.fast.networks import predictor
from stylegrid.fast.weights import FastWeights
from stylegrid.painting.inputs import read_painting, read_picture, visible
from stylegrid.pictures.colour_transfer import Moments, frechet_distance, luma, moments, to_lab
from stylegrid.pictures.geometry import Size, fit
from stylegrid.pictures.images import Alpha, Picture, resized
from stylegrid.plan.job import Job
from stylegrid.store.record import MeasuresRecord

COMPARED = 512  # longest side at which edges and colours are compared, at most
WINDOW, REACH = 1.5, 5  # of SSIM: standard deviation and radius of its Gaussian window, 11 pixels wide
FLAT = 0.03**2 / 2  # of SSIM: C3, for values in [0, 1]; windows of less contrast hardly count
KEPT = 256  # paintings whose style vectors and colours are remembered


class Meter:
    """Measures pictures; looks at each photograph and painting once, as the file has it, in no other colours.

    Without the weights of the fast method's networks there is no cosine of style vectors.
    """

    def __init__(self, weights: FastWeights | None):
        # Not compiled, which would take longer than looking at thirty pictures.
        self._predict = None if weights is None else predictor(weights)
        self._photographs: LRUCache = LRUCache(2)
        self._styles: LRUCache = LRUCache(KEPT)
        self._colours: LRUCache = LRUCache(KEPT)

    def measure(self, job: Job, picture: Picture, alpha: Alpha | None) -> MeasuresRecord:
        """Return the measures of a job's picture; raises ImageError when a file can't be read.

        Only visible pixels count. Several paintings count by their weights, whatever their masks. Edges and colours are
        compared at a longest side of 512 pixels, or the picture's if that is less.
        """
        height, width = picture.shape[1:3]
        size = fit((width, height), min(COMPARED, max(width, height)))
        small = picture if size == (width, height) else resized(picture, size)
        photograph, seen = self._photograph(job, size)
        own = moments([(to_lab(visible(small, seen)), 1.0)])
        return MeasuresRecord(
            style_cosine=self.style_cosine(job, picture) if self._predict else None,
            edges_kept=edges_kept(luma(small), photograph, seen),
            colour_distance=frechet_distance(own, self._colours_of(job, max(size))),
            grain=grain(luma(picture), alpha),
            specks=specks(picture, alpha),
        )

    def style_cosine(self, job: Job, picture: Picture) -> float:
        """Return the cosine of the style vectors of a picture and its painting, from -1 to 1, the same style.

        Vectors are those of Magenta's network (Ghiasi et al., arXiv:1705.06830) for squares of 256 pixels, less that of
        a grey square: all vectors have much in common, so that without this the cosine of any two is 0.75 or more.
        A blend's vector is the mean of its paintings', by weight.
        """
        own, style = self._vector(picture), self._style(job)
        return float(own @ style / max(np.linalg.norm(own) * np.linalg.norm(style), np.finfo(np.float32).tiny))

    @cachedmethod(lambda self: self._styles, key=lambda self, job: (job.styles, _reading(job)))
    def _style(self, job: Job) -> np.ndarray:
        total = sum(style.weight for style in job.styles)
        squares = [(read_painting(job, style, (STYLE_SIDE, STYLE_SIDE))[0], style.weight) for style in job.styles]
        return np.asarray(sum(weight / total * self._vector(square) for square, weight in squares))

    def _vector(self, picture: Picture) -> np.ndarray:
        """Return the style vector of a picture, (100,), less that of a grey square."""
        square = (STYLE_SIDE, STYLE_SIDE)
        return self._predicted(picture if picture.shape[1:3] == square else resized(picture, square)) - self._origin

    @cached_property
    def _origin(self) -> np.ndarray:
        return self._predicted(np.full((1, STYLE_SIDE, STYLE_SIDE, 3), 0.5, np.float32))

    def _predicted(self, square: Picture) -> np.ndarray:
        assert self._predict is not None
        return self._predict(tf.constant(square)).numpy()[0]

    @cachedmethod(lambda self: self._photographs, key=lambda self, job, size: (job.content, size, job.settings.alpha))
    def _photograph(self, job: Job, size: Size) -> tuple[np.ndarray, Alpha | None]:
        """Return a photograph's luma and alpha."""
        picture, alpha = read_picture(job, job.content.path, size)
        return luma(picture), alpha

    @cachedmethod(lambda self: self._colours, key=lambda self, job, side: (job.styles, side, _reading(job)))
    def _colours_of(self, job: Job, side: int) -> Moments:
        """Return the moments in L*a*b* of a job's paintings, their longest side at most `side` pixels."""
        sizes = [fit(style.size, min(side, max(style.size))) for style in job.styles]
        read = [visible(*read_painting(job, style, size)) for style, size in zip(job.styles, sizes, strict=True)]
        return moments([(to_lab(pixels), style.weight) for pixels, style in zip(read, job.styles, strict=True)])


def _reading(job: Job) -> tuple[object, ...]:
    """Return the settings that decide what is read of a painting."""
    return job.settings.style_crop, job.settings.alpha


def edges_kept(first: np.ndarray, second: np.ndarray, alpha: Alpha | None = None) -> float:
    """Return how alike the structure of two lumas is, (1, height, width) in [0, 1]: from -1 to 1, the same structure.

    The structure term of SSIM, (covariance + C3) / (deviation deviation + C3), its mean over windows about each pixel:
    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural similarity"
    (2004), equation 10, with its window and constants; borders are reflected.
    """
    x, y = first[0], second[0]
    mean_x, mean_y = _windowed(x), _windowed(y)
    variances = [_windowed(each * each) - mean * mean for each, mean in ((x, mean_x), (y, mean_y))]
    deviations = np.sqrt(np.maximum(variances, 0))
    return _mean((_windowed(x * y) - mean_x * mean_y + FLAT) / (deviations[0] * deviations[1] + FLAT), alpha)


def _windowed(values: np.ndarray) -> np.ndarray:
    return ndimage.gaussian_filter(values, WINDOW, radius=REACH)


def grain(values: np.ndarray, alpha: Alpha | None = None) -> float:
    """Return the standard deviation of white noise that would be as rough as a luma (1, height, width), of 255 levels.

    sqrt(pi / 2) / 6 times the mean of |luma * N|, where N is the difference of two Laplacians, which is 0 for planes
    and straight edges: Immerkær, "Fast noise variance estimation" (1996). Borders are reflected. Fine brushwork counts.
    """
    second = np.array([1, -2, 1], np.float32)
    rough = ndimage.correlate1d(ndimage.correlate1d(values[0] * np.float32(255), second, axis=0), second, axis=1)
    return float(np.sqrt(np.pi / 2) / 6 * _mean(np.abs(rough), alpha))


def specks(picture: Picture, alpha: Alpha | None = None) -> float:
    """Return the share of pixels that are 0 or 255 in a channel whose median over 3x3 pixels isn't; borders reflect."""
    levels = np.rint(picture[0] * np.float32(255))
    found = np.zeros(levels.shape[:2], bool)
    for clipped in (levels <= 0, levels >= 255):
        found |= (clipped & (_around(clipped) < 5)).any(axis=-1)  # of nine: then the median is another
    return _mean(found, alpha)


def _around(marks: np.ndarray) -> np.ndarray:
    """Return how many of the 3x3 pixels about each have a mark; in a fifth of the time that SciPy's filters take."""
    sums = np.pad(marks.astype(np.uint8), ((1, 1), (1, 1), (0, 0)), mode="symmetric")
    sums = sums[:-2] + sums[1:-1] + sums[2:]
    return sums[:, :-2] + sums[:, 1:-1] + sums[:, 2:]


def _mean(values: np.ndarray, alpha: Alpha | None) -> float:
    """Return the mean of values (height, width) over pixels with alpha of at least 0.5; over all if there are none."""
    seen = None if alpha is None else alpha[0, ..., 0] >= 0.5
    return float(values.mean() if seen is None or not seen.any() else values[seen].mean())
