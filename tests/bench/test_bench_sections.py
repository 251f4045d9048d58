"""Every section runs, small, and the program writes what it finds."""

import importlib.util

import fake_report
import numpy as np
import pytest

import benchmark
from stylegrid.bench import frontier, gallery, machine, peak, quality, scale, step
from stylegrid.bench.memory import Usage
from stylegrid.bench.report import Findings, Report
from stylegrid.bench.sections import SECTIONS
from stylegrid.bench.setup import Setup

NOT_TOLD = {"not installed", "not measured: auto is float32 on this machine"}


@pytest.fixture
def tiny(monkeypatch, weights_file, one_torch_thread):
    """Sections as small as they go, no untrained weights but those at hand, and no other programs."""
    monkeypatch.setattr(machine, "SIZES", (16,))
    monkeypatch.setattr(step, "SIZE", (32, 32))
    monkeypatch.setattr(step, "REPEATS", 2)
    monkeypatch.setattr(step, "_if_it_runs", lambda name, side: {})  # XLA takes long to compile
    monkeypatch.setattr(quality, "Extent", lambda *given: EXTENT)
    monkeypatch.setattr(
        gallery, "_require", lambda folder, count: (folder / "results" / "pictures").mkdir(parents=True)
    )
    monkeypatch.setattr(frontier, "SIZE", 32)
    monkeypatch.setattr(frontier, "WAYS", {frontier.RECIPE: {"steps": 2}, "float32": {"steps": 2}})
    monkeypatch.setattr(scale, "COUNT", 20)
    monkeypatch.setattr(scale, "LARGE", 20)
    for section in (gallery, peak):
        monkeypatch.setattr(section, "run_measured", lambda command, env=None: Usage(1.0, 2.0, 1.0))
    return Setup(str(weights_file))


EXTENT = quality.Extent(48, 6, 2, 4, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_finds_something(tiny, name):
    found = SECTIONS[name](tiny)
    assert found.rows
    told = [row for row in found.rows if row.note not in NOT_TOLD]
    assert all(row.figure is not None or row.note for row in told)
    assert any(row.figure is not None for row in told)
    assert Findings.model_validate_json(found.model_dump_json()) == found


@pytest.mark.slow
def test_a_step_has_its_aims_and_computes_what_the_tutorial_does(tiny):
    rows = {row.what: row for row in SECTIONS["step"](tiny).rows}
    assert rows["our loss beside the tutorial's, difference"].met
    aims = {row.what: row.aim for row in rows.values() if row.aim}
    assert aims == {
        "step of stylegrid, float32 / TensorFlow's tutorial": "<= 0.78",
        "step of stylegrid, bfloat16 / TensorFlow's tutorial": "<= 0.42",
        "step of stylegrid, float32 / PyTorch, float32": "<= 0.85",
        "step of stylegrid, bfloat16 / PyTorch, bfloat16": "<= 0.80",
        "rate of stylegrid, float32 / products": ">= 0.80",
        "our loss beside the tutorial's, difference": "<= 1e-3",
    }


@pytest.mark.slow
def test_pytorch_that_is_not_installed_is_said(tiny, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = SECTIONS["step"](tiny)
    assert not any("PyTorch" in name for name in found.timings)
    missing = [row for row in found.rows if "PyTorch" in row.what]
    assert missing
    assert {(row.figure, row.note) for row in missing} == {(None, "not installed")}


def test_taking_steps_returns_the_picture_after_them():
    class Counter:
        taken = 0

        def step(self):
            self.taken += 1

        def picture(self):
            return np.full((1, 1, 1, 3), self.taken)

    assert (step.take_steps(Counter(), 4) == 4).all()


@pytest.fixture
def faked(monkeypatch):
    """The program with two sections that take no time."""
    monkeypatch.setattr(benchmark.machine, "describe", lambda: fake_report.MACHINE)
    for name in tuple(SECTIONS):
        monkeypatch.delitem(SECTIONS, name)
    monkeypatch.setitem(SECTIONS, "machine", lambda setup: Findings())
    monkeypatch.setitem(SECTIONS, "step", lambda setup: Findings(rows=fake_report.report().rows))


def test_the_program_prints_a_table_and_writes_json(faked, tmp_path, capsys):
    output = tmp_path / "out" / "benchmark.json"
    assert benchmark.main(["--output", str(output)]) == 0
    assert Report.model_validate_json(output.read_text()).rows == fake_report.report().rows
    shown = capsys.readouterr()
    assert "MISSED" in shown.out
    assert shown.err.splitlines() == [
        "measuring: machine",
        "measured: machine, 0 s",
        "measuring: step",
        "measured: step, 0 s",
    ]


def test_sections_can_be_chosen_and_keep_their_order(faked, tmp_path, capsys):
    output = tmp_path / "benchmark.json"
    assert benchmark.main(["--output", str(output), "--only", "step"]) == 0
    assert "measuring: machine" not in capsys.readouterr().err
    assert benchmark.main(["--output", str(output), "--only", "step", "machine"]) == 0
    assert capsys.readouterr().err.startswith("measuring: machine")


def test_pairs_are_handed_on(monkeypatch, faked, tmp_path):
    seen = []
    monkeypatch.setitem(SECTIONS, "step", lambda setup: seen.append(setup) or Findings())
    benchmark.main(["--output", str(tmp_path / "b.json"), "--only", "step", "--pairs", "2"])
    assert seen == [Setup(pairs=2)]


def test_what_takes_long_is_measured_only_when_it_is_named(faked, monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(SECTIONS, "large", lambda setup: Findings())
    output = tmp_path / "benchmark.json"
    assert benchmark.main(["--output", str(output)]) == 0
    assert "large" not in capsys.readouterr().err
    assert benchmark.main(["--output", str(output), "--only", "large"]) == 0
    assert "measuring: large" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["--only", "speed"], ["--pairs", "5"], ["--pairs", "0"]])
def test_what_cannot_be_chosen_is_refused(capsys, flags):
    with pytest.raises(SystemExit):
        benchmark.main(flags)
    assert repr(flags[1]).strip("'") in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert benchmark.main(["--output", str(tmp_path / "file" / "b.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
