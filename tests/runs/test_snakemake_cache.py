"""A home that can't be written ends a run in a sentence, and planning not at all."""

import os
import subprocess
import sys

import pytest
from conftest import REPOSITORY

from stylegrid.errors import ConfigError
from stylegrid.runs import snakemake_cache


@pytest.fixture
def homeless(tmp_path):
    """Return a function that runs a program of the checkout where the user has no folder that can be written."""
    (tmp_path / "home").write_text("a file")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}

    def run(name, *flags):
        command = [sys.executable, str(REPOSITORY / "scripts" / name), *flags]
        given = {**environment, "HOME": str(tmp_path / "home")}
        return subprocess.run(command, cwd=REPOSITORY, env=given, capture_output=True, text=True)

    return run


def test_a_cache_that_can_be_written_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "new"))
    snakemake_cache.require_cache()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigError, match="set XDG_CACHE_HOME"):
        snakemake_cache.require_cache()


def test_a_run_ends_with_a_sentence_before_snakemake(homeless):
    done = homeless("recover.py", "--cores", "1", "--dry-run")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("error: Snakemake's cache: ") and "XDG_CACHE_HOME" in done.stderr


def test_planning_goes_on_without_a_calibration(homeless):
    note = homeless("calibrate.py", "--if-missing")
    assert (note.returncode, note.stderr.count("\n")) == (0, 1)
    assert note.stderr.startswith("note: ") and "XDG_CACHE_HOME" in note.stderr
    assert homeless("calibrate.py").returncode == 1
    plan = homeless("plan.py")
    assert plan.returncode == 0 and "no faults" in plan.stderr
