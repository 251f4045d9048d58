"""The step of the tutorial's objective: its own, PyTorch's and ours in turn, beside products of matrices.

All run in one process and as they come: neither side's operations are told to be deterministic, which programs of
stylegrid do, and which costs nothing on CPUs. A ratio is the median of those of the rounds, each of which ran every
side once; an absolute figure is the median of its own times.
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
from stylegrid.vgg.flops import Size, step_flops

if TYPE_CHECKING:  # not at run time: it brings TensorFlow
    from stylegrid.bench.ours import Ours
    from stylegrid.vgg.layers import Weights

SIZE: Size = (384, 256)
QUICK_SIZE: Size = (96, 64)
STEPS = 3  # of one timed run
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")  # whose Gram matrices the tutorial compares
DEEPEST = "relu5_2"
TUTORIAL, PYTORCH, OURS = "TensorFlow's tutorial", "PyTorch", "stylegrid"
XLA = f"{OURS}, float32, XLA"
PRODUCT = "matrix product"

# Ours, whose step it is compared with, and the most that the ratio should be.
RATIOS = (
    (f"{OURS}, float32", TUTORIAL, "<= 0.78"),
    (f"{OURS}, bfloat16", TUTORIAL, "<= 0.42"),
    (f"{OURS}, float32", f"{PYTORCH}, float32", "<= 0.85"),
    (f"{OURS}, bfloat16", f"{PYTORCH}, bfloat16", "<= 0.80"),
    (XLA, f"{OURS}, float32", ""),
)
# Whose step is compared with products of matrices, of what, and the least that the share should be.
SHARES = (
    (f"{OURS}, float32", "float32", ">= 0.80"),
    (f"{OURS}, bfloat16", "bfloat16", ""),
    (TUTORIAL, "float32", ""),
    (f"{PYTORCH}, float32", "float32", ""),
    (f"{PYTORCH}, bfloat16", "bfloat16", ""),
)


def measure_step(setup: Setup) -> Findings:
    """Measure one step of every side, and products of matrices, in turn."""
    size = QUICK_SIZE if setup.quick else SIZE
    with tempfile.TemporaryDirectory() as folder:
        sides = make_sides(Path(folder), size, setup.network())
    runs = {name: partial(take_steps, side) for name, side in sides.items()}
    products = product_runs(machine.SIZES[:1] if setup.quick else machine.SIZES)
    timings = alternate(runs | products, repeats=2 if setup.quick else 7, warmups=1 if setup.quick else 2)
    operations = step_flops(size, (DEEPEST,), LAYERS)
    where = f"{size[0]}x{size[1]}"
    rows = (
        Row(what=f"operations of a step, {where}", figure=operations / 1e9, unit="GFLOP"),
        *(row for name in runs for row in _step_rows(f"{name}, {where}", timings[name], operations)),
        *comparison_rows(timings, operations),
        check_row(sides, size),
    )
    return Findings(rows=rows, timings=times_of(timings))


def make_sides(folder: Path, size: Size, network: "Weights") -> dict[str, Peer]:
    """Return every side that there is here, all on the same noise; ours with the preset `tf-tutorial`."""
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
    """Return a side by its name if it can take a step: XLA lacks some operations, or a compiler, on some devices."""
    import tensorflow as tf

    try:
        side.step()
    except tf.errors.OpError as error:
        print(f"{name}: {error.message.splitlines()[0]}", file=sys.stderr)
        return {}
    return {name: side}


def product_runs(sizes: Iterable[int]) -> dict[str, Run]:
    """Return runs that multiply matrices, in each precision and of each size."""
    return {
        product_name(dtype, size): machine.product(size, dtype)
        for dtype in dict.fromkeys(("float32", *precisions()))
        for size in sizes
    }


def product_name(dtype: str, size: int) -> str:
    """Return the name of a run that multiplies matrices."""
    return f"{PRODUCT}, {dtype}, {size}"


def take_steps(side: Peer, steps: int = STEPS) -> np.ndarray:
    """Take steps and return the picture, for which a GPU is waited."""
    for _ in range(steps):
        side.step()
    return side.picture()


def has_pytorch() -> bool:
    """Return whether PyTorch is installed."""
    return importlib.util.find_spec("torch") is not None


def check_row(sides: Mapping[str, Peer], size: Size) -> Row:
    """Return whether ours computes what the tutorial does, from another picture of noise."""
    width, height = size
    picture = np.random.default_rng(8).random((1, height, width, 3), dtype=np.float32)
    theirs, mine = sides[TUTORIAL].loss(picture), sides[f"{OURS}, float32"].loss(picture)
    return Row(what="our loss beside the tutorial's, difference", figure=abs(mine / theirs - 1), aim="<= 1e-3")


def comparison_rows(timings: Mapping[str, Timing], operations: int) -> list[Row]:
    """Return ratios of steps, the shares of what products of matrices reach, and the ratios that these leave room for.

    A step in no operation less than counted, at the rate of products, is the shortest there can be.
    """
    best = {dtype: _best_product(timings, dtype) for dtype in PRECISIONS}
    rows = [_ratio_row(timings, *compared) for compared in RATIOS]
    rows += [_share_row(timings, operations, name, best[dtype], aim) for name, dtype, aim in SHARES]
    return rows + [_least_row(timings, operations, dtype, best[dtype]) for dtype in PRECISIONS]


def _best_product(timings: Mapping[str, Timing], dtype: str) -> tuple[int, Timing] | None:
    """Return the operations and timing of the size of matrices whose products are fastest."""
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
    """Return the rate of a step's operations over that of products."""
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
    """Return what one of the steps of a run took, and how many operations a second that is."""
    seconds = timing.median / STEPS
    spread = f"quartiles {spell(100 * timing.spread)} % apart"
    return [
        Row(what=f"step of {what}", figure=seconds, unit="s", note=spread),
        Row(what=f"step of {what}", figure=operations / seconds / 1e9, unit="GFLOP/s"),
    ]
