"""One step of the tutorial's objective: the tutorial's, PyTorch's and ours in turn, beside matrix products.

All run in one process with default options; deterministic operations, which stylegrid's programs ask for, cost nothing
on CPUs. A ratio is the median of the rounds' ratios; an absolute figure is the median of its own times.
"""

import importlib.util
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from stylegrid.bench import machine
from stylegrid.bench.peer import Peer
from stylegrid.bench.report import Findings, Row, spell, times_of
from stylegrid.bench.setup import NO_BFLOAT16, PRECISIONS, Setup, precisions
from stylegrid.bench.timing import Run, Timing, alternate, ratio
from stylegrid.pictures.geometry import Size
from stylegrid.vgg.flops import step_flops

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.bench.ours import Ours
    from stylegrid.vgg.layers import Weights

SIZE: Size = (384, 256)
STEPS = 3  # of one timed run
REPEATS = 7  # timed runs of each side
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")  # the tutorial's style layers
DEEPEST = "relu5_2"
TUTORIAL, PYTORCH, OURS = "TensorFlow's tutorial", "PyTorch", "stylegrid"
XLA = f"{OURS}, float32, XLA"
PRODUCT = "matrix product"

# Ours, the side it is compared with, and the aim of the ratio.
RATIOS = (
    (f"{OURS}, float32", TUTORIAL, "<= 0.78"),
    (f"{OURS}, bfloat16", TUTORIAL, "<= 0.42"),
    (f"{OURS}, float32", f"{PYTORCH}, float32", "<= 0.85"),
    (f"{OURS}, bfloat16", f"{PYTORCH}, bfloat16", "<= 0.80"),
    (XLA, f"{OURS}, float32", ""),
)
# The side, the precision of the matrix products it is compared with, and the aim of the share.
SHARES = (
    (f"{OURS}, float32", "float32", ">= 0.80"),
    (f"{OURS}, bfloat16", "bfloat16", ""),
    (TUTORIAL, "float32", ""),
    (f"{PYTORCH}, float32", "float32", ""),
    (f"{PYTORCH}, bfloat16", "bfloat16", ""),
)


def measure_step(setup: Setup) -> Findings:
    """Measure one step of every side, and matrix products, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        sides = make_sides(Path(folder), SIZE, setup.network())
    runs = {name: partial(take_steps, side) for name, side in sides.items()}
    timings = alternate(runs | product_runs(machine.SIZES), REPEATS)
    operations = step_flops(SIZE, (DEEPEST,), LAYERS)
    where = f"{SIZE[0]}x{SIZE[1]}"
    rows = (
        Row(what=f"operations of a step, {where}", figure=operations / 1e9, unit="GFLOP"),
        *(row for name in runs for row in _step_rows(f"{name}, {where}", timings[name], operations)),
        *comparison_rows(timings, operations),
        check_row(sides, SIZE),
    )
    return Findings(rows=rows, timings=times_of(timings))


def make_sides(folder: Path, size: Size, network: "Weights") -> dict[str, Peer]:
    """Return every side that is installed, all on the same noise; ours with the preset `tf-tutorial`."""
    from stylegrid.bench.ours import Ours, noise_job
    from stylegrid.bench.tutorial import Tutorial
    from stylegrid.painting.compiled import ObjectiveCache

    def ours(precision: str, xla: bool = False) -> "Ours":
        job = noise_job(folder, size, preset="tf-tutorial", precision=precision)
        return Ours(job, ObjectiveCache(network, xla))

    mine = {f"{OURS}, {precision}": ours(precision) for precision in precisions()}
    first = next(iter(mine.values()))
    pair = first.photograph, first.painting
    sides: dict[str, Peer] = {TUTORIAL: Tutorial(*pair, network)}
    if has_pytorch():
        from stylegrid.bench.pytorch import PyTorch

        sides[f"{PYTORCH}, float32"] = PyTorch(*pair, network)
        sides[f"{PYTORCH}, bfloat16"] = PyTorch(*pair, network, bfloat16=True)
    return {**sides, **mine, **_if_it_runs(XLA, ours("float32", xla=True))}


def _if_it_runs(name: str, side: Peer) -> dict[str, Peer]:
    """Return a side by name if it can take a step: on some devices XLA lacks operations or a compiler."""
    import tensorflow as tf

    try:
        side.step()
    except tf.errors.OpError as error:
        print(f"{name}: {error.message.splitlines()[0]}", file=sys.stderr)
        return {}
    return {name: side}


def product_runs(sizes: Iterable[int]) -> dict[str, Run]:
    """Return runs of matrix products in each precision and size."""
    return {
        product_name(dtype, size): machine.product(size, dtype)
        for dtype in dict.fromkeys(("float32", *precisions()))
        for size in sizes
    }


def product_name(dtype: str, size: int) -> str:
    """Return the name of a run of matrix products."""
    return f"{PRODUCT}, {dtype}, {size}"


def take_steps(side: Peer, steps: int = STEPS) -> np.ndarray:
    """Take steps and return the picture, which waits for a GPU."""
    for _ in range(steps):
        side.step()
    return side.picture()


def has_pytorch() -> bool:
    """Return whether PyTorch is installed."""
    return importlib.util.find_spec("torch") is not None


def check_row(sides: Mapping[str, Peer], size: Size) -> Row:
    """Compare our loss with the tutorial's on another picture of noise."""
    width, height = size
    picture = np.random.default_rng(8).random((1, height, width, 3), dtype=np.float32)
    theirs, mine = sides[TUTORIAL].loss(picture), sides[f"{OURS}, float32"].loss(picture)
    return Row(what="our loss beside the tutorial's, difference", figure=abs(mine / theirs - 1), aim="<= 1e-3")


def comparison_rows(timings: Mapping[str, Timing], operations: int) -> list[Row]:
    """Return the ratios of steps, their shares of the rate of matrix products, and the least possible ratios.

    The least possible step computes the counted operations at the rate of matrix products.
    """
    best = {dtype: _best_product(timings, dtype) for dtype in PRECISIONS}
    rows = [_ratio_row(timings, *compared) for compared in RATIOS]
    rows += [_share_row(timings, operations, name, best[dtype], aim) for name, dtype, aim in SHARES]
    return rows + [_least_row(timings, operations, dtype, best[dtype]) for dtype in PRECISIONS]


def _best_product(timings: Mapping[str, Timing], dtype: str) -> tuple[int, Timing] | None:
    """Return the operations and timing of the matrix size with the highest rate."""
    prefix = f"{PRODUCT}, {dtype}, "
    found = [(2 * int(name.removeprefix(prefix)) ** 3, timings[name]) for name in timings if name.startswith(prefix)]
    return max(found, key=lambda product: product[0] / product[1].median, default=None)


def _ratio_row(timings: Mapping[str, Timing], ours: str, other: str, aim: str) -> Row:
    what = f"step of {ours} / {other}"
    missing = next((name for name in (ours, other) if name not in timings), None)
    if missing:
        return Row(what=what, aim=aim, note=why_missing(missing))
    return Row(what=what, figure=ratio(timings[ours], timings[other]), aim=aim)


def _share_row(
    timings: Mapping[str, Timing], operations: int, name: str, product: tuple[int, Timing] | None, aim: str
) -> Row:
    """Return the rate of a step over that of matrix products."""
    what = f"rate of {name} / products"
    if name not in timings or product is None:
        return Row(what=what, aim=aim, note=why_missing(name))
    multiplied, timing = product
    return Row(what=what, figure=operations * STEPS / multiplied * ratio(timing, timings[name]), aim=aim)


def _least_row(timings: Mapping[str, Timing], operations: int, dtype: str, product: tuple[int, Timing] | None) -> Row:
    what = f"least ratio possible: operations at the rate of products, {dtype} / step of {TUTORIAL}"
    if product is None:
        return Row(what=what, note=why_missing(dtype))
    multiplied, timing = product
    return Row(what=what, figure=operations * STEPS / multiplied * ratio(timing, timings[TUTORIAL]))


def why_missing(name: str) -> str:
    """Return why a side was not measured."""
    if name == XLA:
        return "does not run on this device"
    return "not installed" if name.startswith(PYTORCH) and not has_pytorch() else NO_BFLOAT16


def _step_rows(what: str, timing: Timing, operations: int) -> list[Row]:
    """Return the seconds of one step, and its operations a second."""
    seconds = timing.median / STEPS
    spread = f"quartiles {spell(100 * timing.spread)} % apart"
    return [
        Row(what=f"step of {what}", figure=seconds, unit="s", note=spread),
        Row(what=f"step of {what}", figure=operations / seconds / 1e9, unit="GFLOP/s"),
    ]
