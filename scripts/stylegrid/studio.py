"""The studio: one job's scene, objective and canvas at each scale."""

from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import tensorflow as tf

from stylegrid import images
from stylegrid.errors import ImageError
from stylegrid.features import extractor
from stylegrid.images import Picture
from stylegrid.job import Job
from stylegrid.objective import Objective, make_targets
from stylegrid.optimise import Bounds, Canvas
from stylegrid.pixels import space_of
from stylegrid.scales import Scale, layers_used, longest_side, picture_size, plan_scales, size_fault, smallest_size
from stylegrid.scene import Scene, make_scene, start_picture
from stylegrid.weights import Weights


class Studio:
    """Makes for one job what its descent needs; scales are named by their longest side in pixels."""

    def __init__(self, job: Job, weights: Weights):
        settings = job.settings
        self._job, self.settings = job, settings
        self._space = space_of(settings.preprocessing, settings.pixels)
        layers = layers_used(settings)
        self._extract = extractor(weights, layers, settings.pooling, settings.padding, settings.pool_rounding)
        self._photograph = images.upright_size(Path(job.content.path))
        self._paintings = [images.upright_size(Path(style.path)) for style in job.styles]
        self.scene = lru_cache(maxsize=2)(self._scene)
        self.objective = lru_cache(maxsize=2)(self._objective)

    @cached_property
    def longest_side(self) -> int:
        """Return the longest side of the finished picture."""
        return longest_side(self.settings, self._photograph)

    def scales(self) -> tuple[Scale, ...]:
        """Return the scales to go through; raises ImageError when a picture is too small for the layers."""
        fault = size_fault(self.settings, self._photograph, self._paintings)
        if fault:
            raise ImageError(f"{self._job.name}: {fault}")
        smallest = smallest_size(self.settings, self._photograph, self._paintings)
        return plan_scales(self.settings, self.longest_side, smallest)

    def start(self, side: int) -> np.ndarray:
        """Return the start picture as pixels of a canvas."""
        return self._bounded(self._space.to_canvas(tf.constant(start_picture(self._job, self.scene(side)))).numpy())

    def rescale(self, canvas: Canvas, side: int) -> Canvas:
        """Return a canvas enlarged to another scale: bicubic, and bilinear where nothing may fall below zero."""
        width, height = self._size(side)
        if canvas.pixels.shape[1:3] == (height, width):
            return canvas

        def enlarge(array: np.ndarray, method: str) -> np.ndarray:
            return tf.image.resize(array, (height, width), method=method).numpy()

        return canvas._replace(
            pixels=self._bounded(enlarge(canvas.pixels, "bicubic")),
            mean=enlarge(canvas.mean, "bicubic"),
            square=enlarge(canvas.square, "bilinear"),
            average=enlarge(canvas.average, "bicubic"),
        )

    def to_picture(self, pixels: np.ndarray) -> Picture:
        """Return the pixels of a canvas as a picture."""
        return np.clip(self._space.to_picture(tf.constant(pixels)).numpy(), 0, 1)

    def to_pixels(self, picture: Picture) -> np.ndarray:
        """Return a picture as the pixels of a canvas."""
        return self._space.to_canvas(tf.constant(picture)).numpy()

    @cached_property
    def bounds(self) -> Bounds | None:
        """Return the lowest and highest pixels of a canvas, if the descent is to stay between them."""
        return self._space.bounds() if self.settings.clamp == "steps" else None

    def _bounded(self, pixels: np.ndarray) -> np.ndarray:
        return pixels if self.bounds is None else np.clip(pixels, *self.bounds)

    def _size(self, side: int) -> tuple[int, int]:
        return picture_size(self.settings, self._photograph, side)

    def _scene(self, side: int) -> Scene:
        return make_scene(self._job, self._size(side))

    def _objective(self, side: int) -> Objective:
        targets = make_targets(self.settings, self._extract, self._space, self.scene(side))
        return Objective(self.settings, self._extract, self._space, targets)
