"""Memory: what a painting needs, and what is free.

Linux ends a process that takes more memory than there is, and with it all that it was to paint: so a CPU's need is
estimated beforehand. A GPU refuses an allocation, which costs nothing else.
"""

from collections.abc import Iterator
from pathlib import Path

import psutil

from stylegrid.pictures.geometry import Size
from stylegrid.plan.job import Job
from stylegrid.settings.loss_config import loss_config_of
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.scales import longest_side, picture_size
from stylegrid.vgg.flops import values

# With the fast method: bytes per pixel of painting, measured with 12.6 megapixels on a CPU; bytes per value of
# activations where losses are measured, without a gradient; and the most pixels for which they are.
BYTES_PER_PIXEL = {"float32": 200.0, "bfloat16": 150.0}
BYTES_PER_MEASURED = 5.0
MOST_MEASURED = 2_000_000

# Bytes per value of activations, measured with the preset stylegrid from 256 to 1,280 px on a CPU.
BYTES_PER_VALUE = {"float32": 15.0, "bfloat16": 12.0}
MEMBERSHIP = Path("/proc/self/cgroup")


CGROUPS = Path("/sys/fs/cgroup")  # of Linux's control groups, version 2
PAGE_CACHE = ("inactive_file ", "active_file ")  # lines of memory.stat


class NotEnoughMemory(Exception):
    """A painting needs more memory than is free; the message says how much."""


def require_memory(job: Job, precision: str, started_mb: float) -> None:
    """Raise NotEnoughMemory unless this machine has the memory that a job takes free.

    What the process has taken since it had `started_mb` counts as free: earlier paintings no longer use it.
    """
    needed = needed_mb(job, precision)
    free = free_mb() + max(0.0, resident_mb() - started_mb)
    if needed > free:
        raise NotEnoughMemory(f"needs about {needed / 1000:.1f} GB, and {free / 1000:.1f} GB are free")


def widest_precision(settings: PaintSettings, here: str) -> str:
    """Return the precision that needs most memory of those a job may be painted in; `here` is that of `auto`.

    Where rounding stops L-BFGS, `auto` goes on in float32.
    """
    if settings.precision != "auto":
        return settings.precision
    return "float32" if settings.optimizer == "lbfgs" else here


def needed_mb(job: Job, precision: str) -> float:
    """Return the MB that a job takes at its largest scale, in addition to what the process has already."""
    photograph = job.content.size
    size = picture_size(job.settings, photograph, longest_side(job.settings, photograph))
    return needed_mb_of(job.settings, size, precision)


def needed_mb_of(settings: PaintSettings, size: Size, precision: str) -> float:
    """Return the MB that a picture takes in addition to the process: values * bytes per value / 10^6.

    With the fast method the larger of what painting takes, pixels * bytes per pixel, and measuring the losses.
    """
    if settings.method == "fast":
        measured = values(size, loss_config_of(settings).layers) * BYTES_PER_MEASURED if is_measured(size) else 0.0
        return max(size[0] * size[1] * BYTES_PER_PIXEL[precision], measured) / 1e6
    return values(size, loss_config_of(settings).layers) * BYTES_PER_VALUE[precision] / 1e6


def is_measured(size: Size) -> bool:
    """Return whether the losses of a picture of this size are measured with the fast method."""
    return size[0] * size[1] <= MOST_MEASURED


def resident_mb() -> float:
    """Return the resident memory of this process in MB."""
    return psutil.Process().memory_info().rss / 1e6


def free_mb() -> float:
    """Return the MB that this process may still take: the least of the machine's and of its control groups'."""
    free = psutil.virtual_memory().available / 1e6
    return min([free, *_free_in_groups()])


def _free_in_groups() -> Iterator[float]:
    """Yield the MB left in this process's control group and its parents, as Slurm and containers limit memory."""
    for group in control_groups(CGROUPS):
        limit, used = _number(group / "memory.max"), _number(group / "memory.current")
        if limit is not None and used is not None:
            yield max(0, limit - used + _page_cache(group / "memory.stat")) / 1e6


def control_groups(root: Path) -> Iterator[Path]:
    """Yield the folders of this process's control group and of its parents, below the root of their tree."""
    lines = MEMBERSHIP.read_text().splitlines() if MEMBERSHIP.is_file() else []
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    group = root if path is None else root / path.removeprefix("/")
    while path is not None and group.is_relative_to(root):
        yield group
        group = group.parent


def _number(path: Path) -> int | None:
    """Return the number in a file; None where there is no file, or no limit."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _page_cache(statistics: Path) -> int:
    """Return the bytes of a group's page cache, which the kernel reclaims when memory is needed."""
    try:
        lines = statistics.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(PAGE_CACHE))
