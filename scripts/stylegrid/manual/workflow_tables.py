"""The Makefile's targets, the workflow's rules and the library's modules, as tables."""

import re
from collections.abc import Iterable
from pathlib import Path

from stylegrid import CHECKOUT
from stylegrid.manual.markdown import table
from stylegrid.manual.sources import docstring, rule_files

LIBRARY = CHECKOUT / "scripts" / "stylegrid"


def targets() -> str:
    """The Makefile's targets, as `make help` lists them."""
    found = re.findall(r"^([\w-]+):.*?## (.+)$", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return table(("command", "what it does"), ((f"`make {name}`", words) for name, words in found))


def rules() -> str:
    """The workflow's rules: what each does, and the program that does it."""
    found = re.findall(r'^ *rule (\w+):\n +"""(.*?)"""(.*?)(?=^ *rule |\Z)', rule_files(), re.DOTALL | re.MULTILINE)
    calls = ((name, words, re.search(r"/(\w+\.py)", body)) for name, words, body in found)
    return table(
        ("rule", "what it does", "program"),
        ((f"`{name}`", " ".join(words.split()), call and f"`scripts/{call[1]}`") for name, words, call in calls),
    )


def modules() -> str:
    """Every room, lowest first, with its modules and the first line of each."""
    listed = re.findall(r"^    ([a-z_]+(?:, [a-z_]+)*)(?:  |$)", docstring(LIBRARY / "__init__.py"), re.MULTILINE)
    rooms = [name for names in listed for name in names.split(", ") if (LIBRARY / name).is_dir()]
    ground = f"### Ground floor\n\n{_module_table(LIBRARY.glob('*.py'))}"
    return "\n\n".join([ground, *(_room(LIBRARY / name) for name in rooms)])


def _room(folder: Path) -> str:
    return f"### {folder.name}\n\n{docstring(folder / '__init__.py')}\n\n{_module_table(folder.rglob('*.py'))}"


def _module_table(paths: Iterable[Path]) -> str:
    rows = (
        (f"`{path.relative_to(LIBRARY)}`", docstring(path).splitlines()[0])
        for path in sorted(paths)
        if path.name != "__init__.py"
    )
    return table(("module", "what it holds"), rows)
