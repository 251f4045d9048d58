"""The forecast: seconds and memory of painting a manifest, from a few steps measured on this machine.

seconds of a step = per_step + operations * per_operation + values * per_value + roots * per_root, where values are
activations, and roots the operations of the matrix square roots in Wasserstein distances, which are always float32. A
step in tiles is a step of each tile with its halo, and half of one more: activations are computed twice, the gradient
once. Its square roots are those of one step: they are of sums over all tiles. L-BFGS reads all its corrections at each
step, which counts where there are many.
"""

import math
import os
import platform
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import platformdirs
from pydantic import ConfigDict, Field, ValidationError, field_validator

from stylegrid import files
from stylegrid.errors import RecordError, explain
from stylegrid.models import FrozenModel
from stylegrid.pictures.geometry import Size
from stylegrid.plan.job import Job
from stylegrid.plan.memory import choose_tile, needed_mb_of, octaves_factor, widest_precision
from stylegrid.settings.loss_config import LossConfig, loss_config_of
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import (
    layers_used,
    longest_side,
    octave_sides,
    picture_size,
    plan_scales,
    smallest_size,
)
from stylegrid.vgg.flops import root_flops, step_flops, values
from stylegrid.vgg.tiles import plan_tiles

PER_CORRECTION = 2.5  # activations that cost what L-BFGS takes for a value of a correction: 1.8 to 3.9 for 100 of them
STARTING = 0.03  # share of a chunk's time that starting its process may take
LARGEST_CHUNK, UNMEASURED_CHUNK = 64, 16
MANY = 10_000  # combinations, of which even those that were not measured are painted in the largest chunks
FORM = 2  # of a kept calibration; raised when it changes, so that one of an earlier version is measured again


class Rate(FrozenModel):
    """Seconds of a step's parts, in one precision of activations."""

    per_step: float = Field(ge=0)
    per_operation: float = Field(ge=0)
    per_value: float = Field(ge=0)
    per_root: float = Field(ge=0)


class Calibration(FrozenModel):
    """The measured cost of painting on one machine: seconds for a process to `start`, for each picture and each step.

    `memory_mb` is a process's base in MiB, `memory_per_value` the bytes for each activation. Objectives are faster
    compiled by the `compiler`. Keys of earlier versions are ignored.
    """

    model_config = ConfigDict(extra="ignore")

    device: str
    precision: str = Field(description="of auto on this machine")
    measured: str = Field(description="the day")
    start: float = Field(ge=0)
    per_picture: float = Field(ge=0)
    rates: dict[str, Rate] = Field(description="by precision")
    memory_mb: float = Field(ge=0)
    memory_per_value: float = Field(ge=0)
    compiler: Literal["none", "xla"] = "none"

    @field_validator("rates")
    @classmethod
    def _check_rates(cls, rates: dict[str, Rate]) -> dict[str, Rate]:
        if "float32" not in rates:
            raise ValueError("must have one for float32")
        return rates


class Counts(NamedTuple):
    """What a step's seconds are proportional to: 1, operations, values, and operations of square roots."""

    steps: int
    operations: int
    values: int
    roots: int


class Cost(NamedTuple):
    """Seconds, and peak memory in MiB."""

    seconds: float
    memory_mb: float


def calibration_path() -> Path:
    """Return the path of this machine's calibration, named by host, cores and GPUs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    gpus = sorted(path.name for path in Path("/proc/driver/nvidia/gpus").glob("*"))
    name = "-".join([f"calibration{FORM}", platform.node() or "here", f"{cores}cores", *gpus]).replace(":", "_")
    return platformdirs.user_cache_path("stylegrid") / f"{name}.json"


def read_calibration(path: Path | None = None) -> Calibration | None:
    """Return the calibration in a file, by default this machine's, or None where there is none.

    Raises RecordError when the file is something else.
    """
    path = path or calibration_path()
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises in a home that may not be looked into
        return None
    try:
        return Calibration.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(
            f"{path}: is not a calibration ({explain(error, Calibration)[0]}); delete it, or write it again with "
            f"scripts/calibrate.py --output {path}"
        ) from error


def cost(settings: PaintSettings, photograph: Size, calibration: Calibration, room_mb: float | None = None) -> Cost:
    """Return the cost of painting one photograph of this size, without the start of the process.

    With `room_mb` of memory free beside the process it is painted in tiles where it does not fit otherwise.
    """
    precision = calibration.precision if settings.precision == "auto" else settings.precision
    # A row may ask for bfloat16 where auto isn't that, and it was not measured: seldom faster there, often much slower.
    loss_config, rate = loss_config_of(settings), calibration.rates.get(precision, calibration.rates["float32"])
    side, widest = longest_side(settings, photograph), widest_precision(settings, calibration.precision)
    seconds, smallest = calibration.per_picture, smallest_size(settings, photograph, [])
    for scale in plan_scales(settings, side, smallest):
        for octave in octave_sides(settings, scale.longest_side, smallest):
            size = picture_size(settings, photograph, octave)
            tile = choose_tile(settings, size, widest, room_mb)
            seconds += (scale.steps + 1) * step_seconds(loss_config, size, rate, tile)  # one more to look at the inputs
        seconds += scale.steps * _correction_seconds(settings, photograph, scale.longest_side, calibration)
    size = picture_size(settings, photograph, side)
    tile = choose_tile(settings, size, widest, room_mb)
    if tile or settings.method == "fast":
        return Cost(seconds, calibration.memory_mb + needed_mb_of(settings, size, widest, tile) * 1e6 / 2**20)
    in_one_piece = octaves_factor(settings) * values(size, loss_config.layers) * calibration.memory_per_value
    return Cost(seconds, calibration.memory_mb + in_one_piece / 2**20)


def _correction_seconds(settings: PaintSettings, photograph: Size, side: int, calibration: Calibration) -> float:
    """Return the seconds that L-BFGS takes in a step for its corrections, each a step and a change of the gradient."""
    if settings.optimizer != "lbfgs":
        return 0.0
    width, height = picture_size(settings, photograph, side)
    return PER_CORRECTION * settings.corrections * 3 * width * height * calibration.rates["float32"].per_value


@cache  # the many pictures of a manifest have few formulas and sizes
def step_seconds(loss_config: LossConfig, size: Size, rate: Rate, tile: int | None = None) -> float:
    """Return the seconds of one step at a size, in one piece or in tiles of a side."""
    _, operations, activations, roots = counts(loss_config, size)
    if tile:
        crops = (each.crop for each in plan_tiles(size, tile, loss_config.layers))
        sizes = ((crop.right - crop.left, crop.bottom - crop.top) for crop in crops)
        rootless = rate.model_copy(update={"per_root": 0})
        return 1.5 * sum(step_seconds(loss_config, each, rootless) for each in sizes) + roots * rate.per_root
    work = operations * rate.per_operation + activations * rate.per_value + roots * rate.per_root
    return rate.per_step + work


def counts(loss_config: LossConfig, size: Size) -> Counts:
    """Return the counts of one step at a size, in one piece."""
    style_layers = layers_used(loss_config.style_layers)
    roots = root_flops(style_layers) if loss_config.style_loss == "wasserstein" else 0
    operations = step_flops(size, loss_config.layers, style_layers)
    return Counts(1, operations, values(size, loss_config.layers), roots)


def total(jobs: Iterable[Job], calibration: Calibration, room_mb: float | None = None) -> Cost:
    """Return the cost of jobs painted one after another in one process, with this memory free beside it."""
    costs = [cost(job.settings, job.content.size, calibration, room_mb) for job in jobs]
    seconds = calibration.start + sum(each.seconds for each in costs) if costs else 0.0
    return Cost(seconds, max((each.memory_mb for each in costs), default=0.0))


def chunk_size(jobs: Collection[Job], calibration: Calibration | None, workers: int = 1) -> int:
    """Return the best number of combinations for one process, a power of two.

    The fewest that keep its start below 3 % of its time, so that little is lost when it dies, but at least four chunks
    for each of several workers. Without a calibration 16, or 64 from 10,000 combinations on.
    """
    if not jobs or calibration is None:
        return LARGEST_CHUNK if len(jobs) >= MANY else UNMEASURED_CHUNK
    seconds = (total(jobs, calibration).seconds - calibration.start) / len(jobs)
    wanted = calibration.start * (1 - STARTING) / STARTING / max(seconds, 1e-3)
    fair = LARGEST_CHUNK if workers == 1 else max(1, len(jobs) // (4 * workers))
    power = math.ceil(math.log2(max(wanted, 1)))
    return min(2**power, 2 ** int(math.log2(fair)), LARGEST_CHUNK)
