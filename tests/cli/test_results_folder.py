"""Which results folder a program means: that of --results, or the config's."""

import json
from pathlib import Path

import pytest

import collect_losses
import report
import status
import verify
from stylegrid.cli.report_arguments import parse_report, report_parser

PROGRAMS = {"status": status, "verify": verify, "collect_losses": collect_losses, "report": report}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(**configs):
    for name, config in configs.items():
        Path(f"{name}.yaml").write_text(json.dumps(config))


def means(*flags):
    return str(parse_report(report_parser(""), flags).results)


def test_a_folder_is_that_of_the_flag_then_the_configs_then_the_default():
    assert means() == "results"
    write(config={"results": "base"}, mine={"results": "mine"}, other={"sheets": {"cells": 5}})
    assert means() == "base"
    assert means("--configfile", "mine.yaml", "other.yaml") == "mine"
    assert means("--configfile", "other.yaml") == "base"
    assert means("--results", "flag", "--configfile", "mine.yaml") == "flag"


def test_a_flag_needs_no_config():
    Path("config.yaml").write_text("results: [")
    assert means("--results", "flag") == "flag"


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_looks_into_the_folder_that_a_config_names(name, capsys):
    write(config={"results": "base"}, mine={"results": "mine"})
    assert PROGRAMS[name].main(["--configfile", "mine.yaml"]) == 1
    assert "error: mine/plan/" in capsys.readouterr().err


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_wrong_config_is_an_error(name, capsys):
    Path("config.yaml").write_text("results: 5")
    assert PROGRAMS[name].main([]) == 1
    assert capsys.readouterr().err.startswith("error: config.results: must be a path, found 5")


def test_time_left_is_told_by_the_calibration_that_a_config_names(monkeypatch):
    asked = []
    monkeypatch.setattr(status, "read_status", lambda *args: asked.append(args) or 1 / 0)
    write(config={"results": "base", "painting": {"calibration": "node.json"}})
    for flags in ([], ["--calibration", "flag.json"], ["--results", "flag"]):
        with pytest.raises(ZeroDivisionError):
            status.main(flags)
    assert [(str(folder), str(file)) for folder, _, file, _ in asked] == [
        ("base", "node.json"),
        ("base", "flag.json"),
        ("flag", "None"),
    ]
