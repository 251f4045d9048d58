"""The plan: rows to jobs, every combination of their cells, with every fault found before anything is painted."""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from stylegrid.errors import ConfigError, ImageError, ManifestError, StylegridError, closest
from stylegrid.names import earlier_variant_name, variant_name
from stylegrid.plan.cells import entries, find_all
from stylegrid.plan.check_config import check_config
from stylegrid.plan.job import Combination, Job, Source, find_pictures, idle
from stylegrid.plan.manifest import TEXT, read_manifest
from stylegrid.plan.picture_folders import PictureFolders, Style
from stylegrid.plan.picture_index import PictureIndex
from stylegrid.plan.titles import check_title, expand_title
from stylegrid.settings import presets
from stylegrid.settings.compatibility import unused_settings
from stylegrid.settings.config import Settings
from stylegrid.settings.field_types import STARTS
from stylegrid.settings.paint_settings import PaintSettings, start_file

if TYPE_CHECKING:  # not at run time: --help has no time for it
    import pandas as pd

MOST_COMBINATIONS = 1_000_000  # far more than Snakemake bears; a few cells may ask for more than there are atoms


class Plan(NamedTuple):
    """All combinations in manifest order, notices, which are no faults, and the variants that had another name before.

    `earlier` has the variants' names of versions up to 0.5, by the names of jobs.
    """

    combinations: tuple[Combination, ...]
    notices: tuple[str, ...]
    earlier: Mapping[str, str]

    def earlier_jobs(self) -> Iterator[tuple[Job, Job]]:
        """Yield each job whose name has changed since version 0.5, and the job under its earlier name."""
        for job in (combination.job for combination in self.combinations if combination.job.name in self.earlier):
            yield job, job.model_copy(update={"variant": self.earlier[job.name]})


def make_plan(settings: Settings, index: PictureIndex | None = None) -> Plan:
    """Return the plan of a config's manifest; writes nothing. Who holds the results folder may save the `index`.

    Raises ConfigError for the config's own settings, and ManifestError with all faults of the manifest at once, each
    with its row and column.
    """
    check_config(settings)
    index = index or picture_index(settings)
    links = settings.links == "anywhere"
    folders = PictureFolders(settings.content_dir, settings.style_dir, index, links, settings.start_dir)
    planner = _Planner(settings, folders)
    manifest = read_manifest(settings.manifest)
    planner.add(manifest.rows)
    if faults := [*manifest.faults, *planner.faults]:
        raise ManifestError(faults)
    notices = (*manifest.notices, *planner.notices, *folders.notices)
    return Plan(tuple(planner.combinations.values()), notices, planner.earlier)


def picture_index(settings: Settings) -> PictureIndex:
    """Return the index of a gallery's pictures that earlier runs saved."""
    return PictureIndex(settings.results / "cache" / "pictures.json")


class _Planner:
    """Collects combinations, notices and faults; after a fault the report goes on."""

    def __init__(self, settings: Settings, folders: PictureFolders):
        self.combinations: dict[str, Combination] = {}  # by name, without regard to case
        self.notices: list[str] = []
        self.earlier: dict[str, str] = {}  # variants of version 0.5 that have changed, by the names of jobs
        self._faults: dict[tuple[int, str], None] = {}  # by row; a set that keeps its order
        self._folders = folders
        self._manifest = settings.manifest
        self._by_identity: dict[tuple, Combination] = {}
        self._resolve = functools.cache(lambda given: _resolve(settings.stylize, given))

    @property
    def faults(self) -> list[str]:
        """Every fault once, by row."""
        return [f"{self._manifest} row {row}, {text}" for row, text in sorted(self._faults, key=itemgetter(0))]

    def add(self, rows: "pd.DataFrame") -> None:
        """Add every combination of the cells of each row: one column is exploded after another."""
        columns = [name for name in rows if name in PaintSettings.model_fields]
        self._folders.expect(*(dict.fromkeys(entries(";".join(rows[name].unique()))) for name in ("content", "style")))
        lists = {
            "content": self._find(rows["content"], functools.cache(self._folders.contents)),
            "style": self._find(rows["style"], functools.cache(self._folders.styles)),
            **{name: rows[name].map(lambda cell: entries(cell) or [""]) for name in columns},
        }
        table = rows.reindex(columns=list(TEXT), fill_value="").assign(**lists)
        self._check_count(table[list(lists)])
        self._check_titles(table["title"])
        for name in lists:
            table = table.explode(name)
        given: list[Any] = [self._give(row, columns, values) for row, *values in table[columns].itertuples(name=None)]
        table = table.assign(given=given)
        for row, content, style, given, *texts in table[["content", "style", "given", *TEXT]].itertuples(name=None):
            if isinstance(given, _Given) and isinstance(content, Source) and isinstance(style, Style):
                self._add(row, content, style, given, *texts)
            elif isinstance(given, _Given):
                self._check_named(row, given.settings)

    def _find(self, cells: "pd.Series", find: Callable[[str], list]) -> "pd.Series":
        """Return the pictures of each cell as lists; entries that can't be used become faults."""
        found = {cell: find_all(find, cell) for cell in cells.unique()}
        for row, cell in zip(cells.index, cells, strict=True):
            self._fault(row, *(f"{cells.name}: {line}" for line in found[cell].faults))
        return cells.map(lambda cell: found[cell].pictures)

    def _check_count(self, lists: "pd.DataFrame") -> None:
        """Raise ManifestError if rows stand for more than MOST_COMBINATIONS; `lists` has a list for each cell."""
        asked = lists.map(lambda each: float(len(each) or 1)).prod(axis="columns").cumsum()
        beyond = asked.index[asked > MOST_COMBINATIONS]
        if len(beyond):
            many = f"the rows up to here stand for more than {MOST_COMBINATIONS} combinations"
            raise ManifestError([f"{self._manifest} row {beyond[0]}, {many}; split the manifest"])

    def _check_titles(self, titles: "pd.Series") -> None:
        for row, title in zip(titles.index, titles, strict=True):
            try:
                check_title(title)
            except ConfigError as error:
                self._fault(row, str(error))

    def _give(self, row: int, columns: Sequence[str], values: Sequence[str]) -> "_Given | None":
        """Return the settings of one combination's values, or None after a fault."""
        cells = tuple((name, value) for name, value in zip(columns, values, strict=True) if value)
        given = self._resolve(cells)
        if isinstance(given, ConfigError):
            self._fault(row, *str(given).splitlines())
            self._check_pictures(row, dict(cells))
            return None
        return given

    def _check_pictures(self, row: int, cells: Mapping[str, str]) -> None:
        """Report the pictures that a wrong row's settings name; wrong settings themselves are told already."""
        naming = {name: cells[name] for name in ("init", "content_mask", "style_mask") if name in cells}
        with contextlib.suppress(ConfigError):
            self._check_named(row, presets.resolve(naming))

    def _add(self, row: int, content: Source, style: Style, given: "_Given", title: str, notes: str) -> None:
        try:
            job = self._make(content, style, given, title)
            self._keep(Combination(job, row, job.title, notes), title)
        except StylegridError as error:
            self._fault(row, *str(error).splitlines())

    def _make(self, content: Source, style: Style, given: "_Given", title: str) -> Job:
        names = {"style": style.name, "variant": ""}
        try:
            job = Job.of(content, style.sources, given.settings, self._picture, **names)
        except StylegridError as error:
            masked = given.settings.style_mask != "none"
            unused = idle(unused_settings(given.settings, len(style.sources), masked), given.names)
            raise ConfigError("\n".join([str(error), *unused])) from error
        job.require_effect(given.names)
        varied = _varied(job, given.names)
        job = job.model_copy(update={"variant": variant_name(varied)})
        if (earlier := earlier_variant_name(varied)) != job.variant:
            self.earlier[job.name] = earlier
        return job.model_copy(update={"title": _title(job, title)})

    def _check_named(self, row: int, settings: PaintSettings) -> None:
        """Report what is wrong with the pictures that settings name, of a row whose own are wrong."""
        faults: list[StylegridError] = []
        find_pictures(settings, len(settings.style_mask.names), self._picture, faults)
        self._fault(row, *(line for fault in faults for line in str(fault).splitlines()))

    def _picture(self, setting: str, name: str) -> Source:
        try:
            return self._folders.picture(name, mask=setting != "init")
        except (ImageError, ValueError) as error:
            words = f"{', '.join(STARTS)}, or a picture" if setting == "init" else "none or a picture"
            close = closest(name, STARTS if setting == "init" else ("none",))
            meant = f". Did you mean {close!r}?" if close else ""
            raise ImageError(f"{setting}: must be {words}: {error}{meant}") from error

    def _keep(self, combination: Combination, title: str) -> None:
        """Keep a combination unless it is there already; two that differ may not share a name.

        `title` is its row's, with fields.
        """
        job = combination.job
        identity = (job.content.path, job.styles, job.start, job.settings)  # settings name the masks
        first = self._by_identity.setdefault(identity, combination)
        if first is not combination:
            self._repeat(combination, first, title)
            return
        taken = self.combinations.setdefault(job.name.casefold(), combination)
        if taken is not combination:
            again = f"would be named {job.name} like row {taken.row}; change a value or rename a picture"
            self._fault(combination.row, again)

    def _repeat(self, combination: Combination, first: Combination, title: str) -> None:
        name = f"{first.job.name} of row {first.row}"
        if (_title(first.job, title), combination.notes) == (first.title, first.notes):
            self.notices.append(f"{self._manifest} row {combination.row} repeats {name}; it is made once")
        else:
            self._fault(combination.row, f"repeats {name} under another title or notes; remove one of the two rows")

    def _fault(self, row: int, *texts: str) -> None:
        self._faults |= {(row, text): None for text in texts}


class _Given(NamedTuple):
    """A combination's settings, and the names of those given by its row."""

    settings: PaintSettings
    names: frozenset[str]


def _resolve(config: Mapping[str, Any], given: tuple[tuple[str, str], ...]) -> _Given | ConfigError:
    """Return the settings of a config and a row, or the error: a value, so that the cache holds it too."""
    try:
        return _Given(presets.resolve(config, dict(given)), frozenset(name for name, _ in given))
    except ConfigError as error:
        return error


def _varied(job: Job, given: Iterable[str]) -> dict[str, object]:
    """Return what names a combination's variant: the settings given by its row, with the safe names of pictures."""
    start, settings = job.start, job.settings
    named = {
        "init": start.name if start and settings.init == start_file(settings) else settings.init,
        "content_mask": job.content_mask.name if job.content_mask else "none",
        "style_mask": "-".join(mask.name if mask else "none" for mask in job.style_masks) or "none",
    }
    return {name: named.get(name, getattr(settings, name)) for name in given}


def _title(job: Job, title: str) -> str:
    """Return a row's title with its fields filled in; raises ConfigError as `expand_title` does."""
    return expand_title(title, content=job.content.shown, style=job.style_shown, variant=job.variant)
