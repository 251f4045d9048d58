"""The calibration: its arithmetic on made-up samples, and one real measurement of next to nothing."""

import time

import pytest
import tensorflow as tf

import calibrate as program
from stylegrid.painting import calibrate, device
from stylegrid.painting.calibrate import Sample, fit
from stylegrid.plan.forecast import Rate, read_calibration, step_seconds
from stylegrid.settings import presets
from stylegrid.settings.loss_config import loss_config_of

FORMULAS = [
    loss_config_of(presets.resolve({"preset": preset})) for preset in ("stylegrid-untrained", "tf-tutorial", "crowson")
]


def samples(rate: Rate) -> list[Sample]:
    return [
        Sample(loss_config, (side, side), step_seconds(loss_config, (side, side), rate))
        for loss_config in FORMULAS
        for side in (64, 128, 256)
    ]


@pytest.mark.parametrize(
    "rate",
    [
        Rate(per_step=0.01, per_operation=5e-12, per_value=4e-9, per_root=7e-12),
        Rate(per_step=0, per_operation=5e-12, per_value=0, per_root=0),
        Rate(per_step=0.01, per_operation=0, per_value=4e-9, per_root=0),
        Rate(per_step=100, per_operation=5e-8, per_value=4e-5, per_root=0),
    ],
)
def test_a_fit_recovers_the_rate_that_made_the_samples(rate):
    found = fit(samples(rate))
    for name, expected in rate.model_dump().items():
        assert getattr(found, name) == pytest.approx(expected, rel=1e-6, abs=1e-18)


def test_a_fit_has_no_cost_below_zero_and_errors_count_by_their_share():
    """Steps all of the same time whatever their size can only be explained by the steps themselves."""
    slower_when_small = [each._replace(seconds=1 / each.size[0]) for each in samples(Rate(**ANY))]
    found = fit(slower_when_small)
    assert (found.per_operation, found.per_value) == (0, 0)
    assert 1 / 256 < found.per_step < 1 / 64
    # The least sum of squares of relative errors: sum of 1/t over that of 1/t**2, by hand.
    assert found.per_step == pytest.approx((64 + 128 + 256) / (64**2 + 128**2 + 256**2))


ANY = {"per_step": 1, "per_operation": 0, "per_value": 0, "per_root": 0}


@pytest.fixture
def tiny(monkeypatch):
    """Measure two steps of pictures of 16 and 32 pixels."""
    sizes = {"SMALLEST": 16, "LARGEST": 32, "STEPS": 2}
    recipes = (("tf-tutorial", (16,)), ("stylegrid-untrained", (16, 32)), ("crowson", (16,)))
    for name, value in {**sizes, "RECIPES": recipes}.items():
        monkeypatch.setattr(calibrate, name, value)


def test_a_machine_is_measured_and_that_is_kept(tiny, tmp_path, capsys):
    path = tmp_path / "folder" / "kept.json"
    assert program.main(["--output", str(path)]) == 0
    found = read_calibration(path)
    assert found is not None
    assert set(found.rates) == {"float32", device.precision_of("auto")}
    assert found.precision == device.precision_of("auto")
    assert min(found.start, found.per_picture, found.memory_mb) > 0
    assert all(max(rate.model_dump().values()) > 0 for rate in found.rates.values())
    assert found.compiler == "none"
    assert capsys.readouterr().err.splitlines()[-1] == f"kept in {path}"


def test_the_start_is_measured_before_anything_larger_is_painted(tiny, network, monkeypatch):
    """A GPU is asked whether XLA pays, which takes long and more memory; none of it belongs to a start."""
    order = []
    clock, memory = iter([130.0]), iter([700.0, 900.0])
    monkeypatch.setattr(device, "set_up", lambda threads: "GPU of a friend")
    monkeypatch.setattr(device, "precision_of", lambda setting: "float32")
    monkeypatch.setattr(device, "peak_memory_mb", lambda: order.append("memory") or next(memory))
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(calibrate, "_descend", lambda *given: order.append("start"))
    monkeypatch.setattr(calibrate, "_xla_pays", lambda *given: order.append("xla") or True)
    monkeypatch.setattr(calibrate, "_samples", lambda *given: order.append("samples") or samples(Rate(**ANY)))
    monkeypatch.setattr(calibrate, "_picture_seconds", lambda: 0.5)
    found = calibrate.calibrate(network, 100.0)
    assert order == ["start", "memory", "xla", "samples", "memory"]
    assert (found.device, found.start, found.per_picture, found.memory_mb) == ("GPU of a friend", 30, 0.5, 700)
    assert found.compiler == "xla"
    # conv1_1 to conv4_2: 2 * 64 channels of every pixel, 2 * 128 of a fourth, 4 * 256 of a sixteenth, 2 * 512 of a 64th
    assert found.memory_per_value == 200 * 2**20 / (272 * (32**2 - 16**2))


def test_a_time_is_the_shorter_of_two_runs_after_one_that_may_compile(monkeypatch):
    clock = iter([0.0, 1.0, 10.0, 17.0, 20.0, 25.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    runs = []
    assert calibrate._seconds(lambda: runs.append(1)) == 5
    assert len(runs) == 3


# The program

WRITTEN = '{"measured": "anew"}'


@pytest.fixture
def measured(monkeypatch):
    """Measure nothing, and write down how often."""
    calls: list[int | None] = []
    monkeypatch.setattr(program, "_measure", lambda began, threads: calls.append(threads) or WRITTEN)
    return calls


@pytest.fixture
def kept(tmp_path):
    rates = {"float32": Rate(**ANY)}
    given = {"device": "CPU", "precision": "float32", "measured": "2026-01-02", "rates": rates}
    numbers = {"start": 1, "per_picture": 1, "memory_mb": 1, "memory_per_value": 1}
    path = tmp_path / "kept.json"
    path.write_text(calibrate.Calibration(**given, **numbers).model_dump_json())
    return path


def test_what_was_measured_is_not_measured_again_if_only_what_is_missing_is_asked_for(kept, measured, capsys):
    before = kept.read_bytes()
    assert program.main(["--output", str(kept), "--if-missing"]) == 0
    assert (measured, kept.read_bytes(), capsys.readouterr().err) == ([], before, "")


def test_it_is_measured_again_when_asked_for(kept, measured):
    assert program.main(["--output", str(kept), "--threads", "3"]) == 0
    assert (measured, kept.read_text()) == ([3], WRITTEN + "\n")


def test_what_is_missing_is_measured_and_kept_for_this_machine(tmp_path, monkeypatch, measured, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert program.main(["--if-missing"]) == 0
    assert program.calibration_path().read_text() == WRITTEN + "\n"
    assert program.calibration_path().is_relative_to(tmp_path)
    assert f"kept in {program.calibration_path()}" in capsys.readouterr().err


def test_a_damaged_one_is_a_fault_that_measuring_anew_mends(tmp_path, measured, capsys):
    path = tmp_path / "kept.json"
    path.write_text("{")
    assert program.main(["--output", str(path), "--if-missing"]) == 1
    assert f"error: {path}: is not a calibration" in capsys.readouterr().err
    assert program.main(["--output", str(path)]) == 0
    assert (measured, path.read_text()) == ([None], WRITTEN + "\n")


def test_nothing_is_measured_that_cannot_be_kept(tmp_path, measured, capsys):
    assert program.main(["--output", str(tmp_path)]) == 1
    assert (measured, capsys.readouterr().err) == ([], f"error: {tmp_path}: is a folder; name a file\n")


def test_waiting_for_a_gpu_is_no_part_of_a_start(monkeypatch):
    clock = iter([100.0, 130.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(program.gpu_lock, "claim", lambda: "0")
    monkeypatch.setattr("stylegrid.vgg.weights.untrained.random_weights", dict)
    found = []
    monkeypatch.setattr(
        calibrate, "calibrate", lambda weights, began, threads: found.append((began, threads)) or Kept()
    )
    assert program._measure(98.0, 3) == WRITTEN
    assert found == [(128.0, 3)]


class Kept:
    def model_dump_json(self, indent):
        return WRITTEN
