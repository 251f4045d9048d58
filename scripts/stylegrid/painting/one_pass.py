"""Pictures painted by the fast method, in one pass, and measured by the objective of their settings."""

import hashlib
import math
import time
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cachedmethod

from stylegrid.errors import ImageError
from stylegrid.fast.architecture import VECTOR
from stylegrid.fast.networks import Transform, predictor, transformer
from stylegrid.fast.weights import FastWeights
from stylegrid.method.evaluation import Step
from stylegrid.method.objective import Losses
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.device import precision_of
from stylegrid.painting.inputs import Painting, ScaleInputs, read_inputs_as_they_are, read_photograph_as_painting
from stylegrid.painting.problem import Problem
from stylegrid.painting.stylize import Report, Result
from stylegrid.pictures.colour_transfer import to_grey
from stylegrid.pictures.images import Picture
from stylegrid.plan.job import Job
from stylegrid.plan.memory import is_measured
from stylegrid.settings.scales import picture_size, size_fault

_PICTURES = tf.TensorSpec((None, None, None, 3))
_VECTORS = tf.TensorSpec((None, VECTOR))
_REMEMBERED = 256  # vectors, of 400 bytes


class FastNetworks:
    """The two networks of one process, compiled once for all sizes."""

    def __init__(self, weights: FastWeights):
        self._weights = weights
        self._predict = tf.function(predictor(weights), input_signature=[_PICTURES])
        self._transform = lru_cache(2)(self._compile)  # in two precisions
        self._vectors: LRUCache = LRUCache(_REMEMBERED)

    @cachedmethod(lambda self: self._vectors, key=lambda _, picture: (picture.shape, _digest(picture)))
    def vector(self, picture: Picture) -> np.ndarray:
        """Return the style vector of a picture, (1, 100), always computed in float32; remembered for its next job."""
        return self._predict(tf.constant(picture)).numpy()

    def paint(self, photograph: Picture, vector: np.ndarray, precision: tf.DType) -> Picture:
        """Return a photograph painted by a style vector."""
        return self._transform(precision)(tf.constant(photograph), tf.constant(vector, tf.float32)).numpy()

    def _compile(self, precision: tf.DType) -> Transform:
        return tf.function(transformer(self._weights, precision), input_signature=[_PICTURES, _VECTORS])


def _digest(picture: Picture) -> bytes:
    return hashlib.sha256(picture.tobytes()).digest()


def paint_in_one_pass(
    job: Job, networks: FastNetworks, objectives: ObjectiveCache, report: Report = lambda step: None
) -> Result:
    """Paint one combination and return the picture, with its losses unless it is too large to measure them.

    Raises ImageError when an input picture can't be read or is too small.
    """
    began = time.perf_counter()
    if fault := size_fault(job.settings, job.content.size, [style.size for style in job.styles]):
        raise ImageError(f"{job.name}: {fault}")
    problem = Problem(job, objectives)
    size = picture_size(job.settings, job.content.size, problem.longest_side)
    inputs, precision = read_inputs_as_they_are(job, size), tf.as_dtype(precision_of(job.settings.precision))
    picture = _blend(inputs, _vectors(job, networks, inputs.paintings), networks, precision)
    picture = to_grey(picture) if problem.grey else picture
    losses, style_by_layer, message = _measure(problem, picture, precision)
    history = () if losses is None else (Step(0, problem.longest_side, losses),)
    for step in history:
        report(step)
    seconds = time.perf_counter() - began
    how = (message, losses, style_by_layer, history, 0, seconds, precision.name, problem.grey)
    return Result(picture, inputs.alpha, "finished", *how)


def _vectors(job: Job, networks: FastNetworks, paintings: Sequence[Painting]) -> list[np.ndarray]:
    """Return the vector of each painting, mixed with the photograph's own: w style + (1 - w) own."""
    strength, vectors = job.settings.strength, [networks.vector(painting.picture) for painting in paintings]
    if strength == 1:
        return vectors
    own = networks.vector(read_photograph_as_painting(job))
    return [strength * vector + (1 - strength) * own for vector in vectors]


def _blend(inputs: ScaleInputs, vectors: Sequence[np.ndarray], networks: FastNetworks, precision: tf.DType) -> Picture:
    """Return the picture of several paintings: of the weighted mean of their vectors, or by masks.

    With masks m_i and shares s_i, the picture is the mean of those that each painting gives, weighted by s_i m_i; where
    masks sum to less than 1, the rest is the photograph.
    """
    photograph, paintings = inputs.photograph, inputs.paintings
    if all(painting.mask is None for painting in paintings):
        mean = sum(painting.share * vector for painting, vector in zip(paintings, vectors, strict=True))
        return networks.paint(photograph, np.asarray(mean), precision)
    mixed, total, covered = (np.zeros_like(photograph[..., :channels]) for channels in (3, 1, 1))
    for painting, vector in zip(paintings, vectors, strict=True):
        mask = np.ones_like(covered) if painting.mask is None else painting.mask
        mixed += painting.share * mask * networks.paint(photograph, vector, precision)
        total += painting.share * mask
        covered += mask
    covered = np.minimum(covered, 1)
    return covered * mixed / np.maximum(total, np.finfo(np.float32).tiny) + (1 - covered) * photograph


def _measure(problem: Problem, picture: Picture, precision: tf.DType) -> tuple[Losses | None, dict[str, float], str]:
    """Return a picture's losses, its style loss by layer, and a sentence on how it was painted.

    They are measured in the precision of painting: bfloat16 takes a third of the time, and changes them by 0.2 %.
    """
    height, width = picture.shape[1:3]
    if not is_measured((width, height)):
        return None, {}, "painted in one pass; losses of so large a picture are not measured"
    losses, style_by_layer = problem.measure(problem.to_pixels(picture), precision)
    if not all(map(math.isfinite, losses)):
        return None, {}, "painted in one pass; its losses are not finite"
    return losses, style_by_layer, "painted in one pass"
