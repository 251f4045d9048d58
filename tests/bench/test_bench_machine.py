"""The machine described, and its rate of products."""

import os

import pytest

from stylegrid.bench import machine


def test_this_machine_is_described():
    found = machine.describe()
    assert found.cpu
    assert 1 <= found.cores <= os.cpu_count()
    assert found.memory_mb > 100
    assert found.load >= 0
    assert {"python", "numpy", "keras"} < set(found.versions)
    assert any(name.startswith("tensorflow") for name in found.versions)
    assert machine.Machine.model_validate_json(found.model_dump_json()) == found


def test_only_flags_that_matter_are_told(tmp_path, monkeypatch):
    info = tmp_path / "cpuinfo"
    core = "processor\t: {}\nmodel name\t: A: B\nflags\t\t: fpu avx2 {}\n\n"
    info.write_text(core.format(0, "amx_bf16") + core.format(1, "avx512f"))
    monkeypatch.setattr(machine, "_CPUINFO", info)
    found = machine.describe()
    assert (found.cpu, found.flags) == ("A: B", ("avx2", "amx_bf16"))


def test_a_machine_that_tells_nothing_of_its_cpu(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_CPUINFO", tmp_path / "none")
    assert machine.describe().flags == ()


@pytest.mark.parametrize("dtype", machine.TYPES)
def test_products_have_a_rate(dtype):
    assert machine.matmul_gflops(dtype, sizes=(8, 16), repeats=1) > 0
