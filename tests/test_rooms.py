"""Imports between rooms go one way, and TensorFlow stays in those that compute with it."""

import ast
from pathlib import Path

import pytest
from conftest import REPOSITORY

LIBRARY = REPOSITORY / "scripts" / "stylegrid"
ROOMS = (
    ("",),
    ("pictures",),
    ("vgg",),
    ("fast",),
    ("settings",),
    ("plan",),
    ("method",),
    ("store",),
    ("painting",),
    ("reports",),
    ("runs",),
    ("doctor",),
    ("bench", "cli", "manual", "sample_art"),
)
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
COMPUTING = {"vgg", "fast", "method", "painting", "doctor", "bench"}


def room_of(module: str) -> str:
    """Return the room of a dotted name below `stylegrid`; "" for the ground floor."""
    first = module.removeprefix("stylegrid").lstrip(".").split(".")[0]
    return first if first in LEVEL else ""


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def here(path: Path) -> str:
    """Return the dotted name of a module's file."""
    return ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts)


MODULES = sorted(LIBRARY.rglob("*.py"))


def test_every_folder_is_a_room():
    assert {path.name for path in LIBRARY.iterdir() if (path / "__init__.py").exists()} == set(LEVEL) - {""}


def climbing(path: Path) -> list[str]:
    """Return the imports of a file that reach a room above its own, or beside it."""
    room = room_of(here(path))
    others = {name: room_of(name) for name in imports_of(path) if name.startswith("stylegrid")}
    return [name for name, other in others.items() if other != room and LEVEL[other] >= LEVEL[room]]


@pytest.mark.parametrize("path", MODULES, ids=here)
def test_imports_only_reach_down(path):
    assert climbing(path) == []


def test_an_import_that_climbs_is_found(tmp_path, monkeypatch):
    file = tmp_path / "stylegrid" / "plan" / "job.py"
    file.parent.mkdir(parents=True)
    file.write_text("def later():\n    from stylegrid.reports import table\n    from stylegrid.errors import suggest\n")
    monkeypatch.setattr(f"{__name__}.LIBRARY", tmp_path / "stylegrid")
    assert climbing(file) == ["stylegrid.reports.table"]


def rooms_importing(*packages: str) -> set[str]:
    """Return the rooms that import any of these packages, wherever in a module."""
    return {room_of(here(path)) for path in MODULES if {name.split(".")[0] for name in imports_of(path)} & {*packages}}


def test_tensorflow_is_imported_only_where_tensors_are_computed():
    assert rooms_importing("tensorflow", "keras") <= COMPUTING


def test_pandas_is_imported_only_where_tables_are_made():
    assert rooms_importing("pandas") <= {"plan", "reports", "runs", "bench"}
