"""A report with invented numbers, for tests of tables."""

from datetime import UTC, datetime

from stylegrid.bench.machine import Machine
from stylegrid.bench.report import Findings, Report, Row

MACHINE = Machine(
    cpu="An Example 9000",
    cores=2,
    memory_mb=24576,
    flags=("avx2", "avx512_bf16"),
    gpu="",
    load=0.1,
    versions={"python": "3.12.1", "tensorflow-cpu": "2.21.0"},
)


def report() -> Report:
    """Return a whole report."""
    rows = (
        Row(what="step at 384x256", figure=0.3123, unit="s"),
        Row(what="this step over the tutorial's", figure=0.71, aim="<= 0.78"),
        Row(what="share of the matmul rate", figure=0.62, aim=">= 0.80"),
        Row(what="PyTorch's step", unit="s", note="not installed"),
    )
    findings = Findings(rows=rows, timings={"step": (0.31, 0.32)})
    return Report(machine=MACHINE, date=datetime(2026, 1, 2, tzinfo=UTC), **dict(findings))
