"""The device: which precision it computes in, and what it has used."""

import pytest
import tensorflow as tf

from stylegrid.painting import device


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Return a function that pretends that this is another machine."""
    device.precision_of.cache_clear()

    def pretend(flags=(), gpu=None):
        config = tf.config
        monkeypatch.setattr(config, "list_physical_devices", lambda kind: [gpu] if gpu is not None else [])
        monkeypatch.setattr(config.experimental, "get_device_details", lambda asked: asked)
        monkeypatch.setattr(device, "cpu_flags", lambda: set(flags))

    yield pretend
    device.precision_of.cache_clear()


@pytest.mark.parametrize("setting", ["float32", "bfloat16"])
@pytest.mark.parametrize("flags", [(), ("avx512_bf16",)])
def test_a_precision_that_is_named_is_taken(machine, setting, flags):
    machine(flags)
    assert device.precision_of(setting) == setting


@pytest.mark.parametrize(
    ("flags", "precision"),
    [
        (("sse2", "avx512_bf16"), "bfloat16"),
        (("amx_bf16", "amx_tile"), "bfloat16"),
        (("sse2", "avx512f", "avx512_vnni"), "float32"),
        ((), "float32"),
    ],
)
def test_a_cpu_computes_in_bfloat16_if_it_has_instructions_for_it(machine, flags, precision):
    machine(flags)
    assert device.precision_of("auto") == precision


@pytest.mark.parametrize(
    ("details", "precision"),
    [
        ({"compute_capability": (8, 0)}, "bfloat16"),
        ({"compute_capability": (8, 9)}, "bfloat16"),
        ({"compute_capability": (12, 0)}, "bfloat16"),
        ({"compute_capability": (7, 5)}, "float32"),
        ({"device_name": "another maker's"}, "float32"),
        ({}, "float32"),
    ],
)
@pytest.mark.parametrize("flags", [(), ("avx512_bf16",)], ids=["plain CPU", "CPU with it"])
def test_a_gpu_decides_by_its_compute_capability_whatever_the_cpu(machine, flags, details, precision):
    machine(flags, details)
    assert device.precision_of("auto") == precision


def test_the_machine_is_asked_once(machine):
    machine(("avx512_bf16",))
    first = device.precision_of("auto")
    machine(())
    assert device.precision_of("auto") == first == "bfloat16"


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx512_bf16\n\nprocessor\t: 1\nflags\t\t: fpu\n", {"fpu", "avx512_bf16"}),
        ("processor\t: 0\nFeatures\t: fp asimd\n", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_flags_are_those_of_the_first_processor(tmp_path, monkeypatch, text, flags):
    if text is not None:
        (tmp_path / "cpuinfo").write_text(text)
    monkeypatch.setattr(device, "Path", lambda name: tmp_path / name.removeprefix("/proc/"))
    assert device.cpu_flags() == flags


def test_some_memory_has_been_used():
    assert 10 < device.peak_memory_mb() < 10**6
