"""The benchmark's report: rows of a table and all timings, printed and saved as JSON."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field
from tabulate import tabulate

from stylegrid.bench.machine import Machine
from stylegrid.bench.timing import Timing
from stylegrid.models import FrozenModel

Aim = Annotated[str, Field(pattern=r"^([<>]= [0-9.]+(e[-+]?[0-9]+)?)?$")]
Times = Annotated[tuple[float, ...], Field(min_length=1)]  # seconds


class Row(FrozenModel):
    """One line of the table; `note` says why a figure is missing."""

    what: str
    figure: float | None = None
    unit: str = ""
    aim: Aim = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Return whether the figure meets the aim; None without a figure or an aim."""
        if self.figure is None or not self.aim:
            return None
        comparison, bound = self.aim.split()
        return self.figure <= float(bound) if comparison == "<=" else self.figure >= float(bound)


class Findings(FrozenModel):
    """The rows of one section, and the timings of each side by name."""

    rows: tuple[Row, ...] = ()
    timings: dict[str, Times] = {}

    def and_also(self, other: "Findings") -> "Findings":
        """Return both sections' findings."""
        return Findings(rows=self.rows + other.rows, timings=self.timings | other.timings)


class Report(Findings):
    """The findings of all sections, with machine and date."""

    machine: Machine
    date: datetime

    @classmethod
    def now(cls, machine: Machine, findings: Findings) -> Self:
        """Return the report of findings, dated now."""
        date = datetime.now(UTC).replace(microsecond=0)
        return cls(machine=machine, date=date, **{name: getattr(findings, name) for name in Findings.model_fields})

    def to_json(self) -> str:
        """Return the report as indented JSON."""
        return self.model_dump_json(indent=1) + "\n"

    def to_text(self) -> str:
        """Return the machine, then the rows as a table."""
        head = ("what", "figure", "unit", "aim", "")
        lines = [(row.what, _figure(row), row.unit, row.aim, _verdict(row)) for row in self.rows]
        align = ("left", "right", "left", "left", "left")
        return f"{_machine_line(self.machine)}\n\n{tabulate(lines, head, disable_numparse=True, colalign=align)}\n"


def times_of(timings: Mapping[str, Timing]) -> dict[str, tuple[float, ...]]:
    """Return all times by side."""
    return {name: timing.times for name, timing in timings.items()}


def spell(figure: float) -> str:
    """Return a figure with three significant digits, whole numbers in full: 0.0123, 1.50, 98,765."""
    if figure == 0 or not 1e-4 <= abs(figure) < 1e9:
        return f"{figure:.3g}"
    return f"{figure:,.{max(0, 2 - math.floor(math.log10(abs(figure))))}f}"


def _figure(row: Row) -> str:
    return row.note if row.figure is None else spell(row.figure)


def _verdict(row: Row) -> str:
    return {True: "met", False: "MISSED", None: "" if row.figure is None else row.note}[row.met]


def _machine_line(machine: Machine) -> str:
    """Return two lines: the machine, and its versions."""
    size = f"{machine.cores} cores, {machine.memory_mb / 1024:.0f} GiB, load {machine.load:.1f}"
    parts = [f"{machine.cpu} ({size})", *machine.flags, machine.gpu]
    runs = (f"{name} {version}" for name, version in machine.versions.items())
    return f"{', '.join(filter(None, parts))}\n{', '.join(runs)}"
