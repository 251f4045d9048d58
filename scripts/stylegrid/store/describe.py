"""A record as lines of text."""

from collections.abc import Iterable, Iterator

from stylegrid.errors import ConfigError
from stylegrid.names import spell_number
from stylegrid.settings import presets
from stylegrid.store import provenance
from stylegrid.store.record import Record
from stylegrid.text import plain

Entries = list[tuple[str, str]]


def describe_record(record: Record, every: bool = False) -> list[str]:
    """Return a record as lines of text; `every` adds the settings that are as in its preset."""
    title, different, others = _settings(record)
    inputs = [(role, f"{source.path}  {source.sha256}") for role, source in record.roles]
    return [
        *_lines(_about(record)),
        *_group("losses, unweighted but for the total", _losses(record)),
        *_group("style loss by layer", _numbers(record.style_by_layer.items())),
        *_group(title, different),
        *_group("all other settings", others if every else []),
        *_group("inputs, with their SHA-256", inputs),
        *_group("made with", _means(record)),
    ]


def _about(record: Record) -> Entries:
    found = [("title", record.title)] if record.title else []
    found += [("content", record.content.shown), ("style", provenance.style_names(record))]
    found.append(("outcome", f"{record.outcome}: {record.message}"))
    found += [("colours", "painted in greys, as its paintings are grey")] if record.colours == "grey" else []
    return [*found, ("size", f"{record.width}x{record.height} pixels, as {record.settings.format}")]


def _losses(record: Record) -> Entries:
    if record.losses:
        return _numbers(record.losses)
    return [("none", record.message if record.settings.method == "fast" else "they were not finite")]


def _settings(record: Record) -> tuple[str, Entries, Entries]:
    """Return a heading, the settings that differ from the preset, and the others; all differ from an unknown preset."""
    name = record.settings.preset
    try:
        different = presets.different(record.painted_settings)
    except ConfigError:
        return f"settings; there is no preset {name} here", _spelled(record.settings), []
    others = [(key, value) for key, value in record.settings if key not in different]
    heading = f"settings that differ from the preset {name}" if different else f"settings are all of the preset {name}"
    return heading, _spelled(different.items()), _spelled(others)


def _means(record: Record) -> Entries:
    backbone = record.backbone
    path = f"  {backbone.path}" if backbone and backbone.path else ""
    found = [("backbone", f"{backbone.name}{path}  {backbone.sha256}")] if backbone else []
    found.append(("versions", ", ".join(f"{name} {version}" for name, version in record.versions.items())))
    return [*found, ("device", f"{record.device} in {record.precision}"), ("recipe", str(record.recipe))]


def _numbers(entries: Iterable[tuple[str, float]]) -> Entries:
    return [(name, f"{value:.6g}") for name, value in entries]


def _spelled(entries: Iterable[tuple[str, object]]) -> Entries:
    return [(name, spell_number(value) if isinstance(value, float) else str(value)) for name, value in entries]


def _group(heading: str, entries: Entries) -> Iterator[str]:
    if entries or heading.startswith("settings"):
        yield f"  {heading}"
        yield from _lines(entries, "    ")


def _lines(entries: Entries, margin: str = "  ") -> Iterator[str]:
    width = max((len(name) for name, _ in entries), default=0)
    for name, text in entries:
        yield plain(f"{margin}{name:{width}}  {text}")
