"""What the gallery page is told of each combination: a short row at once, and the rest when it is opened."""

import json
import os
from pathlib import Path
from typing import Any

from stylegrid.pictures.formats import SUFFIXES
from stylegrid.settings import presets
from stylegrid.store import films
from stylegrid.store.findings import Finding
from stylegrid.store.layout import film_path, find_record
from stylegrid.store.record import BackboneRecord, LossRecord, MeasuresRecord, Record
from stylegrid.vgg.weights.labels import label

SHOWN_BY_BROWSERS = frozenset(SUFFIXES.values()) - {SUFFIXES["tiff"]}
FIGURES = 5  # that count of a loss or measure; no plot or table shows more
MEASURES = tuple(MeasuresRecord.model_fields)


def short_row(finding: Finding) -> dict[str, Any]:
    """Return the values of a combination, painted or not, that the page lists, filters and sorts by."""
    job, words = finding.combination.job, finding.combination
    texts = {"title": words.title, "notes": words.notes, "message": finding.message}
    return {
        "name": job.name,
        "content": job.content.name,
        "style": job.style,
        "variant": job.variant,
        "preset": job.settings.preset,
        "outcome": finding.outcome,
        **{name: text for name, text in texts.items() if text},
    }


def painted_row(picture: Path, record: Record, gallery: Path) -> dict[str, Any]:
    """Return the further values of a picture; paths are relative to `gallery`, the folder of the page."""
    return {
        "picture": _link(picture, gallery),
        "record": _link(find_record(picture), gallery),
        **({"losses": _losses(record.losses)} if record.losses else {}),
        **({"measures": _measures(record.measures)} if record.measures else {}),
        **{name: getattr(record, name) for name in ("steps", "seconds")},
    }


def detail(record: Record) -> dict[str, Any]:
    """Return everything else that a record says; its history as lists of step, scale and the four losses."""
    return {
        "settings": record.settings.model_dump(),
        "changed": sorted(presets.different(record.settings)),
        "style_by_layer": record.style_by_layer,
        "history": [[entry.step, entry.scale, *_losses(entry)] for entry in record.history],
        "inputs": [[source.path, source.sha256] for source in record.inputs],
        "backbone": _network(record.backbone) if record.backbone else "",
        **{name: getattr(record, name) for name in ("recipe", "peak_memory_mb", "device", "precision", "versions")},
    }


def beside(results: Path, name: str, picture: Path, record: Record, gallery: Path) -> dict[str, Any]:
    """Return links to what lies beside a picture, as far as it does: films of it, its film strip, its snapshots.

    Films are their WebP, and MP4 if there is one; snapshots have the steps after which they were taken.
    """
    found = {
        "films": [_film(path, gallery) for path in films.films_of(results, name, record.picture_sha256)],
        "strip": _link(film_path(picture), gallery) if film_path(picture).is_file() else "",
        "snapshots": [[int(path.stem), _link(path, gallery)] for path in films.snapshots(picture)],
    }
    return {kind: links for kind, links in found.items() if links}


def _film(path: Path, gallery: Path) -> dict[str, str]:
    mp4 = path.with_suffix(films.MP4)
    return {"of": path.stem, "webp": _link(path, gallery), **({"mp4": _link(mp4, gallery)} if mp4.is_file() else {})}


def _network(backbone: BackboneRecord) -> str:
    return f"{label(backbone.name, backbone.path)} {backbone.sha256[:12]}"


def to_script(value: object) -> str:
    """Return a value as a script's text, all ASCII; pages from disk may load scripts, but no data."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _link(path: Path, gallery: Path) -> str:
    return Path(os.path.relpath(path, gallery)).as_posix()


def _losses(losses: LossRecord) -> list[float]:
    return [_rounded(value) for value in (losses.content, losses.style, losses.tv, losses.total)]


def _measures(measures: MeasuresRecord) -> list[float | None]:
    return [None if value is None else _rounded(value) for _, value in measures]


def _rounded(value: float) -> float:
    return float(f"{value:.{FIGURES}g}")
