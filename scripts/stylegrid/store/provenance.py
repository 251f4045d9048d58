"""Provenance: the record embedded in a published picture, and its reader.

The history, the timings, the variant (which the file's name gives), the hash and the measures (of which one is missing
where a network is) are left out, so that equal work gives equal bytes.
"""

import json
import warnings
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from pydantic import ValidationError

from stylegrid import VERSION
from stylegrid.errors import ImageError, RecordError, explain
from stylegrid.names import spell_number
from stylegrid.pictures import decode
from stylegrid.pictures.metadata import Metadata, read_comment
from stylegrid.plan.job import Source
from stylegrid.settings.field_types import STARTS
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.store.record import Record
from stylegrid.weighted_list import WeightedList, is_plain

LEFT_OUT = {"variant", "history", "measures", "seconds", "steps_per_second", "peak_memory_mb", "picture_sha256"}


class Provenance(NamedTuple):
    """The record embedded in a picture file: its JSON, and parsed."""

    text: str
    record: Record


def describe(record: Record) -> Metadata:
    """Return the metadata of a record's picture; its settings name pictures by path."""
    contents = record.model_copy(update={"settings": _by_path(record)}).model_dump(mode="json", exclude=LEFT_OUT)
    return Metadata(
        record.title, _sentence(record), f"stylegrid {VERSION}", json.dumps(contents, separators=(",", ":"))
    )


def read(path: Path) -> Provenance:
    """Return the record embedded in a picture file, whose name gives the variant.

    Raises ImageError if the file is missing, damaged or no picture, and RecordError if it carries no record.
    """
    with decode.open_image(path) as image:
        decode.load(image, path)
        try:
            with warnings.catch_warnings(action="ignore"):
                text = read_comment(image)
        except Exception as error:  # Pillow's EXIF reader raises whatever it likes on damaged data
            raise ImageError(f"{path}: its metadata is damaged ({error}); publish the picture again") from error
    if not text.startswith("{"):
        raise RecordError(f"{path}: carries no record; only pictures that stylegrid 0.4 or later has published do")
    return Provenance(text, _parse(path, text))


def without_folders(record: Record) -> Record:
    """Return a record that names files without their folders, for a picture that leaves its machine."""
    settings = record.settings
    named = {
        "init": _names_without_folders(settings.init),
        "content_mask": _file(settings.content_mask),
        "style_mask": _names_without_folders(settings.style_mask),
    }
    contents = _paths_without_folders(record.model_dump())
    return Record.model_validate({**contents, "settings": settings.model_copy(update=named)})


def style_names(record: Record) -> str:
    """Return the names of a record's paintings, with the weights of an unequal blend."""
    equal = len({style.weight for style in record.styles}) == 1
    parts = [style.shown if equal else f"{style.shown} ({spell_number(style.weight)})" for style in record.styles]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def _sentence(record: Record) -> str:
    painter = " ".join(filter(None, ("stylegrid", record.versions.get("stylegrid"))))
    made = f"{record.content.shown} in the style of {style_names(record)}"
    weight = f"style weight {spell_number(record.settings.style_weight)}"
    sentence = f"{made}, {weight}, painted by {painter}"
    return " ".join(f"{record.title}: {sentence}".split()) if record.title else sentence


def _by_path(record: Record) -> PaintSettings:
    """Return a record's settings as flags would give them, with pictures named by path."""
    settings = record.settings
    starts = ((_path(None if name in STARTS else record.start, name), w) for name, w in settings.init.entries)
    masks = map(_path, record.style_masks, settings.style_mask.names)
    spelled = {
        "init": WeightedList.of(tuple(starts)),
        "content_mask": _path(record.content_mask, settings.content_mask),
        "style_mask": WeightedList(" + ".join(masks) or settings.style_mask),
    }
    return settings.model_copy(update=spelled)


def _path(source: Source | None, name: str) -> str:
    """Return a source's path if a setting can name it, else its name."""
    return source.path if source is not None and is_plain(source.path) else name


def _names_without_folders(names: WeightedList) -> WeightedList:
    return WeightedList.of(tuple((_file(name), weight) for name, weight in names.entries))


def _paths_without_folders(value: Any) -> Any:
    """Return what a model holds with the files alone of all fields that are called path."""
    if isinstance(value, dict):
        return {
            key: _file(each) if key == "path" and each else _paths_without_folders(each) for key, each in value.items()
        }
    return [_paths_without_folders(each) for each in value] if isinstance(value, list | tuple) else value


def _file(path: str) -> str:
    return PurePath(path).name


def _parse(path: Path, text: str) -> Record:
    try:
        contents = json.loads(text)
        return Record.model_validate({"variant": path.stem, **contents})
    except ValidationError as error:
        raise RecordError(f"{path}: what it carries is not a record ({explain(error, Record)[0]})") from error
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{path}: the record that it carries is damaged ({error})") from error
