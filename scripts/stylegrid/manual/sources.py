"""Source files of this repository, read for what they say of themselves."""

import ast
from pathlib import Path

from stylegrid import CHECKOUT


def docstring(path: Path) -> str:
    """The docstring of a module, which is not imported."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def rule_files() -> str:
    """All text of the workflow."""
    paths = [CHECKOUT / "Snakefile", *sorted((CHECKOUT / "workflow").rglob("*.smk"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
