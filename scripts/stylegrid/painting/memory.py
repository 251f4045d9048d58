"""Memory: whether a painting fits into what is free.

A machine doesn't refuse memory that it lacks: it ends the process that asks, and with it whatever that was to paint.
So what a CPU would need is estimated beforehand. A GPU refuses, which costs nothing else.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from stylegrid.errors import ImageError
from stylegrid.pictures.geometry import Size
from stylegrid.plan.job import Job
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import longest_side, picture_size
from stylegrid.vgg.flops import values

# Bytes for each value of activations, measured with the house recipe from 256 to 1,280 px on a CPU.
BYTES_PER_VALUE = {"float32": 15.0, "bfloat16": 12.0}
MEMBERSHIP = Path("/proc/self/cgroup")


class Version(NamedTuple):
    """Where a version of Linux' control groups has what is about memory, and how its line of a process is marked."""

    folder: Path
    marker: str
    most: str
    used: str


VERSIONS = (
    Version(Path("/sys/fs/cgroup"), "0::", "memory.max", "memory.current"),
    Version(Path("/sys/fs/cgroup/memory"), ":memory:", "memory.limit_in_bytes", "memory.usage_in_bytes"),
)

_FILES = ("inactive_file ", "active_file ")


class NoRoom(Exception):
    """A painting needs more memory than is free; the message says how much."""


def require_room(job: Job, precision: str, started_mb: float) -> None:
    """Raise NoRoom unless the memory that painting a job takes is free on this machine.

    What this process has taken since it had `started_mb` counts as free: earlier paintings are done with it.
    """
    needed = needed_mb(job, precision)
    free = free_mb() + max(0.0, resident_mb() - started_mb)
    if needed > free:
        raise NoRoom(f"needs about {needed / 1000:.1f} GB, and {free / 1000:.1f} GB are free")


def needed_mb(job: Job, precision: str) -> float:
    """Return the MB that a job's painting takes at its largest scale, beside what the process has anyway."""
    photograph = _photograph(job)
    if photograph is None:
        return 0.0
    size = picture_size(job.settings, photograph, longest_side(job.settings, photograph))
    return needed_mb_of(job.settings, size, precision)


def needed_mb_of(settings: PaintSettings, size: Size, precision: str) -> float:
    """Return the MB that a picture of a size takes, beside what the process has anyway: values * bytes / 10^6."""
    return values(size, loss_config_of(settings).layers) * BYTES_PER_VALUE[precision] / 1e6


def resident_mb() -> float:
    """Return the MB that this process has taken."""
    return psutil.Process().memory_info().rss / 1e6


def free_mb() -> float:
    """Return the MB that this process may still take: the machine's, or its control group's where that has less."""
    free = psutil.virtual_memory().available / 1e6
    return min([free, *_free_in_groups()])


def _free_in_groups() -> Iterator[float]:
    """Yield the MB left in this process's control group and those around it, as Slurm and containers limit memory."""
    for version in VERSIONS:
        for group in control_groups(version.folder, version.marker):
            most, used = _number(group / version.most), _number(group / version.used)
            if most is not None and used is not None:
                yield max(0, most - used + _file_cache(group / "memory.stat")) / 1e6


def control_groups(folder: Path, marker: str) -> Iterator[Path]:
    """Yield this process's control group and those around it, in the tree below `folder`; its line has the marker."""
    lines = MEMBERSHIP.read_text().splitlines() if MEMBERSHIP.is_file() else []
    inside = next((line.partition(marker)[2] for line in lines if marker in line), None)
    group = folder if inside is None else folder / inside.removeprefix("/")
    while inside is not None and group.is_relative_to(folder):
        yield group
        group = group.parent


def _number(path: Path) -> int | None:
    """Return the number in a file; nothing where there is none, or no limit."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _file_cache(statistics: Path) -> int:
    """Return the bytes of files that a group keeps in memory, and gives up for others."""
    try:
        lines = statistics.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(_FILES))


def _photograph(job: Job) -> Size | None:
    """Return a job's photograph's size; nothing where it can't be read, which painting it tells."""
    try:
        return job.content.size
    except ImageError:
        return None
