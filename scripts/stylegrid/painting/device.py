"""The device: TensorFlow's setup for one process, the precision it supports, and peak memory."""

import resource
import sys
from functools import cache
from pathlib import Path

import tensorflow as tf


def set_up(threads: int | None = None) -> str:
    """Set TensorFlow up for this process and return the device's name.

    The same seed and machine give the same bytes: operations are deterministic on GPUs too. A GPU's memory is allocated
    as needed, so that others can share it; its float32 products use TensorFloat-32 where it has that.
    """
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.experimental.enable_op_determinism()
    tf.config.experimental.enable_tensor_float_32_execution(True)
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU"


@cache
def precision_of(setting: str) -> str:
    """Return the precision of activations by a setting: `auto` is bfloat16 where the device has instructions for it.

    These are AVX512_BF16 or AMX on CPUs, compute capability 8 on NVIDIA's GPUs. Elsewhere bfloat16 is slower.
    """
    if setting != "auto":
        return setting
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return "bfloat16" if details.get("compute_capability", (0, 0)) >= (8, 0) else "float32"
    return "bfloat16" if {"avx512_bf16", "amx_bf16"} & cpu_flags() else "float32"


def cpu_flags() -> set[str]:
    """Return the CPU's instruction sets by Linux's names; none on other systems."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    return set(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))


def peak_memory_mb() -> float:
    """Return this process's peak memory in MiB: the GPU's where there is one, else resident memory."""
    if tf.config.list_physical_devices("GPU"):
        return tf.config.experimental.get_memory_info("GPU:0")["peak"] / 2**20
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
