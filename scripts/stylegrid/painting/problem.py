"""One job as an optimisation problem: its inputs, targets, objective and bounds at each scale."""

from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.errors import ImageError
from stylegrid.method.evaluation import Callbacks, Descent, ValueAndGradient
from stylegrid.method.lbfgs import Bounds
from stylegrid.method.objective import Losses, Targets
from stylegrid.method.octaves import Octave, mean_losses, over_octaves, reduce_to
from stylegrid.method.optimizer_state import OptimizerState
from stylegrid.method.tiled_objective import TiledTargets
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.device import precision_of
from stylegrid.painting.inputs import ScaleInputs, is_grey_job, read_inputs, start_picture
from stylegrid.painting.scratch import Scratch
from stylegrid.pictures.colour_transfer import to_grey
from stylegrid.pictures.images import Alpha, Picture
from stylegrid.plan import memory
from stylegrid.plan.job import Job
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.settings.scales import (
    Scale,
    longest_side,
    octave_sides,
    picture_size,
    plan_scales,
    size_fault,
    smallest_size,
)
from stylegrid.vgg.preprocessing import Space, space_of

TOLERABLE = 0.25  # relative error of the first gradient, |rounded - exact| / |exact|, at which auto takes bfloat16
TRIAL = 96  # longest side at which it is measured, if the first scale is larger: cheaper, with the same result


class Room(NamedTuple):
    """What a painting may take: MB of memory beyond what its process has, None if unknown, and a folder on disk."""

    memory_mb: float | None = None
    folder: Path | None = None


UNKNOWN = Room()


class Compared(NamedTuple):
    """Where a picture is compared: its longest side there, and whether with the start picture's content."""

    side: int
    with_start: bool


class Problem:
    """What the descent of one job needs at each scale; `side` is a scale's longest side in pixels."""

    def __init__(self, job: Job, objectives: ObjectiveCache, room: Room = UNKNOWN):
        settings = job.settings
        self._job, self.settings, self._objectives, self._room = job, settings, objectives, room
        self._loss_config = loss_config_of(settings)
        self._photograph = job.content.size
        self._paintings = [style.size for style in job.styles]
        self._weights = tf.constant([[settings.content_weight, settings.style_weight, settings.tv_weight]], tf.float32)
        self._alphas: dict[int, Alpha | None] = {}
        self.inputs = lru_cache(maxsize=2)(self._read_inputs)
        self._targets = lru_cache(maxsize=len(self._octaves(self.longest_side)))(self._make_targets)
        self._tiled_targets = lru_cache(maxsize=1)(self._make_tiled_targets)

    @cached_property
    def longest_side(self) -> int:
        """Return the longest side of the finished picture."""
        return longest_side(self.settings, self._photograph)

    @cached_property
    def grey(self) -> bool:
        """Return whether the picture is painted in greys."""
        return is_grey_job(self._job, self._size(self.longest_side))

    @cached_property
    def _space(self) -> Space:
        return space_of(self.settings.preprocessing, self.settings.pixels, self.grey)

    def scales(self) -> tuple[Scale, ...]:
        """Return the scales from coarse to fine; raises ImageError when a picture is too small for the layers."""
        fault = size_fault(self.settings, self._photograph, self._paintings)
        if fault:
            raise ImageError(f"{self._job.name}: {fault}")
        smallest = smallest_size(self.settings, self._photograph, self._paintings)
        return plan_scales(self.settings, self.longest_side, smallest)

    def start(self, side: int) -> tf.Tensor:
        """Return the start picture as pixels, within the bounds."""
        return self.bounds.clip(self.to_pixels(self._start_picture(side)))

    def alpha(self, side: int) -> Alpha | None:
        """Return the photograph's alpha at a scale."""
        if side not in self._alphas:
            self.inputs(side)
        return self._alphas[side]

    def _start_picture(self, side: int) -> Picture:
        return self._in_greys(start_picture(self._job, self.inputs(side)))

    def _in_greys(self, picture: Picture) -> Picture:
        return to_grey(picture) if self.grey else picture

    def rescale(self, state: OptimizerState, side: int) -> OptimizerState:
        """Return the state at another scale: resized bicubically, and bilinearly what may not fall below zero."""
        width, height = self._size(side)
        if state.pixels.shape[1:3] == (height, width):
            return state

        def resize(array: tf.Tensor, method: str) -> tf.Tensor:
            return tf.image.resize(array, (height, width), method=method)

        return state._replace(
            pixels=self.bounds.clip(resize(state.pixels, "bicubic")),
            mean=resize(state.mean, "bicubic"),
            square=resize(state.square, "bilinear"),
            average=resize(state.average, "bicubic"),
        )

    def enlarge(self, state: OptimizerState, side: int) -> OptimizerState:
        """Return the state at a larger scale, with what the photograph has there and, enlarged, has not, if wanted."""
        enlarged = self.rescale(state, side)
        if self.settings.detail == "none":
            return enlarged
        sides = side, max(state.pixels.shape[1:3])
        large, small = (self.to_pixels(self._in_greys(self.inputs(each).photograph)) for each in sides)
        detail = large - tf.image.resize(small, large.shape[1:3], method="bicubic")
        return enlarged._replace(pixels=self.bounds.clip(enlarged.pixels + detail))

    def to_picture(self, pixels: tf.Tensor) -> Picture:
        """Pixels, in the space that is optimised, as a picture in [0, 1]."""
        return np.clip(self._space.to_picture(pixels).numpy(), 0, 1)

    def to_pixels(self, picture: Picture) -> tf.Tensor:
        """Return a picture in [0, 1] as pixels in the space that is optimised."""
        return self._space.to_canvas(tf.constant(picture))

    @cached_property
    def bounds(self) -> Bounds:
        """Return black and white, the bounds of pixels at every step; infinite where they are clipped at the end."""
        black, white = self._space.bounds()
        infinite = np.full_like(black, np.inf)
        return Bounds(black, white) if self.settings.clamp == "steps" else Bounds(-infinite, infinite)

    @cached_property
    def range(self) -> float:
        """Return the largest difference between white and black over the channels."""
        black, white = self._space.bounds()
        return float(np.max(white - black))

    @cached_property
    def precision(self) -> tf.DType:
        """Return the precision of activations.

        `auto` is bfloat16 where the device has it and rounding changes the first gradient little. It changes it much
        where a photograph's deep layers are to be kept to within a percent, starting from the photograph itself.
        """
        fastest = tf.as_dtype(precision_of(self.settings.precision))
        if self.settings.precision != "auto" or fastest == tf.float32:
            return fastest
        smallest = smallest_size(self.settings, self._photograph, self._paintings)
        side = min(self.scales()[0].longest_side, max(smallest, TRIAL))
        start = self.start(side)
        exact, rounded = (self._value_and_gradient(side, precision)(start)[1] for precision in (tf.float32, fastest))
        return fastest if bool(tf.norm(rounded - exact) <= TOLERABLE * tf.norm(exact)) else tf.float32

    def may_go_on_exactly(self, precision: tf.DType) -> bool:
        """Return whether float32 may go on where this precision stopped: `auto` chose it, no user did."""
        return self.settings.precision == "auto" and precision != tf.float32

    def tile(self, side: int) -> int | None:
        """Return the side of the tiles that a scale is computed in; None for one piece."""
        widest = memory.widest_precision(self.settings, precision_of("auto"))
        return memory.choose_tile(self.settings, self._size(side), widest, self._room.memory_mb)

    def descent(self, side: int, limit: int, callbacks: Callbacks, precision: tf.DType) -> Descent:
        """Return the descent at one scale, which ends after `limit` evaluations over all scales."""
        objective = self._value_and_gradient(side, precision)
        pairs = tf.bfloat16 if self.tile(side) else tf.float32
        return Descent(objective, self.settings, self.bounds, side, limit, self.range, callbacks, pairs)

    def _value_and_gradient(self, side: int, precision: tf.DType) -> ValueAndGradient:
        octaves = self._octaves(side)
        if len(octaves) == 1:
            return self._at_octave(octaves[0], precision)
        return over_octaves([Octave(self._size(each.side), self._at_octave(each, precision)) for each in octaves])

    def _octaves(self, side: int) -> tuple[Compared, ...]:
        """Return where a scale's picture is compared, largest first."""
        settings = self.settings
        sides = octave_sides(settings, side, smallest_size(settings, self._photograph, self._paintings))
        keeps_start = settings.octave_content == "start" and len(sides) > 1
        return tuple(Compared(each, keeps_start and each == sides[-1]) for each in sides)

    def _at_octave(self, compared: Compared, precision: tf.DType) -> ValueAndGradient:
        if self.tile(compared.side):
            tiled = self._objectives.tiled(self._loss_config, precision, self.grey)
            return partial(tiled.value_and_gradient, targets=self._tiled_targets(compared), weights=self._weights)
        objective = self._objectives.objective(self._loss_config, precision, self.grey)
        targets = self._targets(compared, tf.float32).for_precision(precision)
        return partial(objective.compiled("value_and_gradient", targets), targets=targets, weights=self._weights)

    def measure(self, pixels: tf.Tensor, precision: tf.DType = tf.float32) -> tuple[Losses, dict[str, float]]:
        """Return the losses of finished pixels and their style loss by layer."""
        octaves = self._octaves(self.longest_side)
        measured = [self._losses(reduce_to(self._size(each.side), pixels), each, precision) for each in octaves]
        losses, by_layer = mean_losses(measured)
        numbers = Losses(*(float(term) for term in tf.concat(losses, axis=0)))
        return numbers, {layer: float(loss[0]) for layer, loss in by_layer.items()}

    def _losses(
        self, pixels: tf.Tensor, compared: Compared, precision: tf.DType
    ) -> tuple[Losses, dict[str, tf.Tensor]]:
        if self.tile(compared.side):
            tiled = self._objectives.tiled(self._loss_config, precision, self.grey)
            return tiled.losses(pixels, self._tiled_targets(compared), self._weights)
        objective = self._objectives.objective(self._loss_config, precision, self.grey)
        targets = self._targets(compared, precision).for_precision(precision)
        return objective.compiled("losses", targets)(pixels, targets, self._weights)

    def _size(self, side: int) -> tuple[int, int]:
        return picture_size(self.settings, self._photograph, side)

    def _read_inputs(self, side: int) -> ScaleInputs:
        inputs = read_inputs(self._job, self._size(side), self.grey)
        self._alphas[side] = inputs.alpha
        return inputs

    def _compare_with(self, compared: Compared) -> ScaleInputs:
        inputs = self.inputs(compared.side)
        return inputs._replace(photograph=self._start_picture(compared.side)) if compared.with_start else inputs

    def _make_targets(self, compared: Compared, precision: tf.DType) -> Targets:
        return self._objectives.targets(self._loss_config, precision).make(self._compare_with(compared))

    def _make_tiled_targets(self, compared: Compared) -> TiledTargets:
        tile, maker = self.tile(compared.side), self._objectives.targets(self._loss_config)
        assert tile is not None
        targets = maker.make_tiled(self._compare_with(compared), tile, Scratch(self._room.folder))
        self.inputs.cache_clear()  # which a picture in tiles has no room for, nor needs again
        return targets
