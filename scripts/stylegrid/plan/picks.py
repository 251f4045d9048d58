"""Pictures chosen on the gallery page: the file of stars that it saves, and a gallery of their own that is made of it.

FOLDER/manifest.csv    a row for each chosen picture
FOLDER/config.yaml     what is laid over the config: that manifest, FOLDER/start and FOLDER/results
FOLDER/start/          copies of the chosen pictures, with which the large ones begin
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from stylegrid import files
from stylegrid.errors import ConfigError, explain
from stylegrid.models import FrozenModel
from stylegrid.plan.job import Combination
from stylegrid.plan.manifest import COLUMNS

PATTERN = "*-stars*.json"  # browsers add a number where one is there already
START = "start"  # folder of copies
MOST_LISTED = 5  # pictures that are no longer there
_MARK = "# Written by scripts/pick.py, which replaces it. Laid over config.yaml: make gallery CONFIG="


class StarsFile(FrozenModel):
    """The stars of a gallery, by the names of its pictures; those without any are left out."""

    gallery: str
    stars: dict[str, Annotated[int, Field(ge=1, le=5)]]


def newest_stars(folder: Path) -> Path:
    """Return the file of stars that was saved last in a folder; raises ConfigError if there is none."""
    found = list(folder.glob(PATTERN))
    if not found:
        raise ConfigError(f"{folder}: holds no {PATTERN}; save the stars on the gallery page, or name their file")
    return max(found, key=lambda path: path.stat().st_mtime)


def read_stars(path: Path) -> Mapping[str, int]:
    """Return the stars in a file, by pictures' names; raises ConfigError for any other file."""
    if not path.is_file():
        raise ConfigError(files.absent_named(path, "save the stars on the gallery page"))
    try:
        return StarsFile.model_validate_json(files.read_bytes(path)).stars
    except ValidationError as error:
        fault = explain(error, StarsFile)[0]
        raise ConfigError(f"{path}: holds no stars ({fault}); save them on the gallery page again") from error


def choose(combinations: Iterable[Combination], stars: Mapping[str, int], least: int) -> list[Combination]:
    """Return the combinations of at least so many stars, in their order; raises ConfigError if one is gone, or none."""
    wanted = {name for name, count in stars.items() if count >= least}
    found = [combination for combination in combinations if combination.job.name in wanted]
    gone = sorted(wanted - {combination.job.name for combination in found})
    if gone:
        more = f" and {len(gone) - MOST_LISTED} more" if len(gone) > MOST_LISTED else ""
        remedy = "name the config of the gallery that has them by --configfile, or put their rows back"
        raise ConfigError(f"{', '.join(gone[:MOST_LISTED])}{more}: not in this gallery; {remedy}")
    if not found:
        raise ConfigError(f"no picture has {least} stars or more; give stars on the gallery page, or ask for less")
    return found


def write_gallery(folder: Path, rows: Sequence[Mapping[str, str]], start_dir: Path | None = None) -> Path:
    """Write a manifest of rows and a config, which names the folder of their start pictures; return the config's path.

    Raises ConfigError where another config lies there, which isn't ours to replace.
    """
    path, manifest = folder / "config.yaml", folder / "manifest.csv"
    start = {"start_dir": str(start_dir)} if start_dir else {}
    whole = {"manifest": str(manifest), **start, "results": str(folder / "results")}
    if (manifest.exists() or path.exists()) and not _is_ours(path):
        raise ConfigError(f"{folder}: holds a gallery that pick.py has not written; name another folder by --folder")
    files.write_text(manifest, to_csv(rows))
    files.write_text(path, f"{_MARK}{path}\n{yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)}")
    return path


def _is_ours(config: Path) -> bool:
    return config.is_file() and files.read_bytes(config).startswith(_MARK.encode())


def to_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a manifest, with the columns that any of them has."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [name for name in COLUMNS if any(name in row for row in rows)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
