"""The story of one painting: targets, start picture, descent from coarse to fine, result."""

import functools
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid import images
from stylegrid.colour import match_colours
from stylegrid.errors import ImageError
from stylegrid.features import Extractor, extractor
from stylegrid.images import Picture
from stylegrid.job import Job
from stylegrid.objective import Losses, Objective, make_targets
from stylegrid.optimise import OPTIMISERS, Evaluator, NonFinite, Step
from stylegrid.scales import Scale, layers_used, plan_scales, smallest_size
from stylegrid.weights import Weights

Report = Callable[[Step], None]
Outcome = Literal["finished", "converged", "non_finite"]


class Result(NamedTuple):
    """A painted picture and how it came about; `losses` are the picture's own, None where they are not finite."""

    picture: Picture
    outcome: Outcome
    message: str
    losses: Losses | None
    style_by_layer: dict[str, float]
    history: tuple[Step, ...]
    steps: int
    seconds: float


class Painting(NamedTuple):
    """A descent over the scales so far."""

    picture: Picture
    steps: int
    converged: bool = False
    failure: NonFinite | None = None


def stylize(job: Job, weights: Weights, report: Report = lambda step: None) -> Result:
    """Paint one combination and return the picture with its losses; `report` hears of every accepted step.

    A loss that is not finite ends the painting with the last finite picture and says so in the outcome.
    Raises ImageError when an input picture can't be read.
    """
    began = time.perf_counter()
    history: list[Step] = []

    def record(step: Step) -> None:
        history.append(step)
        report(step)

    extract = extractor(weights, layers_used(job.settings), job.settings.pooling, job.settings.padding)
    objective_at = functools.cache(lambda side: _objective(job, extract, side))
    painting = _descend(job, objective_at, record)
    losses, style_by_layer = _measure(objective_at(job.settings.size), painting.picture)
    if losses is not None:
        record(Step(painting.steps, job.settings.size, losses))
    outcome, message = _judge(painting, job.settings.steps)
    seconds = time.perf_counter() - began
    return Result(painting.picture, outcome, message, losses, style_by_layer, tuple(history), painting.steps, seconds)


def _descend(job: Job, objective_at: Callable[[int], Objective], record: Report) -> Painting:
    """Return the painting after all scales, or after the one that met a loss that is not finite."""
    scales = _scales(job)
    painting = Painting(_start(job, scales[0].longest_side), 0)
    for scale in scales:
        picture = _rescale(job, painting.picture, scale.longest_side)
        evaluate = Evaluator(objective_at(scale.longest_side), scale.longest_side, scale.steps, painting.steps, record)
        try:
            descent = OPTIMISERS[job.settings.optimizer](picture, evaluate, job.settings)
        except NonFinite as failure:
            kept = picture if evaluate.last_finite is None else evaluate.last_finite.numpy()
            return Painting(_rescale(job, kept, job.settings.size), evaluate.taken, failure=failure)
        painting = Painting(descent.picture, evaluate.taken, descent.converged)
    return painting


def _scales(job: Job) -> tuple[Scale, ...]:
    """Return the job's scales, leaving out those at which a picture would be too small for the backbone."""
    sizes = [images.upright_size(Path(source.path)) for source in (job.content, *job.styles)]
    smallest = smallest_size(job.settings, sizes)
    if job.settings.size < smallest:
        raise ImageError(
            f"{job.name}: size {job.settings.size} is too small for these layers; needs {smallest} or more"
        )
    coarsest = job.settings.coarsest and max(job.settings.coarsest, smallest)
    return plan_scales(job.settings.size, coarsest, job.settings.steps)


def _objective(job: Job, extract: Extractor, longest_side: int) -> Objective:
    targets = make_targets(job.settings, extract, _photograph(job, longest_side), _paintings(job, longest_side))
    return Objective(job.settings, extract, targets)


def _paintings(job: Job, longest_side: int) -> list[tuple[Picture, float]]:
    return [(images.read(Path(style.path), longest_side), style.weight) for style in job.styles]


def _photograph(job: Job, longest_side: int) -> Picture:
    """Return the photograph, in the paintings' colours if they are to be matched."""
    photograph = images.read(Path(job.content.path), longest_side)
    if job.settings.match_colours == "content":
        return match_colours(photograph, _paintings(job, longest_side))
    return photograph


def _start(job: Job, longest_side: int) -> Picture:
    """Return the start picture: the photograph, seeded uniform noise, or a file cropped to the photograph's shape."""
    width, height = images.fit(images.upright_size(Path(job.content.path)), longest_side)
    if job.start is not None:
        return images.read_filling(Path(job.start.path), (width, height))
    if job.settings.init == "noise":
        generator = np.random.default_rng(job.settings.seed)
        return generator.random((1, height, width, 3), dtype=np.float32)
    return _photograph(job, longest_side)


def _rescale(job: Job, picture: Picture, longest_side: int) -> Picture:
    """Return a picture enlarged, by bicubic interpolation, to the photograph's size at another scale."""
    width, height = images.fit(images.upright_size(Path(job.content.path)), longest_side)
    if picture.shape[1:3] == (height, width):
        return picture
    return np.clip(tf.image.resize(picture, (height, width), method="bicubic").numpy(), 0, 1)


def _measure(objective: Objective, picture: Picture) -> tuple[Losses | None, dict[str, float]]:
    """Return the losses of the final picture and its style loss by layer; nothing where they are not finite."""
    losses, style_by_layer = objective.losses(tf.constant(picture))
    numbers = Losses(*(float(term) for term in losses))
    if not all(math.isfinite(term) for term in numbers):
        return None, {}
    return numbers, {layer: float(loss) for layer, loss in style_by_layer.items()}


def _judge(painting: Painting, steps: int) -> tuple[Outcome, str]:
    """Return the outcome and a sentence about it."""
    if painting.failure is not None:
        return (
            "non_finite",
            f"{painting.failure}; the picture is the last finite one: try smaller weights or another optimizer",
        )
    if painting.converged:
        return "converged", f"nothing improved any more after {painting.steps} of {steps} steps"
    return "finished", f"all {painting.steps} steps taken"
