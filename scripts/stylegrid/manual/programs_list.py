"""The programs in `scripts/` with their flags."""

import argparse
import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from stylegrid import CHECKOUT
from stylegrid.manual.sources import docstring, rule_files


def programs() -> str:
    """Every program with its flags: those that people call, then those that only rules call."""
    paths = sorted((CHECKOUT / "scripts").glob("*.py"))
    inner = [path for path in paths if f"/{path.name}" in rule_files()]
    outer = [path for path in paths if path not in inner]
    parts = ["## For people", *map(_program, outer), "## Called by the rules", *map(_program, inner)]
    return "\n\n".join(parts)


def _program(path: Path) -> str:
    flags = "\n".join(_flags(parser_of(path.stem)))
    return f"### {path.name}\n\n{docstring(path)}\n\n{flags}".strip()


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
