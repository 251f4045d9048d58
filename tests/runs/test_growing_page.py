"""The page that is built while a run paints."""

import sys
import time

import pytest

from stylegrid.runs import growing_page
from stylegrid.runs.growing_page import GrowingPage

BUILDER = """
import sys, time, pathlib
results = pathlib.Path(sys.argv[sys.argv.index("--results") + 1])
assert "--growing" in sys.argv
with (results / "builds").open("a") as builds:
    builds.write("begun ")
time.sleep(float((results / "seconds").read_text()))
with (results / "builds").open("a") as builds:
    builds.write("done ")
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page whose builder notes that it was called."""
    (tmp_path / "builder.py").write_text(BUILDER)
    (tmp_path / "seconds").write_text("0")
    monkeypatch.setattr(growing_page, "PROGRAM", tmp_path / "builder.py")
    monkeypatch.setattr(growing_page, "PAUSE", 0.0)
    monkeypatch.setattr(growing_page, "SHARE", 1e9)
    growing = GrowingPage(tmp_path)
    yield growing
    growing.end()


def builds(folder):
    path = folder / "builds"
    return path.read_text().split() if path.is_file() else []


def look_until(page, folder, wanted):
    until = time.monotonic() + 60
    while builds(folder) != wanted:
        assert time.monotonic() < until, builds(folder)
        page.look([], done=False)
        time.sleep(0.05)


def test_it_is_built_after_pictures_have_come_and_not_else(page, tmp_path):
    page.look([], done=False)
    assert page._build is None
    page.look(["a"], done=False)
    look_until(page, tmp_path, ["begun", "done"])
    page.look([], done=False)
    page.look(["b"], done=False)
    look_until(page, tmp_path, ["begun", "done", "begun", "done"])


def test_one_build_goes_on_at_a_time_and_ends_when_all_is_painted(page, tmp_path):
    (tmp_path / "seconds").write_text("600")
    page.look(["a"], done=False)
    look_until(page, tmp_path, ["begun"])
    first = page._build
    page.look(["b"], done=False)
    assert page._build is first
    page.look(["c"], done=True)
    assert page._build is None
    assert first.returncode is not None
    assert builds(tmp_path) == ["begun"]


def test_builds_take_a_small_share_of_the_time(page, monkeypatch):
    monkeypatch.setattr(growing_page, "SHARE", 1e-6)
    page.look(["a"], done=False)
    page._build.wait()
    page.look(["b"], done=False)
    page.look(["c"], done=False)
    assert page._build is None
    assert sys.executable
