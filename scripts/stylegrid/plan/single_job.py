"""The job of one picture without a manifest, from paths."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stylegrid.errors import ConfigError, ImageError
from stylegrid.names import safe_name
from stylegrid.pictures import images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import Job, Source, Sources, StyleSource
from stylegrid.plan.titles import expand_title
from stylegrid.settings import presets
from stylegrid.weighted_list import parse_weighted

FORMATS = {suffix: kind for kind, suffix in SUFFIXES.items()} | {".jpeg": "jpeg", ".tiff": "tiff"}  # by ending


def make_job(
    photograph: Path, style: str, output: Path, given: Mapping[str, Any], title: str = "", keep_idle: bool = False
) -> Job:
    """Return the job of painting a photograph in a style: a painting's path, or a blend of several.

    `title` may hold the fields of titles.py. `given` are settings, which name pictures by path; the default format is
    that of the output's suffix. Settings without effect are refused unless `keep_idle`. Raises ConfigError or
    ImageError.
    """
    kind = FORMATS.get(output.suffix.lower())
    settings = presets.resolve({"format": kind} if kind else {}, given)
    _check_ending(output, settings.format)
    content = _source(photograph)
    styles = tuple(
        StyleSource.of(safe_name(path.stem), path, images.inspect(path), weight=weight)
        for path, weight in _parse_style(style)
    )
    names = {"style": safe_name("-".join(painting.name for painting in styles)), "variant": safe_name(output.stem)}
    shown = {**names, "style": Sources(content=content, styles=styles).style_shown}
    title = expand_title(title, content=content.shown, **shown)
    job = Job.of(content, styles, settings, _named, title=title, **names)
    if not keep_idle:
        job.require_effect(given)
    return job


def _check_ending(output: Path, kind: str) -> None:
    endings = [ending for ending, format in FORMATS.items() if format == kind]
    if output.suffix.lower() not in endings:
        raise ConfigError(f"--output: must end in {' or '.join(endings)} where format is {kind}, found {str(output)!r}")


def _named(setting: str, name: str) -> Source:
    """Return the picture that a setting names; errors begin with the setting."""
    try:
        source = _source(Path(name))
        if setting != "init":
            images.require_mask(Path(name))
        return source
    except ImageError as error:
        raise ImageError(f"{setting}: {error}") from error


def _parse_style(text: str) -> list[tuple[Path, float]]:
    try:
        entries = ((text, 1.0),) if Path(text).is_file() else parse_weighted(text)
        return [(Path(name), weight) for name, weight in entries]
    except ValueError as error:
        raise ConfigError(f"--style: {error}") from error


def _source(path: Path) -> Source:
    return Source.of(safe_name(path.stem), path, images.inspect(path))
