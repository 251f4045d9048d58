"""stylegrid as a peer: problem, objective and optimiser of one job, without files."""

from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from stylegrid.method.evaluation import Callbacks, DescentState
from stylegrid.method.optimise import descend
from stylegrid.method.optimizer_state import initial_state
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.problem import Problem
from stylegrid.pictures import encode
from stylegrid.pictures.geometry import Size
from stylegrid.plan.job import Job
from stylegrid.plan.single_job import make_job


class Ours:
    """The descent of a job at the scale of its finished picture.

    Computes the targets. Each step runs the same code as in a painting: it is counted, its losses are copied to the
    host and checked to be finite.
    """

    def __init__(self, job: Job, objectives: ObjectiveCache):
        self.settings = job.settings
        self._problem = Problem(job, objectives)
        self._side = self._problem.longest_side
        self._descent = self._problem.descent(self._side, 0, Callbacks(), self._problem.precision)
        self._state = DescentState(initial_state(self._problem.start(self._side), 0))

    @property
    def taken(self) -> int:
        """Return the number of evaluations so far."""
        return self._state.taken

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

    def descend(self, steps: int, callbacks: Callbacks | None = None) -> None:
        """Run one descent of `steps` evaluations of the loss."""
        descent = self._descent._replace(limit=self.taken + steps, callbacks=callbacks or Callbacks())
        self._state = descend(descent, self._state._replace(totals=(), outcome=None))

    def picture(self) -> np.ndarray:
        """Return the current picture."""
        return self._problem.to_picture(self._state.optimizer.pixels)

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
