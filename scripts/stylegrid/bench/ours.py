"""stylegrid itself as a peer: its studio, objective and descent on one job, without files around it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from stylegrid.method.evaluation import Callbacks, Evaluator
from stylegrid.method.optimise import descend, fresh
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.problem import Problem
from stylegrid.pictures import encode
from stylegrid.plan.job import Job
from stylegrid.plan.single_job import make_job
from stylegrid.vgg.flops import Size


class Ours:
    """One scale of a job, that of the finished picture, on its way from the start picture on.

    Targets are made here. Each step passes through the same code as any painting's: the evaluator counts it, checks
    that its losses are finite, and they come to the host.
    """

    def __init__(self, job: Job, objectives: ObjectiveCache):
        self.settings, self.taken = job.settings, 0
        self._studio = Problem(job, objectives)
        self._side = self._studio.longest_side
        self._evaluate = self._studio.evaluate(self._side)
        self._start = fresh(self._studio.start(self._side), 0)
        self._canvas = self._start

    @property
    def photograph(self) -> np.ndarray:
        """Return the photograph that is painted, as peers take it: (1, height, width, 3), float32, RGB in [0, 1]."""
        return self._studio.inputs(self._side).photograph

    @property
    def painting(self) -> np.ndarray:
        """Return the painting that is aimed at, likewise."""
        return self._studio.inputs(self._side).paintings[0].picture

    def step(self) -> None:
        """Take one step; L-BFGS would begin anew with each, so `descend` is for it."""
        self.descend(1)

    def descend(self, steps: int, watch: Callbacks | None = None) -> None:
        """Take steps, evaluations of the loss, in one descent."""
        watch = watch or Callbacks()
        limit = self.taken + steps
        evaluator = Evaluator(self._evaluate, self.settings, self._side, limit, self.taken, watch, [])
        try:
            self._canvas = descend(
                self._canvas, evaluator, self.settings, self._studio.bounds, self._studio.range
            ).canvas
        finally:
            self.taken = evaluator.taken

    def restart(self) -> None:
        """Go back to the start picture."""
        self._canvas, self.taken = self._start, 0

    def picture(self) -> np.ndarray:
        """Return the picture as it is now."""
        return self._studio.to_picture(self._canvas.pixels)

    def loss(self, picture: np.ndarray) -> float:
        """Return the total loss of a picture, in float32 whatever is painted in."""
        return self.loss_of(self._studio.to_pixels(picture))

    def loss_of(self, pixels: tf.Tensor) -> float:
        """Return the total loss of the pixels of a canvas, likewise."""
        return self._studio.measure(pixels)[0].total


def steps_of(side: Ours, steps: int) -> Callable[[], np.ndarray]:
    """Return a run of so many steps in one descent from the start picture."""

    def run() -> np.ndarray:
        side.restart()
        side.descend(steps)
        return side.picture()

    return run


def noise_job(folder: Path, size: Size, seed: int = 7, **settings: Any) -> Job:
    """Return a job of a photograph and a painting of noise, written to a folder: what pixels show costs nothing."""
    width, height = size
    generator = np.random.default_rng(seed)
    photograph, painting = (folder / f"{name}-{width}x{height}-{seed}.png" for name in ("photograph", "painting"))
    for path in (photograph, painting):
        path.write_bytes(encode.encode(generator.random((1, height, width, 3), dtype=np.float32), "png", 100))
    return make_job(photograph, str(painting), folder / "picture.png", {"size": max(size), **settings})
