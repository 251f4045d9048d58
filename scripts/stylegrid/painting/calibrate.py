"""Calibration: times a few steps of a few pictures on this machine and fits their costs."""

import datetime
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import scipy.optimize
import tensorflow as tf

from stylegrid.method.evaluation import Descent, DescentState
from stylegrid.method.lbfgs import Bounds
from stylegrid.method.optimise import descend
from stylegrid.method.optimizer_state import initial_state
from stylegrid.painting import device
from stylegrid.painting.compiled import ObjectiveCache
from stylegrid.painting.inputs import Painting, ScaleInputs, read_inputs
from stylegrid.pictures import encode
from stylegrid.pictures.geometry import Size
from stylegrid.plan.forecast import Calibration, Rate, counts
from stylegrid.plan.single_job import make_job
from stylegrid.settings import presets
from stylegrid.settings.loss_config import LossConfig, loss_config_of
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.vgg.flops import values
from stylegrid.vgg.layers import Weights

SMALLEST, LARGEST = 64, 256  # sides of square pictures, in pixels
RECIPES = (  # a deep one, a shallow one, and one with matrix square roots
    ("tf-tutorial", (64, 128, LARGEST)),
    ("stylegrid-untrained", (64, 128, LARGEST)),
    ("crowson", (64,)),
)
STEPS = 4
PAYS = 0.9  # most time with XLA, as a share of that without, at which XLA is chosen
BOUNDS = Bounds(np.zeros(3, np.float32), np.ones(3, np.float32))


class Sample(NamedTuple):
    """Seconds of one step at one size."""

    loss_config: LossConfig
    size: Size
    seconds: float


def calibrate(weights: Weights, began: float, threads: int | None = None) -> Calibration:
    """Return the calibration of this machine; `began` is time.perf_counter() at the start of the process.

    Takes half a minute on two cores. Pictures are noise: their contents don't change the cost.
    """
    name, here = device.set_up(threads), device.precision_of("auto")
    _descend(ObjectiveCache(weights), _settings("stylegrid", here), SMALLEST, STEPS)
    start, memory = time.perf_counter() - began, device.peak_memory_mb()  # before larger pictures raise both
    xla = bool(tf.config.list_physical_devices("GPU")) and _xla_pays(weights, here)
    objectives = ObjectiveCache(weights, xla)
    # float32 last: it takes more memory, and peaks only rise.
    rates = {precision: fit(_samples(objectives, precision)) for precision in sorted({here, "float32"})}
    layers = loss_config_of(_settings("stylegrid", here)).layers
    more = values((LARGEST, LARGEST), layers) - values((SMALLEST, SMALLEST), layers)
    return Calibration(
        device=name,
        precision=here,
        measured=datetime.date.today().isoformat(),
        start=start,
        per_picture=_picture_seconds(),
        rates=rates,
        memory_mb=memory,
        memory_per_value=(device.peak_memory_mb() - memory) * 2**20 / more,
        compiler="xla" if xla else "none",
    )


def fit(samples: Sequence[Sample]) -> Rate:
    """Return the rate with the least squares of relative errors over samples; no cost is below zero."""
    costs = np.array([counts(loss_config, size) for loss_config, size, _ in samples])
    seconds = np.array([sample.seconds for sample in samples])
    unit = costs.max(axis=0)
    shares, _ = scipy.optimize.nnls(costs / unit / seconds[:, np.newaxis], np.ones(len(samples)))
    per_step, per_operation, per_value, per_root = (float(share) for share in shares / unit)
    return Rate(per_step=per_step, per_operation=per_operation, per_value=per_value, per_root=per_root)


def _samples(objectives: ObjectiveCache, precision: str) -> list[Sample]:
    samples = []
    for recipe, sides in RECIPES:
        settings = _settings(recipe, precision)
        for side in sides:
            seconds = _seconds(partial(_descend, objectives, settings, side, STEPS)) / STEPS
            samples.append(Sample(loss_config_of(settings), (side, side), seconds))
    return samples


def _picture_seconds() -> float:
    """Return the seconds of reading a picture's inputs at three scales and writing it."""
    with tempfile.TemporaryDirectory() as folder:
        photograph, painting = Path(folder, "photograph.png"), Path(folder, "painting.png")
        noise = np.random.default_rng(0).random((1, LARGEST, LARGEST, 3), dtype=np.float32)
        for path in (photograph, painting):
            path.write_bytes(encode.encode(noise, "png", 100))
        job = make_job(photograph, str(painting), Path(folder, "out.png"), {})

        def run() -> None:
            for side in (SMALLEST, 128, LARGEST):
                read_inputs(job, (side, side))
            picture, _ = encode.decode_sixteen(encode.encode(noise, "tiff", 100))
            encode.encode(picture, "png", 100)

        return _seconds(run)


def _xla_pays(weights: Weights, precision: str) -> bool:
    """Return whether objectives are faster compiled by XLA."""
    with_it, without = (
        _seconds(partial(_descend, ObjectiveCache(weights, xla), _settings("stylegrid", precision), LARGEST, STEPS))
        for xla in (True, False)
    )
    return with_it < PAYS * without


def _seconds(run: Callable[[], object]) -> float:
    """Return the seconds of the shorter of two runs, after one that may compile."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times[1:])


def _descend(objectives: ObjectiveCache, settings: PaintSettings, side: int, steps: int) -> None:
    """Take steps on noise."""
    photograph, painting = np.random.default_rng(0).random((2, 1, side, side, 3), dtype=np.float32)
    loss_config, precision = loss_config_of(settings), tf.as_dtype(device.precision_of(settings.precision))
    inputs = ScaleInputs(photograph, None, None, (Painting(painting, None, 1.0, None),))
    targets = objectives.targets(loss_config).make(inputs).for_precision(precision)
    objective = objectives.objective(loss_config, precision)
    weights = tf.constant([[settings.content_weight, settings.style_weight, settings.tv_weight]], tf.float32)
    gradient = partial(objective.compiled("value_and_gradient", targets), targets=targets, weights=weights)
    descend(Descent(gradient, settings, BOUNDS, side, steps), DescentState(initial_state(photograph, 0)))


def _settings(recipe: str, precision: str) -> PaintSettings:
    return presets.resolve({"preset": recipe, "precision": precision})
