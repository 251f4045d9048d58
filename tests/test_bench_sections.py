"""Every section runs, small, and the program writes what it finds."""

import importlib.util

import fake_report
import numpy as np
import pytest

import benchmark
from bench import machine, sections
from bench.report import Findings, read_report
from bench.sections import SECTIONS, Setup


@pytest.fixture
def tiny(monkeypatch, weights_file, one_torch_thread):
    """Sections as small as they go, and no untrained weights but those at hand."""
    monkeypatch.setattr(sections, "pictures", lambda size: pictures((32, 32)))
    monkeypatch.setattr(machine, "SIZES", (16,))
    monkeypatch.setattr("stylegrid.weights.UNTRAINED_FILE", weights_file.name)
    return Setup(True, weights_file.parent)


pictures = sections.pictures


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_finds_something(tiny, name):
    found = SECTIONS[name](tiny)
    assert found.rows
    assert all(row.figure is not None and row.figure > 0 for row in found.rows if row.note != "not installed")


def test_pytorch_that_is_not_installed_is_said(tiny, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    found = SECTIONS["step"](tiny)
    assert list(found.timings) == ["TensorFlow's tutorial"]
    assert (found.rows[-1].figure, found.rows[-1].note) == (None, "not installed")


def test_taking_steps_returns_the_picture_after_them():
    class Counter:
        taken = 0

        def step(self):
            self.taken += 1

        def picture(self):
            return np.full((1, 1, 1, 3), self.taken)

    assert (sections.take_steps(Counter(), 4) == 4).all()


@pytest.fixture
def faked(monkeypatch):
    """The program with two sections that take no time."""
    curves = Findings(curves=fake_report.curves())
    monkeypatch.setattr(benchmark.machine, "describe", lambda: fake_report.MACHINE)
    monkeypatch.setitem(SECTIONS, "step", lambda setup: Findings(rows=fake_report.report().rows))
    monkeypatch.setitem(SECTIONS, "machine", lambda setup: curves)


def test_the_program_prints_a_table_and_writes_json_and_curves(faked, tmp_path, capsys):
    output = tmp_path / "out" / "benchmark.json"
    assert benchmark.main(["--output", str(output)]) == 0
    assert read_report(output).rows == fake_report.report().rows
    assert output.with_suffix(".svg").read_bytes().startswith(b"<?xml")
    shown = capsys.readouterr()
    assert "MISSED" in shown.out
    assert shown.err.splitlines() == ["measuring: machine", "measuring: step"]


def test_sections_can_be_chosen(faked, tmp_path, capsys):
    output = tmp_path / "benchmark.json"
    assert benchmark.main(["--output", str(output), "--only", "step", "--quick"]) == 0
    assert not output.with_suffix(".svg").exists()
    assert "measuring: machine" not in capsys.readouterr().err


def test_an_unknown_section_is_refused(capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["--only", "speed"])
    assert "'speed'" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert benchmark.main(["--output", str(tmp_path / "file" / "b.json")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
