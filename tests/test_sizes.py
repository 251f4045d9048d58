"""Functions and modules stay short."""

import ast

import pytest
from conftest import REPOSITORY

LONGEST_FUNCTION, LONGEST_MODULE = 40, 250
FILES = sorted((REPOSITORY / "scripts").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY / "scripts")))
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    assert {node.name for node in functions if node.end_lineno - node.lineno >= LONGEST_FUNCTION} == set()
    assert text.count("\n") <= LONGEST_MODULE
