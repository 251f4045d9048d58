"""The studio: one job's scene, objective and canvas at each scale."""

from functools import cached_property, lru_cache, partial

import numpy as np
import tensorflow as tf

from stylegrid.errors import ImageError
from stylegrid.method.evaluation import Evaluate
from stylegrid.method.lbfgs import Bounds
from stylegrid.method.objective import Losses, Targets
from stylegrid.method.optimise import OptimizerState
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.device import precision_of
from stylegrid.painting.inputs import ScaleInputs, read_inputs, start_picture
from stylegrid.pictures.images import Picture
from stylegrid.plan.job import Job
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.settings.scales import Scale, longest_side, picture_size, plan_scales, size_fault, smallest_size
from stylegrid.vgg.preprocessing import space_of

TOLERABLE = 0.25  # error of the first gradient, by its norm; README has what recipes have, and what it costs them
TRIAL = 96  # longest side that this is tried at, if the first scale is larger: it costs less, and says the same


class Problem:
    """Makes for one job what its descent needs; scales are named by their longest side in pixels."""

    def __init__(self, job: Job, objectives: ObjectiveCache):
        settings = job.settings
        self._job, self.settings, self._objectives = job, settings, objectives
        self._loss_config = loss_config_of(settings)
        self._space = space_of(settings.preprocessing, settings.pixels)
        self._photograph = job.content.size
        self._paintings = [style.size for style in job.styles]
        self._weights = tf.constant([[settings.content_weight, settings.style_weight, settings.tv_weight]], tf.float32)
        self.inputs = lru_cache(maxsize=2)(self._read_inputs)
        self._targets = lru_cache(maxsize=1)(self._make_targets)

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

    def start(self, side: int) -> tf.Tensor:
        """Return the start picture as pixels of a canvas."""
        return self.bounds.clip(self.to_pixels(start_picture(self._job, self.inputs(side))))

    def rescale(self, canvas: OptimizerState, side: int) -> OptimizerState:
        """Return a canvas enlarged to another scale: bicubic, and bilinear where nothing may fall below zero."""
        width, height = self._size(side)
        if canvas.pixels.shape[1:3] == (height, width):
            return canvas

        def enlarge(array: tf.Tensor, method: str) -> tf.Tensor:
            return tf.image.resize(array, (height, width), method=method)

        return canvas._replace(
            pixels=self.bounds.clip(enlarge(canvas.pixels, "bicubic")),
            mean=enlarge(canvas.mean, "bicubic"),
            square=enlarge(canvas.square, "bilinear"),
            average=enlarge(canvas.average, "bicubic"),
        )

    def to_picture(self, pixels: tf.Tensor) -> Picture:
        """Return the pixels of a canvas as a picture."""
        return np.clip(self._space.to_picture(pixels).numpy(), 0, 1)

    def to_pixels(self, picture: Picture) -> tf.Tensor:
        """Return a picture as the pixels of a canvas."""
        return self._space.to_canvas(tf.constant(picture))

    @cached_property
    def bounds(self) -> Bounds:
        """Return what the pixels of a canvas stay between at every step."""
        black, white = self._space.bounds()
        endless = np.full_like(black, np.inf)
        return Bounds(black, white) if self.settings.clamp == "steps" else Bounds(-endless, endless)

    @cached_property
    def range(self) -> float:
        """Return what lies between black and white on a canvas."""
        black, white = self._space.bounds()
        return float(np.max(white - black))

    @cached_property
    def precision(self) -> tf.DType:
        """Return the precision of activations that is painted in.

        `auto` is bfloat16 where the device has it and the objective bears it: where roundings turn the first gradient
        by little. They don't where a photograph's deep layers are to be kept to within a percent, from itself on.
        """
        there = tf.as_dtype(precision_of(self.settings.precision))
        if self.settings.precision != "auto" or there == tf.float32:
            return there
        smallest = smallest_size(self.settings, self._photograph, self._paintings)
        side = min(self.scales()[0].longest_side, max(smallest, TRIAL))
        start = self.start(side)
        exact, rounded = (self._evaluate(side, precision)(start)[1] for precision in (tf.float32, there))
        return there if bool(tf.norm(rounded - exact) <= TOLERABLE * tf.norm(exact)) else tf.float32

    def evaluate(self, side: int) -> Evaluate:
        """Return the objective of a scale in the precision that is painted in."""
        return self._evaluate(side, self.precision)

    def _evaluate(self, side: int, precision: tf.DType) -> Evaluate:
        objective = self._objectives.objective(self._loss_config, precision)
        targets = self._targets(side).for_precision(precision)
        return partial(objective.compiled("value_and_gradient", targets), targets=targets, weights=self._weights)

    def measure(self, pixels: tf.Tensor) -> tuple[Losses, dict[str, float]]:
        """Return the losses of a finished canvas and its style loss by layer, in float32 whatever it was painted in."""
        objective = self._objectives.objective(self._loss_config, tf.float32)
        targets = self._targets(self.longest_side)
        losses, by_layer = objective.compiled("losses", targets)(pixels, targets, self._weights)
        numbers = Losses(*(float(term) for term in tf.concat(losses, axis=0)))
        return numbers, {layer: float(loss[0]) for layer, loss in by_layer.items()}

    def _size(self, side: int) -> tuple[int, int]:
        return picture_size(self.settings, self._photograph, side)

    def _read_inputs(self, side: int) -> ScaleInputs:
        return read_inputs(self._job, self._size(side))

    def _make_targets(self, side: int) -> Targets:
        return self._objectives.targets(self._loss_config).make(self.inputs(side))
