"""What the gallery page is told of each combination: a short row at once, and the rest when it is opened."""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from stylegrid import presets
from stylegrid.formats import SUFFIXES
from stylegrid.job import Job
from stylegrid.paint_settings import PaintSettings
from stylegrid.paths import record_path
from stylegrid.record import LossRecord, Record
from stylegrid.results import Finding
from stylegrid.thumbnails import WHOLE, thumbnail_key, thumbnail_path

SHOWN_BY_BROWSERS = frozenset(SUFFIXES.values()) - {SUFFIXES["tiff"]}
FIGURES = 5  # that count of a loss; no plot or table shows more


def short_row(finding: Finding, gallery: Path) -> dict[str, Any]:
    """Return what the page lists, filters and sorts by; paths are relative to the `gallery` folder."""
    job = finding.combination.job
    return {
        "name": job.name,
        "content": job.content.name,
        "style": job.style,
        "variant": job.variant,
        "preset": job.settings.preset,
        "weight": job.settings.style_weight,
        "outcome": finding.outcome,
        **_words(finding),
        **_painted(finding, gallery),
    }


def detail(record: Record) -> dict[str, Any]:
    """Return everything else that a record says; its history as lists of step, scale and the four losses."""
    settings = record.settings.model_dump()
    return {
        "settings": settings,
        "changed": sorted(changed_settings(record.settings)),
        "style_by_layer": record.style_by_layer,
        "history": [[entry.step, entry.scale, *_losses(entry)] for entry in record.history],
        "inputs": [[source.path, source.sha256] for source in _inputs(record)],
        "backbone": f"{record.backbone.name} {record.backbone.sha256[:12]}" if record.backbone else "",
        **{name: getattr(record, name) for name in ("recipe", "peak_memory_mb", "device", "precision", "versions")},
    }


def changed_settings(settings: PaintSettings) -> set[str]:
    """Return the names of the settings that aren't the preset's."""
    usual = _preset(settings.preset)
    return {name for name, value in settings.model_dump().items() if value != usual[name]}


def head(job: Job) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the page says of a combination's photograph, and of its painting or blend."""
    content = job.content.model_dump()
    parts = [
        {"name": part.name, "weight": part.weight, "sha256": part.sha256, "path": part.path} for part in job.styles
    ]
    return content, {"name": job.style, "parts": parts}


def to_script(call: str, value: object) -> str:
    """Return a script that hands a value to the page: a page from disk may load scripts, but no data."""
    return f"{call}{json.dumps(value, ensure_ascii=True, separators=(',', ':'))}"


@cache
def _preset(name: str) -> Mapping[str, Any]:
    return presets.resolve({"preset": name}).model_dump()


def _words(finding: Finding) -> dict[str, str]:
    """Return the texts that there are."""
    words = {"title": finding.combination.title, "notes": finding.combination.notes, "message": finding.message}
    return {name: text for name, text in words.items() if text}


def _painted(finding: Finding, gallery: Path) -> dict[str, Any]:
    record, picture = finding.record, finding.picture
    if record is None or picture is None or record.picture_sha256 is None:
        return {}
    row = {
        "picture": os.path.relpath(picture, gallery),
        "record": os.path.relpath(record_path(picture), gallery),
        "thumbnail": thumbnail_key(record.picture_sha256),
        **{name: getattr(record, name) for name in ("width", "height", "steps", "seconds")},
    }
    if record.losses:
        row["losses"] = _losses(record.losses)
    if picture.suffix not in SHOWN_BY_BROWSERS:
        row["view"] = str(thumbnail_path(Path("thumbnails"), record.picture_sha256, WHOLE))
    return row


def _losses(losses: LossRecord) -> list[float]:
    return [float(f"{value:.{FIGURES}g}") for value in (losses.content, losses.style, losses.tv, losses.total)]


def _inputs(record: Record) -> list[Any]:
    others = (record.start, record.content_mask, *record.style_masks)
    return [record.content, *record.styles, *(source for source in others if source is not None)]
