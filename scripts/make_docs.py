"""Write the generated parts of the pages in docs/: settings, config keys, recipes, programs, targets, rules, modules.

A part stands between the lines `<!-- generated: NAME -->` and `<!-- end -->`; everything else is written by hand.
"""

import argparse
import ast
import contextlib
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args
from unittest import mock

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from stylegrid import CHECKOUT, files
from stylegrid.cli.entry_point import entry_point
from stylegrid.errors import ConfigError
from stylegrid.names import spell_number
from stylegrid.settings import config, presets
from stylegrid.settings.paint_settings import PaintSettings

DOCS = CHECKOUT / "docs"
SCRIPTS = CHECKOUT / "scripts"
PART = re.compile(r"^(<!-- generated: (\w+) -->\n).*?^(?=<!-- end -->)", re.DOTALL | re.MULTILINE)


@entry_point
def main(argv: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(argv)
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if text != (current := page(text)):
            files.write_text(path, current)
            print(path.relative_to(CHECKOUT))


def page(text: str) -> str:
    """A page's text with every generated part current; ConfigError for a part that nothing generates."""

    def part(found: re.Match) -> str:
        if found[2] not in PARTS:
            raise ConfigError(f"docs: no part {found[2]!r}; the parts are {', '.join(PARTS)}")
        return f"{found[1]}\n{PARTS[found[2]]()}\n\n"

    return PART.sub(part, text)


def settings() -> str:
    """The settings of a picture: a table for each group of the class body."""
    house = presets.resolve({})
    return "\n\n".join(
        f"### {title}\n\n"
        + _table(
            ("setting", "what it is", "values", "house recipe"),
            (
                (f"`{name}`", field.description, _values(field), _code(getattr(house, name)))
                for name, field in fields.items()
            ),
        )
        for title, fields in setting_groups().items()
    )


def setting_groups() -> dict[str, dict[str, FieldInfo]]:
    """The fields of PaintSettings under the comments that head them in its source; the first has none."""
    source = (SCRIPTS / "stylegrid" / "settings" / "paint_settings.py").read_text(encoding="utf-8")
    groups: dict[str, dict[str, FieldInfo]] = {}
    title = "The recipe"
    for line in source.partition("class PaintSettings")[2].splitlines():
        if heading := re.fullmatch(r"    # (.+)\.", line):
            title = heading[1]
        elif (name := line.strip().partition(":")[0]) in PaintSettings.model_fields and line.startswith(f"    {name}:"):
            groups.setdefault(title, {})[name] = PaintSettings.model_fields[name]
    return groups


def config_keys() -> str:
    """The keys of the config: a table of those at the top, and one for each section."""
    shipped = yaml.safe_load((CHECKOUT / "config.yaml").read_text(encoding="utf-8"))
    fields = config.Settings.model_fields
    models = {name: field.annotation for name, field in fields.items()}
    sections = {name: model for name, model in models.items() if isinstance(shipped[name], dict) and name != "stylize"}
    top = {name: field for name, field in fields.items() if name not in sections}
    tables = [_keys(top, {**shipped, "stylize": ""})]
    for name, model in sections.items():
        assert isinstance(model, type) and issubclass(model, BaseModel)
        tables.append(f"### `{name}`\n\n{_keys(model.model_fields, shipped[name])}")
    return "\n\n".join(tables)


def _keys(fields: Mapping[str, FieldInfo], shipped: Mapping[str, object]) -> str:
    rows = ((f"`{name}`", field.description, _values(field), _code(shipped[name])) for name, field in fields.items())
    return _table(("key", "what it is", "values", "default"), rows)


def recipes() -> str:
    """All presets: a table, then where each departs from its source."""
    names = presets.preset_names()
    columns = ("preset", "weights: content, style, total variation", "start", "optimizer", "steps")
    rows = ((f"[`{name}`](#{name})", *_recipe(presets.resolve({"preset": name}))) for name in names)
    return "\n\n".join([_table(columns, rows), *map(_origin, names)])


def _recipe(recipe: PaintSettings) -> tuple[str, ...]:
    weights = (recipe.content_weight, recipe.style_weight, recipe.tv_weight)
    return ", ".join(map(spell_number, weights)), recipe.init, recipe.optimizer, str(recipe.steps)


def _origin(name: str) -> str:
    preset = presets.load_preset(name)
    departures = "\n".join(f"- {' '.join(departure.split())}" for departure in preset.departures)
    return f"### {name}\n\n{preset.title}.\n\nSource: {preset.source}.\n\n{departures}"


def programs() -> str:
    """Every program with its flags: those that people call, then those that only rules call."""
    paths = sorted(SCRIPTS.glob("*.py"))
    inner = [path for path in paths if f"/{path.name}" in _rule_files()]
    outer = [path for path in paths if path not in inner]
    parts = ["## For people", *map(_program, outer), "## Called by the rules", *map(_program, inner)]
    return "\n\n".join(parts)


def _program(path: Path) -> str:
    flags = "\n".join(_flags(parser_of(path.stem)))
    return f"### {path.name}\n\n{_docstring(path)}\n\n{flags}".strip()


def parser_of(program: str) -> argparse.ArgumentParser:
    """The parser that a program makes: what it first parses its arguments with."""
    made: list[argparse.ArgumentParser] = []

    class Made(BaseException):
        pass

    def keep(parser: argparse.ArgumentParser, *_: object) -> None:
        made.append(parser)
        raise Made

    main = importlib.import_module(program).main
    with mock.patch.object(argparse.ArgumentParser, "parse_known_args", keep), contextlib.suppress(Made):
        main([])  # parse_args calls it
    return made[0]


def _flags(parser: argparse.ArgumentParser) -> Iterator[str]:
    """A line for each flag but --help; settings, which all programs take alike, have a page of their own."""
    for group in parser._action_groups:  # argparse has no public way to ask
        if (group.title or "").startswith("settings"):
            yield "- one flag for each [setting](settings.md#settings-of-a-picture), such as `--style-weight 100`"
            continue
        for action in group._group_actions:
            if not isinstance(action, argparse._HelpAction):
                yield f"- {_flag(action)}: {(action.help or '') % vars(action)}"


def _flag(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper()
    if action.choices:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"`{value}`"
    return f"`{action.option_strings[-1]}{'' if action.nargs == 0 else f' {value}'}`"


def targets() -> str:
    """The Makefile's targets, as `make help` lists them."""
    found = re.findall(r"^([\w-]+):.*?## (.+)$", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return _table(("command", "what it does"), ((f"`make {name}`", words) for name, words in found))


def rules() -> str:
    """The workflow's rules: what each does, and the program that does it."""
    found = re.findall(r'^ *rule (\w+):\n +"""(.*?)"""(.*?)(?=^ *rule |\Z)', _rule_files(), re.DOTALL | re.MULTILINE)
    calls = ((name, words, re.search(r"/(\w+\.py)", body)) for name, words, body in found)
    return _table(
        ("rule", "what it does", "program"),
        ((f"`{name}`", " ".join(words.split()), call and f"`scripts/{call[1]}`") for name, words, call in calls),
    )


def _rule_files() -> str:
    paths = [CHECKOUT / "Snakefile", *sorted((CHECKOUT / "workflow").rglob("*.smk"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def modules() -> str:
    """Every room, lowest first, with its modules and the first line of each."""
    package = SCRIPTS / "stylegrid"
    listed = re.findall(r"^    ([a-z_]+(?:, [a-z_]+)*)(?:  |$)", _docstring(package / "__init__.py"), re.MULTILINE)
    rooms = [name for names in listed for name in names.split(", ") if (package / name).is_dir()]
    ground = f"### Ground floor\n\n{_module_table(package.glob('*.py'))}"
    return "\n\n".join([ground, *(_room(package / name) for name in rooms)])


def _room(folder: Path) -> str:
    return f"### {folder.name}\n\n{_docstring(folder / '__init__.py')}\n\n{_module_table(folder.rglob('*.py'))}"


def _module_table(paths: Iterable[Path]) -> str:
    rows = (
        (f"`{path.relative_to(SCRIPTS / 'stylegrid')}`", _docstring(path).splitlines()[0])
        for path in sorted(paths)
        if path.name != "__init__.py"
    )
    return _table(("module", "what it holds"), rows)


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _values(field: FieldInfo) -> str:
    """What a field may be: its words, or its range; nothing where only its description can say."""
    words = [f"`{word}`" for word in _words(field.annotation)]
    if words:
        return ", ".join([*words, *(["a number"] if int in get_args(field.annotation) else [])])
    low = _bound(field, ge="{}", gt="above {}")
    high = _bound(field, le="{}", lt="below {}")
    return f"{low} to {high}" if low and high else f"{low} or more" if low else ""


def _bound(field: FieldInfo, **kinds: str) -> str:
    """One end of a field's range, as the kind of limit that it has says it."""
    found = [
        words.format(_spell(getattr(limit, kind)))
        for limit in field.metadata
        for kind, words in kinds.items()
        if hasattr(limit, kind)
    ]
    return found[0] if found else ""


def _words(annotation: Any) -> list[str]:
    """The words that an annotation allows, those of its parts among them."""
    return [word for part in get_args(annotation) for word in ([part] if isinstance(part, str) else _words(part))]


def _spell(value: object) -> str:
    return spell_number(value) if isinstance(value, float) else str(value)


def _code(value: object) -> str:
    return "" if value == "" else f"`{_spell(value)}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    lines = [f"| {' | '.join((cell or '').replace('|', chr(92) + '|') for cell in row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


PARTS: dict[str, Callable[[], str]] = {
    "settings": settings,
    "config": config_keys,
    "recipes": recipes,
    "programs": programs,
    "targets": targets,
    "rules": rules,
    "modules": modules,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
