"""Functions and modules stay short."""

import ast

import pytest
from conftest import REPOSITORY

LONGEST_FUNCTION, LONGEST_MODULE, LONGEST_PAGE = 40, 250, 1400
FILES = sorted((REPOSITORY / "scripts").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY / "scripts")))
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    assert {node.name for node in functions if node.end_lineno - node.lineno >= LONGEST_FUNCTION} == set()
    assert text.count("\n") <= LONGEST_MODULE


def test_the_gallery_page_s_own_scripts_and_styles_are_short():
    folder = REPOSITORY / "scripts" / "stylegrid" / "reports" / "gallery" / "page"
    parts = [path for path in folder.iterdir() if path.suffix in (".js", ".css")]
    assert parts and sum(path.read_text(encoding="utf-8").count("\n") for path in parts) <= LONGEST_PAGE
