"""stylegrid as a peer: problem, objective and optimiser of one job, without files."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from stylegrid.method.evaluation import Callbacks, Evaluator
from stylegrid.method.optimise import descend, fresh
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.problem import Problem
from stylegrid.pictures import encode
from stylegrid.pictures.geometry import Size
from stylegrid.plan.job import Job
from stylegrid.plan.single_job import make_job


class Ours:
    """The descent of a job at the scale of its finished picture.

    Computes the targets. Each step runs the same code as in a painting: the evaluator counts it, copies its losses to
    the host and checks that they are finite.
    """

    def __init__(self, job: Job, objectives: ObjectiveCache):
        self.settings, self.taken = job.settings, 0
        self._problem = Problem(job, objectives)
        self._side = self._problem.longest_side
        self._evaluate = self._problem.evaluate(self._side)
        self._state = fresh(self._problem.start(self._side), 0)

    @property
    def photograph(self) -> np.ndarray:
        """Return the photograph: (1, height, width, 3), float32, RGB in [0, 1]."""
        return self._problem.inputs(self._side).photograph

    @property
    def painting(self) -> np.ndarray:
        """Return the style picture, in the same form."""
        return self._problem.inputs(self._side).paintings[0].picture

    def step(self) -> None:
        """Take one step of Adam; L-BFGS would start over with each, so use `descend` for it."""
        self.descend(1)

    def descend(self, steps: int, watch: Callbacks | None = None) -> None:
        """Run one descent of `steps` evaluations of the loss."""
        watch = watch or Callbacks()
        limit = self.taken + steps
        evaluator = Evaluator(self._evaluate, self.settings, self._side, limit, self.taken, watch, [])
        try:
            self._state = descend(
                self._state, evaluator, self.settings, self._problem.bounds, self._problem.range
            ).canvas
        finally:
            self.taken = evaluator.taken

    def picture(self) -> np.ndarray:
        """Return the current picture."""
        return self._problem.to_picture(self._state.pixels)

    def loss(self, picture: np.ndarray) -> float:
        """Return the total loss of a picture, in float32 whatever the precision of the descent."""
        return self.loss_of(self._problem.to_pixels(picture))

    def loss_of(self, pixels: tf.Tensor) -> float:
        """Return the total loss of the optimised pixels, also in float32."""
        return self._problem.measure(pixels)[0].total


def noise_job(folder: Path, size: Size, seed: int = 7, **settings: Any) -> Job:
    """Return a job with a photograph and a painting of noise, written to `folder`: cost depends on size alone."""
    width, height = size
    generator = np.random.default_rng(seed)
    photograph, painting = (folder / f"{name}-{width}x{height}-{seed}.png" for name in ("photograph", "painting"))
    for path in (photograph, painting):
        path.write_bytes(encode.encode(generator.random((1, height, width, 3), dtype=np.float32), "png", 100))
    return make_job(photograph, str(painting), folder / "picture.png", {"size": max(size), **settings})
