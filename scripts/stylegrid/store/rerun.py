"""The command that reproduces a picture from its record, and what has changed since."""

from pathlib import Path

from stylegrid import files
from stylegrid.names import spell_number
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import RECIPE, Source
from stylegrid.plan.titles import escape_title
from stylegrid.settings import presets
from stylegrid.settings.compatibility import unused_settings
from stylegrid.store.record import Record, versions
from stylegrid.weighted_list import WeightedList, is_plain


def output_path(picture: Path, record: Record) -> Path:
    """Return the path of the reproduced picture, beside the original."""
    return picture.with_name(f"{picture.stem}.again{SUFFIXES[record.settings.format]}")


def flags(record: Record, output: Path) -> list[str]:
    """Return the flags of stylize.py that reproduce a record's picture.

    They hold the settings that differ from the preset of today. Raises ConfigError if it is gone.
    """
    style = WeightedList.of(tuple((style.path, style.weight) for style in record.styles))
    named = {"content": record.content.path, "style": style, "weights": _weights(record), "output": str(output)}
    titled = {"title": escape_title(record.title)} if record.title else {}
    settings = presets.different(record.painted_settings)
    without_effect = unused_settings(record.painted_settings, len(record.styles), any(record.style_masks))
    unused = without_effect.keys() & settings.keys() - {"seed"}
    given = named | titled | {"preset": record.settings.preset} | settings
    found = [part for name, value in given.items() for part in _flag(name, value)]
    return [*found, "--keep-idle"] if unused else found


def notes(record: Record) -> list[str]:
    """Return a sentence for each reason why the picture would differ if it were reproduced here."""
    found = [_change(source.path, source.sha256) for source in record.inputs]
    if record.backbone and record.backbone.path:
        found.append(_change(record.backbone.path, record.backbone.sha256))
    found += [_unnameable(source.path) for source in _named(record)]
    if record.recipe != RECIPE:
        found.append(f"painted by recipe {record.recipe}, and here is {RECIPE}: the picture will differ")
    return [*dict.fromkeys(filter(None, found)), *_other_versions(record)]


def _weights(record: Record) -> str:
    if record.backbone is None:
        return "auto"
    return record.backbone.path or record.backbone.name


def _flag(name: str, value: object) -> list[str]:
    flag = f"--{name.replace('_', '-')}"
    text = spell_number(value) if isinstance(value, float) else str(value)
    return [f"{flag}={text}"] if text.startswith("-") else [flag, text]


def _change(path: str, sha256: str) -> str:
    try:
        same = files.sha256(Path(path)) == sha256
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); paths are those of the folder it was painted from"
    return "" if same else f"{path}: has changed since: the picture will differ"


def _named(record: Record) -> list[Source]:
    """Return the inputs that are named in weighted lists of the command."""
    blend = record.styles if len(record.styles) > 1 else ()
    return [source for source in (*blend, record.start, record.content_mask, *record.style_masks) if source is not None]


def _unnameable(path: str) -> str:
    return "" if is_plain(path) else f"{path}: no flag can name it; rename it, and write its name into the command"


def _other_versions(record: Record) -> list[str]:
    here = versions()
    found = [f"{name} {old}, here {here.get(name, 'none')}" for name, old in record.versions.items()]
    others = [
        text for text, name in zip(found, record.versions, strict=True) if here.get(name) != record.versions[name]
    ]
    return [f"painted with {'; '.join(others)}: bytes will differ, and pixels may"] if others else []
