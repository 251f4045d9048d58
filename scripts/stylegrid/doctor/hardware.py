"""Checks of the hardware: processor, GPUs and memory, and which of them make painting slow."""

import os
import platform
import subprocess
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import psutil
import tensorflow as tf

from stylegrid.doctor.installation import Check
from stylegrid.painting import device, gpu_lock
from stylegrid.pictures.geometry import fit
from stylegrid.plan import memory
from stylegrid.settings import presets
from stylegrid.settings.field_types import LARGEST, SMALLEST

INSTRUCTIONS = {"avx2": "AVX2", "avx512f": "AVX-512", "avx512_bf16": "AVX512_BF16", "amx_bf16": "AMX"}
CPU_INFO = Path("/proc/cpuinfo")
SHAPE = (3, 2)  # aspect of the picture whose largest size is reported
NVIDIA_SMI_TIMEOUT = 10.0  # seconds


def check_processor() -> Check:
    """Check the processor's name and the cores that this process may use."""
    cores, there = usable_cores(), psutil.cpu_count() or 1
    text = f"{_processor_name()}; {cores:g} of {there} cores may be used"
    if cores < there:
        return Check("slow", "processor", text, "allow more: CPU affinity, or the container's or batch job's limit")
    if there == 1:
        return Check("slow", "processor", text, "a machine with more cores")
    return Check("ok", "processor", text)


def usable_cores() -> float:
    """Return the number of cores this process may use, by CPU affinity and control-group quotas."""
    process = psutil.Process()
    allowed = len(process.cpu_affinity() or ()) if hasattr(process, "cpu_affinity") else psutil.cpu_count() or 1
    return min([float(allowed), *_quotas()])


def _quotas() -> Iterator[float]:
    for group in memory.control_groups(memory.CGROUPS):
        try:
            quota, period = (group / "cpu.max").read_text().split()
        except (OSError, ValueError):
            continue
        if quota != "max":
            yield int(quota) / int(period)


def _processor_name() -> str:
    lines = CPU_INFO.read_text(encoding="utf-8").splitlines() if CPU_INFO.is_file() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def check_instructions() -> Check:
    """Check which instruction sets for fast matrix products the processor has."""
    flags = device.cpu_flags()
    if not flags:
        return Check("ok", "instructions", "unknown on this system")
    found = [name for flag, name in INSTRUCTIONS.items() if flag in flags]
    if "AVX2" not in found:
        return Check("slow", "instructions", "no AVX2: products take several times as long", "a processor since 2015")
    return Check("ok", "instructions", ", ".join(found))


def check_precision() -> Check:
    """Check which precision `auto` takes, and why."""
    precision = device.precision_of("auto")
    if precision == "bfloat16":
        return Check("ok", "precision", "auto takes bfloat16")
    if tf.config.list_physical_devices("GPU"):
        why, remedy = "the GPU is below compute capability 8.0", "a GPU since NVIDIA's Ampere"
    else:
        why = "the processor has neither AVX512_BF16 nor AMX"
        remedy = "a processor that has, such as AMD's Zen 4 or Intel's Sapphire Rapids, or a GPU"
    return Check("slow", "precision", f"auto takes {precision}, up to twice the time of bfloat16: {why}", remedy)


def check_gpus() -> list[Check]:
    """Check each GPU that TensorFlow sees, or why it sees none."""
    found, there = tf.config.list_physical_devices("GPU"), _nvidia_smi()
    if found:
        return [Check("ok", "GPU", _describe(gpu, there)) for gpu in found]
    if not there and not any(gpu_lock.DRIVER.glob("*")):
        return [Check("slow", "GPU", "none: the CPU paints", "a machine with an NVIDIA GPU")]
    text, cuda = "an NVIDIA driver is here, but TensorFlow sees no GPU", "make clean, then make gallery TENSORFLOW=cuda"
    if gpu_lock.VISIBLE in os.environ and not gpu_lock.devices():
        return [Check("slow", "GPU", f"{text}: {gpu_lock.VISIBLE} hides all", f"unset {gpu_lock.VISIBLE}")]
    if not tf.test.is_built_with_cuda():
        return [Check("slow", "GPU", f"{text}: it is built for the CPU", cuda)]
    return [
        Check("slow", "GPU", f"{text}: its CUDA libraries, or the driver, don't fit", f"update the driver; or {cuda}")
    ]


def _describe(gpu: object, there: dict[str, str]) -> str:
    details = tf.config.experimental.get_device_details(gpu)
    name = details.get("device_name", "GPU")
    capability = ".".join(map(str, details.get("compute_capability", ("unknown",))))
    return f"{name}, {there.get(name, 'memory unknown')}, compute capability {capability}"


def _nvidia_smi() -> dict[str, str]:
    """Return the memory of each GPU by name, according to the driver; empty without a driver."""
    command = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=NVIDIA_SMI_TIMEOUT).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    lines = (line.rpartition(",") for line in output.splitlines() if "," in line)
    return {name.strip(): memory_total.strip() for name, _, memory_total in lines}


def check_memory(wanted: int) -> Check:
    """Check the free memory and, on a CPU, the largest picture it allows; `wanted` is the config's size in px, or 0."""
    free = memory.free_mb()
    text = f"{free / 1000:.1f} GB free"
    if tf.config.list_physical_devices("GPU"):
        return Check("ok", "memory", text)
    side = largest_side(free, device.precision_of("auto"))
    text += f": pictures up to {side:,} px (longest side, {SHAPE[0]}:{SHAPE[1]}) by the house recipe"
    if side < max(wanted, SMALLEST):
        remedy = "end what else takes memory, lower size, or set painting.out_of_memory to smaller"
        return Check("fault", "memory", f"{text}; the config's size is {wanted}", remedy)
    return Check("ok", "memory", text)


def largest_side(free_mb: float, precision: str) -> int:
    """Return the longest side in pixels of the largest 3:2 picture by the house recipe that fits; 0 if none does."""
    house = presets.resolve({"preset": "stylegrid"})
    sides = range(SMALLEST, LARGEST + 1)
    fitting = bisect_right(sides, free_mb, key=lambda side: memory.least_mb(house, fit(SHAPE, side), precision))
    return sides[fitting - 1] if fitting else 0
