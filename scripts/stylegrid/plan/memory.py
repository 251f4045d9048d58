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
from stylegrid.vgg.tiles import halo

# With the fast method: bytes per pixel of painting, measured with 12.6 megapixels on a CPU; bytes per value of
# activations where losses are measured, without a gradient; and the most pixels for which they are.
BYTES_PER_PIXEL = {"float32": 200.0, "bfloat16": 150.0}
BYTES_PER_MEASURED = 5.0
MOST_MEASURED = 2_000_000

# Bytes per value of activations, measured with the preset stylegrid from 256 to 1,280 px on a CPU.
BYTES_PER_VALUE = {"float32": 15.0, "bfloat16": 12.0}
# What octaves add to that, as a factor: 1.11 measured with the preset stylegrid at 768 px and two of them on a CPU.
OCTAVES = 1.15
# Of a picture in tiles, pictures of float32: inputs, pixels, gradient and optimiser's state; and for a correction of
# L-BFGS, which keeps them in bfloat16. Measured with the preset stylegrid and L-BFGS with 1 and 10 corrections, at
# 1,024 and 2,048 px: 10 and 1.4.
PICTURES, PICTURES_PER_CORRECTION = 12.0, 1.4
# Of automatic tiles: larger ones save little time, and no layer sees further.
TILES = (1024, 768, 512, 384, 256, 192, 128)
MEMBERSHIP = Path("/proc/self/cgroup")


CGROUPS = Path("/sys/fs/cgroup")  # of Linux's control groups, version 2
PAGE_CACHE = ("inactive_file ", "active_file ")  # lines of memory.stat


class NotEnoughMemory(Exception):
    """A painting needs more memory than is free; the message says how much."""


def require_memory(job: Job, precision: str, started_mb: float) -> float:
    """Return the MB that are free; raises NotEnoughMemory unless a job takes no more, in tiles if it may.

    What the process has taken since it had `started_mb` counts as free: earlier paintings no longer use it.
    """
    needed = needed_mb(job, precision)
    free = free_mb() + max(0.0, resident_mb() - started_mb)
    if needed > free:
        raise NotEnoughMemory(f"needs about {needed / 1000:.1f} GB, and {free / 1000:.1f} GB are free")
    return free


def widest_precision(settings: PaintSettings, here: str) -> str:
    """Return the precision that needs most memory of those a job may be painted in; `here` is that of `auto`.

    Where rounding stops L-BFGS, `auto` goes on in float32; the fast method doesn't.
    """
    if settings.precision != "auto":
        return settings.precision
    return "float32" if settings.optimizer == "lbfgs" and settings.method == "descent" else here


def needed_mb(job: Job, precision: str) -> float:
    """Return the MB that a job takes at its largest scale, in addition to the process, in the best tiles allowed."""
    photograph = job.content.size
    size = picture_size(job.settings, photograph, longest_side(job.settings, photograph))
    return least_mb(job.settings, size, precision)


def least_mb(settings: PaintSettings, size: Size, precision: str) -> float:
    """Return the MB that a picture takes, in addition to the process, in the best tiles that the settings allow."""
    return min(needed_mb_of(settings, size, precision, tile) for tile in _allowed_tiles(settings, size))


def choose_tile(settings: PaintSettings, size: Size, precision: str, room_mb: float | None) -> int | None:
    """Return the side of the tiles that a picture is computed in where so much memory is free; None for one piece.

    Automatic tiles are the largest that fit, or the smallest if none does; where the memory is unknown there are none.
    """
    allowed = _allowed_tiles(settings, size)
    fitting = (tile for tile in allowed if room_mb is None or needed_mb_of(settings, size, precision, tile) <= room_mb)
    return next(fitting, allowed[-1])


def tile_of(job: Job, precision: str, room_mb: float | None) -> int | None:
    """Return the same at a job's largest scale; `precision` is that of `auto`."""
    photograph, settings = job.content.size, job.settings
    size = picture_size(settings, photograph, longest_side(settings, photograph))
    return choose_tile(settings, size, widest_precision(settings, precision), room_mb)


def _allowed_tiles(settings: PaintSettings, size: Size) -> tuple[int | None, ...]:
    """Return the tiles that settings allow, from those that take most memory on; None stands for one piece.

    The fast method has no tiles.
    """
    if settings.tile == "none" or settings.method == "fast":
        return (None,)
    if settings.tile != "auto":
        return (int(settings.tile),) if int(settings.tile) < max(size) else (None,)
    return (None, *(tile for tile in TILES if tile < max(size)))


def needed_mb_of(settings: PaintSettings, size: Size, precision: str, tile: int | None = None) -> float:
    """Return the MB that a picture takes in addition to the process, in tiles of this side or in one piece.

    In one piece values * bytes per value / 10^6. In tiles the values are those of one tile with its halo; the bytes of
    the optimiser and of the inputs, which grow with the picture, are added. With the fast method the larger of what
    painting takes, pixels * bytes per pixel, and measuring the losses.
    """
    layers, factor = loss_config_of(settings).layers, octaves_factor(settings)
    if settings.method == "fast":
        measured = values(size, layers) * BYTES_PER_MEASURED if is_measured(size) else 0.0
        return max(size[0] * size[1] * BYTES_PER_PIXEL[precision], measured) / 1e6
    if tile is None:
        return factor * values(size, layers) * BYTES_PER_VALUE[precision] / 1e6
    width, height = (min(length, tile + 2 * halo(layers)) for length in size)
    corrections = settings.corrections if settings.optimizer == "lbfgs" else 0
    whole = size[0] * size[1] * 12 * (PICTURES + PICTURES_PER_CORRECTION * corrections)
    return (factor * values((width, height), layers) * BYTES_PER_VALUE[precision] + whole) / 1e6


def octaves_factor(settings: PaintSettings) -> float:
    """Return how many times the memory of one size the comparison at several takes."""
    return OCTAVES if settings.smallest_octave else 1.0


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
