"""The forecast, for costs of which one can tell what they come to."""

import os
import platform

import pytest
from conftest import make_job, sized

from stylegrid.errors import RecordError
from stylegrid.plan import forecast, memory
from stylegrid.plan.forecast import (
    MANY,
    Calibration,
    Cost,
    Rate,
    calibration_path,
    chunk_size,
    cost,
    read_calibration,
    total,
)
from stylegrid.plan.memory import needed_mb_of
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of

FREE = Rate(per_step=0, per_operation=0, per_value=0, per_root=0)
A_STEP = Rate(per_step=1, per_operation=0, per_value=0, per_root=0)  # a second for each step
A_PIXEL = Rate(per_step=0, per_operation=0, per_value=1 / 64, per_root=0)  # a second a pixel: conv1_1 has 64 channels
FIRST = {"content_layers": "conv1_1", "style_layers": "relu1_1", "coarsest": 0, "optimizer": "adam"}


def calibration(rate: Rate = FREE, **changes) -> Calibration:
    given = {"start": 0, "per_picture": 0, "rates": {"float32": rate}, "memory_mb": 0, "memory_per_value": 0}
    return Calibration(**{"device": "CPU", "precision": "float32", "measured": "2026-01-02", **given, **changes})


def settings(**changes):
    return presets.resolve({**FIRST, **changes})


# A step


@pytest.mark.parametrize(
    ("rate", "seconds"),
    [
        (FREE, 0),
        (A_STEP, 1),
        (A_PIXEL, 15),
        # 15 positions; 64 channels out; products and sums with 27 numbers, and 64 of the Gram matrix; there and back.
        (Rate(per_step=0, per_operation=1, per_value=0, per_root=0), 15 * 64 * (27 + 64) * 2 * 2),
        (Rate(per_step=1, per_operation=1e-6, per_value=1 / 64, per_root=0), 1 + 15 + 15 * 64 * 91 * 4e-6),
    ],
)
def test_a_step_costs_itself_its_operations_and_its_values(rate, seconds):
    assert forecast.step_seconds(loss_config_of(settings()), (5, 3), rate) == pytest.approx(seconds)


def test_square_roots_cost_where_wasserstein_distances_are_compared():
    a_root = Rate(per_step=0, per_operation=0, per_value=0, per_root=1e-9)
    plain, wasserstein = (loss_config_of(settings(style_loss=loss)) for loss in ("relative", "wasserstein"))
    assert forecast.step_seconds(plain, (5, 3), a_root) == 0
    for size in ((5, 3), (50, 30)):
        assert forecast.step_seconds(wasserstein, size, a_root) == pytest.approx(200 * 64**3 * 1e-9)


def test_square_roots_are_those_of_one_step_in_tiles_too():
    a_root = Rate(per_step=0, per_operation=0, per_value=0, per_root=1e-9)
    wasserstein = loss_config_of(settings(style_loss="wasserstein"))
    assert forecast.step_seconds(wasserstein, (64, 32), a_root, 32) == pytest.approx(200 * 64**3 * 1e-9)


def test_a_step_in_tiles_is_one_and_a_half_of_each_tile_with_its_halo():
    """A halo of one pixel: two tiles of 32 + 1 by 32 pixels."""
    given = loss_config_of(settings())
    assert forecast.step_seconds(given, (64, 32), A_PIXEL, 32) == pytest.approx(1.5 * 2 * 33 * 32)


# A picture

THREE_SCALES = {"size": 64, "coarsest": 16, "scale_factor": 2, "sharing": "equal", "steps": 30}


@pytest.mark.parametrize(
    ("given", "photograph", "evaluations", "pixels"),
    [
        ({"size": 64, "steps": 10}, (64, 32), 11, 11 * 64 * 32),
        ({"size": 64, "steps": 0}, (64, 32), 1, 64 * 32),
        ({"size": 64, "steps": 10}, (32, 16), 11, 11 * 32 * 16),
        ({"size": 64, "steps": 10, "enlarge": "always"}, (32, 16), 11, 11 * 64 * 32),
        ({"size": 64, "steps": 10, "aspect": "1:1"}, (64, 32), 11, 11 * 64 * 64),
        ({"size": "own", "steps": 10}, (100, 50), 11, 11 * 100 * 50),
        # 10 steps each, and one more for looking at the inputs
        (THREE_SCALES, (64, 32), 33, 11 * (64 * 32 + 32 * 16 + 16 * 8)),
        ({**THREE_SCALES, "sharing": "double_first", "steps": 40}, (64, 64), 43, 11 * (64**2 + 32**2) + 21 * 16**2),
        ({"size": 64, "steps": 10, "smallest_octave": 32}, (64, 32), 22, 11 * (64 * 32 + 32 * 16)),
        ({"size": 64, "steps": 30, "schedule": "32:1 + 64:2"}, (64, 64), 32, 11 * 32**2 + 21 * 64**2),
    ],
)
def test_a_picture_costs_the_steps_of_its_scales(given, photograph, evaluations, pixels):
    by_step, by_pixel = (cost(settings(**given), photograph, calibration(rate)) for rate in (A_STEP, A_PIXEL))
    assert (by_step.seconds, by_pixel.seconds) == (evaluations, pixels)


def test_lbfgs_costs_what_it_reads_of_its_corrections():
    """Two and a half values of an activation for each of 3 * 64 * 32 values of 4 corrections, at each of 10 steps."""
    given, by_value = {"size": 64, "steps": 10, "corrections": 4}, A_STEP.model_copy(update={"per_value": 1e-3})
    lbfgs, adam = (
        cost(settings(**given, optimizer=name), (64, 32), calibration(by_value)).seconds for name in ("lbfgs", "adam")
    )
    assert lbfgs - adam == pytest.approx(10 * 2.5 * 4 * 3 * 64 * 32 * 1e-3)


def test_a_picture_costs_something_by_itself():
    assert cost(settings(steps=4), (64, 64), calibration(A_STEP, per_picture=7)).seconds == 5 + 7


def test_memory_is_that_of_the_largest_scale():
    """64 channels of 64 x 32 pixels, 8 bytes each, are one MiB."""
    given = calibration(memory_mb=500, memory_per_value=8, per_root=0)
    assert cost(settings(**THREE_SCALES), (64, 32), given).memory_mb == 501


def test_octaves_take_some_more_memory():
    given = calibration(memory_mb=500, memory_per_value=8, per_root=0)
    octaves = cost(settings(size=64, smallest_octave=32), (64, 32), given).memory_mb
    assert octaves == pytest.approx(500 + memory.OCTAVES)
    one, several = (needed_mb_of(settings(smallest_octave=side), (64, 32), "float32") for side in (0, 32))
    assert several == pytest.approx(memory.OCTAVES * one)


def test_the_fast_method_costs_one_step_and_its_own_memory():
    given = settings(method="fast", steps=100, size=64)
    found = cost(given, (64, 64), calibration(A_STEP, per_picture=2, memory_mb=300, memory_per_value=1e6))
    assert found.seconds == 3
    assert found.memory_mb == pytest.approx(300 + needed_mb_of(given, (64, 64), "float32") * 1e6 / 2**20)


def test_what_does_not_fit_costs_the_time_and_the_memory_of_tiles():
    given, room = calibration(A_PIXEL, memory_mb=500, memory_per_value=8), 0.0
    chosen = settings(size=2048, steps=0, corrections=1)
    whole, tiled = (cost(chosen, (2048, 2048), given, each) for each in (10**6, room))
    assert tiled.seconds > 1.5 * whole.seconds
    least = memory.needed_mb_of(chosen, (2048, 2048), "float32", memory.TILES[-1])
    assert tiled.memory_mb == pytest.approx(500 + least * 1e6 / 2**20) and tiled.memory_mb < whole.memory_mb


def test_deeper_layers_cost_more():
    shallow, deep = (
        cost(settings(style_layers=layers), (64, 64), calibration(A_PIXEL, memory_per_value=1, per_root=0))
        for layers in ("relu1_1", "relu1_2")
    )
    assert deep == Cost(2 * shallow.seconds, 2 * shallow.memory_mb)


@pytest.mark.parametrize(
    ("setting", "here", "measured", "seconds"),
    [
        ("auto", "float32", {"float32": 3}, 3),
        ("auto", "bfloat16", {"float32": 3, "bfloat16": 2}, 2),
        ("float32", "bfloat16", {"float32": 3, "bfloat16": 2}, 3),
        ("bfloat16", "bfloat16", {"float32": 3, "bfloat16": 2}, 2),
        ("bfloat16", "float32", {"float32": 3}, 3),  # which is not measured where it is no use
    ],
)
def test_the_rate_is_that_of_the_precision(setting, here, measured, seconds):
    rates = {name: Rate(per_step=each, per_operation=0, per_value=0, per_root=0) for name, each in measured.items()}
    given = calibration(precision=here, rates=rates)
    assert cost(settings(precision=setting, steps=0), (64, 64), given).seconds == seconds


# Many pictures


def test_a_total_starts_once_and_needs_the_memory_of_the_largest():
    jobs = [
        sized(make_job("cat", **FIRST, size=64, steps=1), 64, 32),
        sized(make_job("dog", **FIRST, size=64, steps=3), 32, 32),
    ]
    given = calibration(A_STEP, start=100, per_picture=10, memory_mb=500, memory_per_value=8, per_root=0)
    assert total(jobs, given) == Cost(100 + (10 + 2) + (10 + 4), 501)


def test_nothing_to_paint_costs_nothing():
    assert total([], calibration(start=100, memory_mb=500)) == (0, 0)


# The size of chunks


def chunks_of(jobs: int, seconds: float, start: float = 10, workers: int = 1) -> int:
    """Return the size of chunks for so many jobs of so many seconds each."""
    given = calibration(start=start, per_picture=seconds)
    return chunk_size([sized(make_job(), 64, 64)] * jobs, given, workers)


@pytest.mark.parametrize(
    ("seconds", "size"),
    [(1000, 1), (200, 2), (100, 4), (50, 8), (10, 64), (1, 64), (0, 64)],  # 10 s of start are 3 % of 333 s
)
@pytest.mark.parametrize("jobs", [1, 1000])
def test_a_chunk_is_the_smallest_in_which_starting_takes_below_three_percent(seconds, size, jobs):
    assert chunks_of(jobs, seconds) == size
    if 1 < size < forecast.LARGEST_CHUNK:
        assert 10 / (10 + size * seconds) < 0.03 < 10 / (10 + size / 2 * seconds)


def test_a_start_that_costs_nothing_is_shared_by_nobody():
    assert chunks_of(100, 5, start=0) == 1


@pytest.mark.parametrize(
    ("jobs", "workers", "size"),
    [(1000, 2, 64), (64, 4, 4), (100, 5, 4), (20, 2, 2), (8, 2, 1), (3, 2, 1), (1, 8, 1)],
)
def test_each_of_several_workers_has_four_chunks_or_more(jobs, workers, size):
    assert chunks_of(jobs, 1, workers=workers) == size
    assert jobs < 4 * workers or -(-jobs // size) >= 4 * workers


def test_workers_make_no_chunk_larger_than_it_must_be():
    assert chunks_of(1000, 100, workers=2) == 4


def test_the_size_is_16_where_nothing_is_known():
    assert chunk_size([make_job()] * 1000, None) == 16
    assert chunk_size([make_job()] * 1000, None, workers=8) == 16
    assert chunk_size([], calibration(start=10)) == 16


# What was measured


def test_a_calibration_is_read_as_it_was_written(tmp_path):
    given = calibration(Rate(per_step=0.1, per_operation=1 / 3e12, per_value=0, per_root=0), compiler="xla")
    (tmp_path / "kept.json").write_text(given.model_dump_json(indent=1))
    assert read_calibration(tmp_path / "kept.json") == given


def test_what_an_earlier_version_measured_besides_is_ignored(tmp_path):
    (tmp_path / "kept.json").write_text(GOOD.replace('"compiler"', '"batch":8,"batch_pixels":4096,"compiler"'))
    assert read_calibration(tmp_path / "kept.json") == calibration()


def test_the_machine_s_own_is_read_where_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert read_calibration() is None
    assert calibration_path().is_relative_to(tmp_path)
    calibration_path().parent.mkdir(parents=True, exist_ok=True)
    calibration_path().write_text(calibration(start=12).model_dump_json())
    assert read_calibration() == calibration(start=12)
    assert read_calibration(tmp_path / "another.json") is None


GOOD = calibration().model_dump_json()


@pytest.mark.parametrize(
    ("contents", "fault"),
    [
        ("", "not JSON, "),
        (GOOD[:-20], "not JSON, "),
        (b"\xff\xfe\x00", "not JSON, "),
        ("[]", "must "),
        (GOOD.replace('"start":0.0', '"start":-1'), "start: must be 0 or more, found -1"),
        (GOOD.replace('"start":0.0,', ""), "start: missing"),
        (GOOD.replace('"none"', '"jit"'), "compiler: "),
        (GOOD.replace('"float32":{', '"float16":{'), "rates: must have one for float32"),
        (GOOD.replace('"per_step"', '"per_hour"'), "rates.float32.per_step: missing"),
    ],
)
def test_a_damaged_calibration_is_named_with_what_to_do(tmp_path, contents, fault):
    path = tmp_path / "kept.json"
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    with pytest.raises(RecordError) as caught:
        read_calibration(path)
    assert str(caught.value).startswith(f"{path}: is not a calibration ({fault}")
    assert str(caught.value).endswith(f"); delete it, or write it again with scripts/calibrate.py --output {path}")


def test_a_home_that_cannot_be_looked_into_holds_no_calibration(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("x" * 300)))  # as a folder without permission, to every user
    assert read_calibration() is None


def test_each_kind_of_machine_has_its_own_calibration(tmp_path, monkeypatch):
    gpus = tmp_path / "gpus"
    gpus.mkdir()
    monkeypatch.setattr(forecast, "Path", lambda name: gpus)
    found = []
    for node, cores, gpu in [("a", 2, None), ("b", 2, None), ("b", 4, None), ("", 4, None), ("b", 4, "0000:01:00.0")]:
        monkeypatch.setattr(platform, "node", lambda node=node: node)
        monkeypatch.setattr(os, "sched_getaffinity", lambda process, cores=cores: set(range(cores)), raising=False)
        if gpu:
            (gpus / gpu).mkdir()
        found.append(calibration_path().name)
    assert found == [
        "calibration2-a-2cores.json",
        "calibration2-b-2cores.json",
        "calibration2-b-4cores.json",
        "calibration2-here-4cores.json",
        "calibration2-b-4cores-0000_01_00.0.json",
    ]


def test_cores_are_counted_where_the_system_has_no_affinity(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert "6cores" in calibration_path().name


def test_many_that_were_not_measured_are_painted_in_the_largest_chunks():
    assert [chunk_size([make_job()] * count, None) for count in (MANY - 1, MANY)] == [16, 64]
