"""The sections of the benchmark by name, each a function from Setup to Findings.

They import TensorFlow and PyTorch where they need them, so that the program's --help is fast.
"""

from stylegrid.bench import machine
from stylegrid.bench.frontier import measure_frontier
from stylegrid.bench.gallery import measure_gallery
from stylegrid.bench.peak import measure_memory
from stylegrid.bench.quality import measure_quality
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.scale import measure_large, measure_scale
from stylegrid.bench.setup import Section, Setup
from stylegrid.bench.step import measure_step


def measure_machine(setup: Setup) -> Findings:
    """Measure the rate of matrix products, which no convolution can much exceed."""
    rates = {dtype: machine.matmul_gflops(dtype, machine.SIZES) for dtype in machine.TYPES}
    rows = [Row(what=f"matrix product, {dtype}", figure=rate, unit="GFLOP/s") for dtype, rate in rates.items()]
    return Findings(rows=tuple(rows))


SECTIONS: dict[str, Section] = {
    "machine": measure_machine,
    "step": measure_step,
    "quality": measure_quality,
    "gallery": measure_gallery,
    "memory": measure_memory,
    "scale": measure_scale,
    "large": measure_large,
    "frontier": measure_frontier,
}
ON_DEMAND = frozenset({"large", "frontier"})  # take long: measured only when named
