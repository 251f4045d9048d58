"""The plan: rows to jobs, every combination of their cells, with every fault found before anything is painted."""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import ConfigError, ImageError, ManifestError, StylegridError
from stylegrid.names import variant_name
from stylegrid.plan.job import Combination, Job, Source
from stylegrid.plan.manifest import Row, read_rows
from stylegrid.plan.picture_folders import PictureFolders, Style
from stylegrid.plan.picture_index import PictureIndex
from stylegrid.settings import presets
from stylegrid.settings.config import Settings
from stylegrid.settings.field_types import STARTS
from stylegrid.settings.paint_settings import PaintSettings, start_file

MOST_COMBINATIONS = 1_000_000  # far more than Snakemake bears; a few cells may ask for more than there are atoms


class Plan(NamedTuple):
    """All combinations in manifest order, and what was noticed but is no fault."""

    combinations: tuple[Combination, ...]
    notices: tuple[str, ...]


def make_plan(settings: Settings) -> Plan:
    """Return the plan of a config's manifest.

    Raises ConfigError for the config's own settings, and ManifestError with all faults of the manifest at once, each
    with its row and column.
    """
    _check_config(settings)
    index = PictureIndex(settings.results / "cache" / "pictures.json")
    planner = _Planner(settings, PictureFolders(settings.content_dir, settings.style_dir, index))
    for row in read_rows(settings.manifest):
        planner.add(row)
    if planner.faults:
        raise ManifestError(list(planner.faults))
    files.require_writable(settings.results / "losses.csv")
    index.save()
    return Plan(tuple(planner.combinations.values()), tuple(planner.notices))


def _check_config(settings: Settings) -> None:
    try:
        presets.resolve(settings.stylize)
    except ConfigError as error:
        raise ConfigError("\n".join(f"config.stylize.{line}" for line in str(error).splitlines())) from error
    for key in ("content_dir", "style_dir"):
        if not getattr(settings, key).is_dir():
            raise ConfigError(f"config.{key}: must be a folder, found {str(getattr(settings, key))!r}")
    calibration = settings.painting.calibration_file
    if calibration is not None and not calibration.is_file():
        raise ConfigError(
            f"config.painting.calibration: must be auto, or what scripts/calibrate.py --output wrote, found "
            f"{str(calibration)!r}"
        )


class _Planner:
    """Collects combinations, notices and faults row by row; a fault costs its cell or combination, not the report."""

    def __init__(self, settings: Settings, library: PictureFolders):
        self.combinations: dict[str, Combination] = {}  # by name, without regard to case
        self.notices: list[str] = []
        self.faults: dict[str, None] = {}  # a set that keeps its order
        self._library = library
        self._contents = functools.cache(library.contents)  # of an entry: rows name the same ones again and again
        self._styles = functools.cache(library.styles)
        self._manifest = settings.manifest
        self._asked = 0
        self._by_identity: dict[tuple, Combination] = {}
        self._resolve = functools.cache(lambda given: presets.resolve(settings.stylize, dict(given)))

    def add(self, row: Row) -> None:
        """Add every combination of a row's cells."""
        contents = self._find(row, "content", self._contents)
        styles = self._find(row, "style", self._styles)
        cells = {name: _entries(cell) for name, cell in row.cells.items() if name in PaintSettings.model_fields}
        columns = {name: entries for name, entries in cells.items() if entries}
        self._count(row, contents, styles, *columns.values())
        for content, style, settings in itertools.product(contents, styles, self._settings(row, columns)):
            try:
                self._keep(row, self._combine(row, content, style, *settings))
            except StylegridError as error:
                self._fault(row, *str(error).splitlines())

    def _count(self, row: Row, *columns: Sequence) -> None:
        """Raise ManifestError where the rows so far stand for more combinations than can be planned."""
        self._asked += math.prod(max(1, len(entries)) for entries in columns)
        if self._asked > MOST_COMBINATIONS:
            asked = f"the rows up to here stand for more than {MOST_COMBINATIONS} combinations"
            raise ManifestError([f"{self._manifest} row {row.number}, {asked}; split the manifest"])

    def _settings(self, row: Row, columns: Mapping[str, Sequence[str]]) -> list[tuple[PaintSettings, frozenset[str]]]:
        """Return the settings of every combination of a row's cells, each with the names of those the row gives."""
        found = []
        for values in itertools.product(*columns.values()):
            try:
                found.append((self._resolve(tuple(zip(columns, values, strict=True))), frozenset(columns)))
            except ConfigError as error:
                self._fault(row, *str(error).splitlines())
        return found

    def _find(self, row: Row, column: str, find: Callable[[str], list]) -> list:
        """Return what all entries of a cell stand for; what can't be used becomes a fault."""
        found = []
        entries = _entries(row.cells.get(column, ""))
        if not entries:
            self._fault(row, f"{column}: is empty; name a picture or a glob")
        for entry in entries:
            try:
                found += find(entry)
            except (ImageError, ValueError) as error:
                self._fault(row, *(f"{column}: {line}" for line in str(error).splitlines()))
        return found

    def _combine(
        self, row: Row, content: Source, style: Style, settings: PaintSettings, given: frozenset[str]
    ) -> Combination:
        title = row.cells.get("title", "")
        job = Job.of(content, style.sources, settings, self._picture, style=style.name, variant="", title=title)
        job.require_effect(given)
        job = job.model_copy(update={"variant": _variant(job, given)})
        return Combination(job, row.number, title, row.cells.get("notes", ""))

    def _picture(self, setting: str, name: str) -> Source:
        try:
            return self._library.picture(name)
        except (ImageError, ValueError) as error:
            words = f"{', '.join(STARTS)}, or a picture" if setting == "init" else "none or a picture"
            raise ImageError(f"{setting}: must be {words}: {error}") from error

    def _keep(self, row: Row, combination: Combination) -> None:
        """Keep a combination unless an earlier row made it; two that differ may not share a name."""
        job = combination.job
        identity = (job.content.path, job.styles, job.start, job.settings)  # settings name the masks
        first = self._by_identity.setdefault(identity, combination)
        if first is not combination:
            self._repeat(row, combination, first)
            return
        taken = self.combinations.setdefault(job.name.casefold(), combination)
        if taken is not combination:
            self._fault(row, f"would be named {job.name} like row {taken.row}; change a value or rename a picture")

    def _repeat(self, row: Row, combination: Combination, first: Combination) -> None:
        name = f"{first.job.name} of row {first.row}"
        if (combination.title, combination.notes) == (first.title, first.notes):
            self.notices.append(f"{self._manifest} row {row.number} repeats {name}; it is made once")
        else:
            self._fault(row, f"repeats {name} under another title or notes; remove one of the two rows")

    def _fault(self, row: Row, *texts: str) -> None:
        for text in texts:
            self.faults[f"{self._manifest} row {row.number}, {text}"] = None


def _variant(job: Job, given: Iterable[str]) -> str:
    """A combination's variant: the settings that its row gives, in which pictures stand by their own names."""
    start, settings = job.start, job.settings
    named = {
        "init": start.name if start and settings.init == start_file(settings) else settings.init,
        "content_mask": job.content_mask.name if job.content_mask else "none",
        "style_mask": "-".join(mask.name if mask else "none" for mask in job.style_masks) or "none",
    }
    return variant_name({name: named.get(name, getattr(settings, name)) for name in given})


def _entries(cell: str) -> list[str]:
    """Return the entries of a cell: several are separated by semicolons."""
    return [entry.strip() for entry in cell.split(";") if entry.strip()]
