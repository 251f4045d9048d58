"""The sections of the benchmark by name: each measures one thing, and returns what it found.

A new section is a function from Setup to Findings in SECTIONS. TensorFlow and PyTorch are imported where they are
needed: the program's help needs neither.
"""

from stylegrid.bench import machine
from stylegrid.bench.curves import measure_curves
from stylegrid.bench.endurance import measure_endurance
from stylegrid.bench.gallery import measure_gallery
from stylegrid.bench.house import measure_house
from stylegrid.bench.peak import measure_memory
from stylegrid.bench.quality import measure_quality
from stylegrid.bench.report import Findings, Row
from stylegrid.bench.scale import measure_large, measure_scale
from stylegrid.bench.setup import Section, Setup
from stylegrid.bench.start import measure_start
from stylegrid.bench.step import measure_step


def measure_machine(setup: Setup) -> Findings:
    """Measure how fast matrices are multiplied, which no convolution can much exceed."""
    sizes = machine.SIZES[:1] if setup.quick else machine.SIZES
    rates = {dtype: machine.matmul_gflops(dtype, sizes, 3 if setup.quick else 7) for dtype in machine.TYPES}
    rows = [Row(what=f"matrix product, {dtype}", figure=rate, unit="GFLOP/s") for dtype, rate in rates.items()]
    return Findings(rows=tuple(rows))


# What runs first is measured in a process that is as fresh as can be; the curves' painter changes TensorFlow's options.
SECTIONS: dict[str, Section] = {
    "machine": measure_machine,
    "step": measure_step,
    "house": measure_house,
    "quality": measure_quality,
    "gallery": measure_gallery,
    "memory": measure_memory,
    "endurance": measure_endurance,
    "start": measure_start,
    "curves": measure_curves,
    "scale": measure_scale,
    "large": measure_large,
}
ON_DEMAND = frozenset({"large"})  # measured only when they are named, for they take long
