"""The plan: rows to jobs, every combination of their cells, with every fault found before anything is painted."""

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import NamedTuple

from stylegrid import files, presets
from stylegrid.errors import ConfigError, ImageError, ManifestError, StylegridError
from stylegrid.inspector import Inspector
from stylegrid.job import Job, Source
from stylegrid.library import Library, Style
from stylegrid.manifest import Row, read_rows
from stylegrid.names import variant_name
from stylegrid.scales import smallest_size
from stylegrid.settings import PaintSettings, Settings


class Combination(NamedTuple):
    """One combination of the manifest: its job, the row it comes from, and the row's words for the reports."""

    job: Job
    row: int
    title: str
    notes: str


class Plan(NamedTuple):
    """All combinations in manifest order, and sentences about what was noticed but is no fault."""

    combinations: tuple[Combination, ...]
    notices: tuple[str, ...]


def make_plan(settings: Settings) -> Plan:
    """Return the plan of a config's manifest.

    Raises ConfigError for the config's own settings, and ManifestError with all faults of the manifest at once, each
    with its row and column.
    """
    _check_config(settings)
    inspector = Inspector(settings.results / "cache" / "pictures.json")
    planner = _Planner(settings, Library(settings.content_dir, settings.style_dir, inspector))
    for row in read_rows(settings.manifest):
        planner.add(row)
    if planner.faults:
        raise ManifestError(list(planner.faults))
    files.require_writable(settings.results / "losses.csv")
    inspector.save()
    return Plan(tuple(planner.combinations.values()), tuple(planner.notices))


def _check_config(settings: Settings) -> None:
    try:
        presets.resolve(settings.stylize)
    except ConfigError as error:
        raise ConfigError("\n".join(f"config.stylize.{line}" for line in str(error).splitlines())) from error
    for key in ("content_dir", "style_dir"):
        if not getattr(settings, key).is_dir():
            raise ConfigError(f"config.{key}: must be a folder, found {str(getattr(settings, key))!r}")


class _Planner:
    """Collects combinations, notices and faults row by row; a fault costs its cell or combination, not the report."""

    def __init__(self, settings: Settings, library: Library):
        self.combinations: dict[str, Combination] = {}  # by name, without regard to case
        self.notices: list[str] = []
        self.faults: dict[str, None] = {}  # a set that keeps its order
        self._library = library
        self._manifest = settings.manifest
        self._by_identity: dict[tuple, Combination] = {}
        self._resolve = functools.cache(lambda given: presets.resolve(settings.stylize, dict(given)))

    def add(self, row: Row) -> None:
        """Add every combination of a row's cells."""
        contents = self._find(row, "content", self._library.contents)
        styles = self._find(row, "style", self._library.styles)
        for content, style, settings in itertools.product(contents, styles, self._settings(row)):
            try:
                self._keep(row, self._combine(row, content, style, *settings))
            except StylegridError as error:
                self._fault(row, *str(error).splitlines())

    def _settings(self, row: Row) -> list[tuple[PaintSettings, frozenset[str]]]:
        """Return the settings of every combination of a row's cells, each with the names of those the row gives."""
        cells = {name: _entries(cell) for name, cell in row.cells.items() if name in PaintSettings.model_fields}
        columns = {name: entries for name, entries in cells.items() if entries}
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
        start = None if settings.init in ("content", "noise") else self._start(settings.init)
        self._check_size(settings, (content, *style.sources))
        varied = {name: getattr(settings, name) for name in given}
        job = Job(
            content=content,
            styles=style.sources,
            start=start,
            style=style.name,
            variant=variant_name({**varied, **({"init": start.name} if start and "init" in varied else {})}),
            title=row.cells.get("title", ""),
            settings=settings,
        )
        return Combination(job, row.number, job.title, row.cells.get("notes", ""))

    def _start(self, name: str) -> Source:
        try:
            return self._library.start(name)
        except (ImageError, ValueError) as error:
            raise ImageError(f"init: must be content, noise, or a picture: {error}") from error

    def _check_size(self, settings: PaintSettings, sources: Iterable[Source]) -> None:
        for source in sources:
            width, height = self._library.size(source)
            smallest = smallest_size(settings, [(width, height)])
            if settings.size < smallest:
                raise ImageError(
                    f"size: {settings.size} leaves {source.path} ({width}x{height}) too narrow for these layers; "
                    f"use {smallest} or more, or a less elongated picture"
                )

    def _keep(self, row: Row, combination: Combination) -> None:
        """Keep a combination unless an earlier row made it; two that differ may not share a name."""
        job = combination.job
        identity = (job.content.path, job.styles, job.start, job.settings)
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


def _entries(cell: str) -> list[str]:
    """Return the entries of a cell: several are separated by semicolons."""
    return [entry.strip() for entry in cell.split(";") if entry.strip()]
