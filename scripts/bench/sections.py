"""The sections of the benchmark by name: each measures one thing, and returns what it found.

A new section is a function from Setup to Findings in SECTIONS. TensorFlow and PyTorch are imported where they are
needed: the program's help needs neither.
"""

import importlib.util
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench import machine
from bench.flops import Size, step_flops
from bench.peer import Peer
from bench.report import Findings, Row, spell, times_of
from bench.timing import Run, Timing, alternate
from stylegrid import weights

SIZE: Size = (384, 256)
STEPS = 3  # of one timed run
LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")  # whose Gram matrices the tutorial compares
DEEPEST = "relu5_2"
TUTORIAL, PYTORCH = "TensorFlow's tutorial", "PyTorch"


class Setup(NamedTuple):
    """How to measure: quickly, to see that everything runs, or well; and where VGG19's untrained weights are kept."""

    quick: bool = False
    folder: Path = Path("data/vgg19")

    def network(self) -> weights.Weights:
        """Return VGG19's weights; untrained ones cost as much as any."""
        return weights.read(weights.make_untrained(self.folder / weights.UNTRAINED_FILE))


class Pair(NamedTuple):
    """A photograph and a painting: (1, height, width, 3), float32, RGB in [0, 1]."""

    content: np.ndarray
    style: np.ndarray


Section = Callable[[Setup], Findings]


def measure_machine(setup: Setup) -> Findings:
    """Measure how fast matrices are multiplied, which no convolution can much exceed."""
    sizes = machine.SIZES[:1] if setup.quick else machine.SIZES
    rates = {dtype: machine.matmul_gflops(dtype, sizes, 3 if setup.quick else 7) for dtype in machine.TYPES}
    rows = [Row(what=f"matrix product, {dtype}", figure=rate, unit="GFLOP/s") for dtype, rate in rates.items()]
    return Findings(rows=tuple(rows))


def measure_step(setup: Setup) -> Findings:
    """Measure one step of every peer, in turn."""
    size = (96, 64) if setup.quick else SIZE
    runs = peer_runs(pictures(size), setup.network())
    timings = alternate(runs, repeats=2 if setup.quick else 7, warmups=1 if setup.quick else 2)
    where = f"{size[0]}x{size[1]}"
    operations = step_flops(size, (DEEPEST,), LAYERS)
    rows = [Row(what=f"operations of a step, {where}", figure=operations / 1e9, unit="GFLOP")]
    for name, timing in timings.items():
        rows += _step_rows(f"{name}, {where}", timing, operations)
    return Findings(rows=(*rows, *_missing_rows(where)), timings=times_of(timings))


def pictures(size: Size, seed: int = 7) -> Pair:
    """Return a photograph and a painting of noise: what pixels show costs nothing."""
    width, height = size
    generator = np.random.default_rng(seed)
    return Pair(*(generator.random((1, height, width, 3), dtype=np.float32) for _ in range(2)))


def peer_runs(pair: Pair, network: weights.Weights) -> dict[str, Run]:
    """Return a run of STEPS steps for each peer that is installed."""
    from bench.tutorial import Tutorial

    sides: dict[str, Peer] = {TUTORIAL: Tutorial(*pair, network)}
    if has_pytorch():
        from bench.pytorch import PyTorch

        sides[f"{PYTORCH}, float32"] = PyTorch(*pair, network)
        sides[f"{PYTORCH}, bfloat16"] = PyTorch(*pair, network, bfloat16=True)
    return {name: partial(take_steps, side) for name, side in sides.items()}


def take_steps(side: Peer, steps: int = STEPS) -> np.ndarray:
    """Take steps and return the picture, for which a GPU is waited."""
    for _ in range(steps):
        side.step()
    return side.picture()


def has_pytorch() -> bool:
    """Return whether PyTorch is installed."""
    return importlib.util.find_spec("torch") is not None


def _step_rows(what: str, timing: Timing, operations: int) -> list[Row]:
    """Return what one of the steps of a run took, and how many operations a second that is."""
    seconds = timing.median / STEPS
    spread = f"quartiles {spell(100 * timing.spread)} % apart"
    return [
        Row(what=f"step of {what}", figure=seconds, unit="s", note=spread),
        Row(what=f"step of {what}", figure=operations / seconds / 1e9, unit="GFLOP/s"),
    ]


def _missing_rows(where: str) -> list[Row]:
    return [] if has_pytorch() else [Row(what=f"step of {PYTORCH}, {where}", unit="s", note="not installed")]


SECTIONS: dict[str, Section] = {"machine": measure_machine, "step": measure_step}
