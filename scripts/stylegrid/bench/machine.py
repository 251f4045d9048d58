"""The machine that is measured: processor, GPU, versions, and its rate of matrix products."""

import os
import platform
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from stylegrid.bench.timing import alternate
from stylegrid.models import FrozenModel

_CPUINFO = Path("/proc/cpuinfo")
_FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")  # those that decide the rate of matrix products
_PACKAGES = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "torch")
TYPES = ("float32", "bfloat16")
SIZES = (1024, 2048, 4096)


class Machine(FrozenModel):
    """A machine and the versions of its software; memory in MiB, `gpu` "" where there is none.

    `load` is the load average of the minute before; above 0.5, timings mean little.
    """

    cpu: str
    cores: int
    memory_mb: int
    flags: tuple[str, ...]
    gpu: str
    load: float
    versions: dict[str, str]


def describe() -> Machine:
    """Return this machine, with the cores this process may use."""
    info = _cpuinfo(_CPUINFO.read_text(encoding="utf-8")) if _CPUINFO.is_file() else {}
    found = info.get("flags", "").split()
    return Machine(
        cpu=info.get("model name") or platform.processor() or platform.machine(),
        cores=_cores(),
        memory_mb=os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        flags=tuple(flag for flag in _FLAGS if flag in found),
        gpu=_gpu_name(),
        load=os.getloadavg()[0],
        versions=_versions(_PACKAGES),
    )


def matmul_gflops(dtype: str, sizes: Sequence[int] = SIZES, repeats: int = 7) -> float:
    """Return the rate of tf.matmul in GFLOP/s, at the size where it is highest.

    2 * size^3 operations over the median seconds.
    """
    runs = {str(size): product(size, dtype) for size in sizes}
    timings = alternate(runs, repeats)
    return max(2 * int(size) ** 3 / timing.median for size, timing in timings.items()) / 1e9


def product(size: int, dtype: str) -> Any:
    """Return a run that multiplies two square matrices of side `size` and waits for the result."""
    import tensorflow as tf

    first, second = (tf.cast(tf.random.stateless_normal((size, size), (1, seed)), dtype) for seed in (2, 3))
    multiply = tf.function(tf.matmul)
    return lambda: multiply(first, second)[0, 0].numpy()


def _cpuinfo(text: str) -> dict[str, str]:
    """Return the fields of the first core in /proc/cpuinfo."""
    pairs = (line.partition(":") for line in text.split("\n\n")[0].splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _cores() -> int:
    """Return the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _gpu_name() -> str:
    """Return the name of the first GPU, or ""; TensorFlow then allocates GPU memory as it needs it."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else ""


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of Python and of the installed ones among `packages`."""
    installed = {distribution.name.lower().replace("_", "-") for distribution in metadata.distributions()}
    return {"python": platform.python_version()} | {
        name: metadata.version(name) for name in packages if name in installed
    }
