"""What a machine paints with: made-up ones, by what their systems would tell."""

import subprocess
from types import SimpleNamespace

import pytest

from stylegrid.doctor import hardware
from stylegrid.doctor.hardware import (
    check_gpus,
    check_instructions,
    check_memory,
    check_precision,
    check_processor,
    largest_side,
    usable_cores,
)
from stylegrid.painting import device, gpu_lock
from stylegrid.plan import memory
from stylegrid.settings import presets

CUDA = "TENSORFLOW=cuda"
H200 = {"device_name": "NVIDIA H200", "compute_capability": (9, 0)}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that describes another machine; first one of 8 cores, without GPU, limits or instructions."""
    device.precision_of.cache_clear()
    monkeypatch.setattr(hardware, "CPU_INFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(memory, "CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(memory, "MEMBERSHIP", tmp_path / "membership")
    monkeypatch.setattr(gpu_lock, "DRIVER", tmp_path / "driver")
    monkeypatch.delenv(gpu_lock.VISIBLE, raising=False)

    def describe(cores=8, affinity=8, quotas=(), flags=(), found=(), smi="", cuda=False):
        monkeypatch.setattr(hardware.psutil, "cpu_count", lambda: cores)
        monkeypatch.setattr(
            hardware.psutil, "Process", lambda: SimpleNamespace(cpu_affinity=lambda: list(range(affinity)))
        )
        (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: A: B\n\nprocessor\t: 1\nmodel name\t: C\n")
        (tmp_path / "membership").write_text("4:memory:/\n0::/job\n")
        for group, quota in zip(("job", "."), quotas, strict=False):
            (tmp_path / "groups" / group).mkdir(parents=True, exist_ok=True)
            (tmp_path / "groups" / group / "cpu.max").write_text(quota)
        monkeypatch.setattr(device, "cpu_flags", lambda: set(flags))
        monkeypatch.setattr(hardware.tf.config, "list_physical_devices", lambda kind: list(found))
        monkeypatch.setattr(hardware.tf.config.experimental, "get_device_details", lambda gpu: gpu)
        monkeypatch.setattr(hardware.tf.test, "is_built_with_cuda", lambda: cuda)

        def run(command, **how):
            if not smi:
                raise FileNotFoundError(command[0])
            return SimpleNamespace(stdout=smi)

        monkeypatch.setattr(hardware.subprocess, "run", run)

    describe()
    yield describe
    device.precision_of.cache_clear()


def test_a_processor_whose_cores_may_all_be_used(machine):
    assert check_processor() == ("ok", "processor", "A: B; 8 of 8 cores may be used", "")


@pytest.mark.parametrize(
    ("affinity", "quotas", "cores"),
    [
        (2, (), 2),
        (8, ("150000 100000\n",), 1.5),
        (8, ("max 100000\n", "300000 100000\n"), 3),
        (2, ("400000 100000\n", "max 100000\n"), 2),
        (8, ("nonsense",), 8),
    ],
)
def test_affinity_and_quotas_limit_cores(machine, affinity, quotas, cores):
    machine(affinity=affinity, quotas=quotas)
    assert usable_cores() == cores
    check = check_processor()
    assert check.level == ("ok" if cores == 8 else "slow")
    assert bool(check.remedy) == (cores < 8)
    assert f" {cores:g} of 8 " in check.text


def test_one_core_is_slow(machine):
    machine(cores=1, affinity=1)
    assert check_processor().level == "slow"


@pytest.mark.parametrize(
    ("flags", "level", "text"),
    [
        (("sse2", "avx2", "avx512f", "avx512_bf16", "amx_bf16"), "ok", "AVX2, AVX-512, AVX512_BF16, AMX"),
        (("avx2",), "ok", "AVX2"),
        (("sse2",), "slow", "no AVX2"),
        ((), "ok", "unknown"),
    ],
)
def test_instructions_that_matter_are_told(machine, flags, level, text):
    machine(flags=flags)
    assert check_instructions().level == level
    assert check_instructions().text.startswith(text)


@pytest.mark.parametrize(
    ("flags", "found", "level", "text"),
    [
        (("amx_bf16",), (), "ok", "bfloat16"),
        (("avx2",), (), "slow", "neither AVX512_BF16 nor AMX"),
        ((), (H200,), "ok", "bfloat16"),
        (("amx_bf16",), ({"compute_capability": (7, 5)},), "slow", "compute capability"),
    ],
)
def test_precision_and_why(machine, flags, found, level, text):
    machine(flags=flags, found=found)
    check = check_precision()
    assert check.level == level
    assert text in check.text
    assert bool(check.remedy) == (level == "slow")


def test_no_gpu(machine):
    (check,) = check_gpus()
    assert (check.level, check.text) == ("slow", "none: the CPU paints")
    assert "NVIDIA" in check.remedy


def test_gpus_have_a_line_each(machine):
    machine(found=(H200, {}), smi="NVIDIA H200, 143771 MiB\nNVIDIA H200, 143771 MiB\n", cuda=True)
    first, second = check_gpus()
    assert first == ("ok", "GPU", "NVIDIA H200, 143771 MiB, compute capability 9.0", "")
    assert second.level == "ok"


@pytest.mark.parametrize("told_by", ["nvidia-smi", "the driver's folder"])
@pytest.mark.parametrize(
    ("cuda", "visible", "remedy"),
    [(False, None, CUDA), (True, None, "update the driver"), (True, "-1", "unset"), (False, "", "unset")],
)
def test_a_driver_of_which_tensorflow_sees_no_gpu(machine, tmp_path, monkeypatch, told_by, cuda, visible, remedy):
    machine(smi="NVIDIA H200, 143771 MiB\n" if told_by == "nvidia-smi" else "", cuda=cuda)
    if told_by != "nvidia-smi":
        (tmp_path / "driver" / "0000:01:00.0").mkdir(parents=True)
    if visible is not None:
        monkeypatch.setenv(gpu_lock.VISIBLE, visible)
    (check,) = check_gpus()
    assert check.level == "slow"
    assert remedy in check.remedy


def test_a_driver_that_does_not_answer_is_none(machine, monkeypatch):
    def hang(command, timeout, **how):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(hardware.subprocess, "run", hang)
    assert check_gpus()[0].text.startswith("none")


@pytest.fixture
def house(monkeypatch):
    """A house recipe up to relu3_1 in one piece, whatever it is now."""
    given = {"preset": "stylegrid", "content_layers": "relu1_1", "style_layers": "relu3_1", "tile": "none"}
    settings = presets.resolve(given)
    monkeypatch.setattr(hardware.presets, "resolve", lambda given: settings)


def test_the_largest_picture_that_fits(house):
    # 300 x 200 px: 2 x 64 channels, 2 x 128 of a quarter of the pixels, 256 of a sixteenth; 15 bytes each.
    needed = (300 * 200 * 128 + 150 * 100 * 256 + 75 * 50 * 256) * 15 / 1e6
    assert largest_side(needed + 0.001, "float32") == 300
    assert largest_side(needed - 0.001, "float32") == 299
    assert largest_side(needed * 12 / 15 + 0.001, "bfloat16") == 300
    assert largest_side(0.01, "float32") == 0
    assert largest_side(1e9, "float32") == 16384


def test_the_largest_picture_that_fits_may_be_in_tiles():
    house = presets.resolve({"preset": "stylegrid"})
    side = largest_side(2000, "float32")
    assert side > 1500 and memory.needed_mb_of(house, (side, side * 2 // 3), "float32") > 2000


@pytest.mark.parametrize(("free", "wanted", "level"), [(188, 256, "ok"), (188, 512, "fault"), (0, 0, "fault")])
def test_memory_that_does_not_allow_the_config_size_is_a_fault(machine, house, monkeypatch, free, wanted, level):
    monkeypatch.setattr(memory, "free_mb", lambda: free)
    check = check_memory(wanted)
    assert check.level == level
    assert ("out_of_memory" in check.remedy) == (level == "fault")


def test_memory_beside_a_gpu_limits_no_picture(machine, monkeypatch):
    machine(found=(H200,))
    monkeypatch.setattr(memory, "free_mb", lambda: 2000)
    assert check_memory(16000) == ("ok", "memory", "2.0 GB free", "")
