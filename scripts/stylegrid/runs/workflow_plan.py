"""The plan as the rules ask for it: a table with a row for each picture, and where the files of the plan lie.

A run holds its results folder and writes the plan down there. A look (a dry run, a rule graph, a summary) writes
nothing there: it has what would change in a temporary folder. A job on another machine reads the table of the run that
sent it, whatever has become of manifest and config since.
"""

import atexit
import difflib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from stylegrid import files
from stylegrid.errors import ConfigError, RecordError
from stylegrid.fast.weights import fast_folder, make_fast
from stylegrid.models import FrozenModel
from stylegrid.plan import plan_files
from stylegrid.plan.chunking import make_chunks
from stylegrid.plan.cluster_request import ClusterRequest, request
from stylegrid.plan.fitting import describe_too_large, find_too_large
from stylegrid.plan.forecast import chunk_size, read_calibration
from stylegrid.plan.job import Combination, Job, read_job
from stylegrid.plan.rows_to_jobs import make_plan, picture_index
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.runs import recovery, renaming, run
from stylegrid.runs.to_paint import find_unpainted
from stylegrid.settings.config import Settings, parse_settings
from stylegrid.store.layout import Layout, picture_path, record_path
from stylegrid.vgg.weights.choice import identify_weights

TABLE = "workflow.json"  # below plan/
TABLES = "STYLEGRID_TABLES"  # variable: the tables of all galleries of a Snakefile, as JSON, for the jobs that it sends
T = TypeVar("T")
_parsed: list[str] = []  # those that this process has come across so far


class PictureRow(NamedTuple):
    """A combination: its name content/style/variant, and paths below the results folder."""

    name: str
    style: str
    chunk: str
    picture: str
    record: str
    job: str


class Table(FrozenModel):
    """All that the rules know of a gallery; `results` is the folder as they write it."""

    results: str
    settings: Settings
    weights: str
    rows: tuple[PictureRow, ...]
    sheets: dict[str, tuple[str, ...]]


class WorkflowPlan:
    """A table, grouped as the rules look it up."""

    def __init__(self, table: Table):
        self.table, self.settings, self.results = table, table.settings, table.results
        self.calibration = read_calibration(table.settings.painting.calibration_file)
        self.rows = {row.name: row for row in table.rows}
        self.styles = _grouped(table.rows, lambda row: row.style)
        self.chunks = _grouped(table.rows, lambda row: row.chunk)
        self._requests: dict[str, ClusterRequest] = {}

    def plan_file(self, name: str) -> str:
        """Return where a file of the plan lies, by its path below `plan/`."""
        return f"{self.results}/plan/{name}"

    def job_files(self, chunk: str) -> list[str]:
        """Return the job files that a chunk is painted from."""
        return [self.plan_file(row.job) for row in _look_up(self.chunks, chunk, "chunk")]

    def chunk_folder(self, name: str, suffix: str) -> str:
        """Return the folder that a combination is handed over in; raises ConfigError if it has no such picture."""
        row, picture = self.rows.get(name), f"pictures/{name}.{suffix}"
        if row is None or row.picture != picture:
            pictures = [f"{self.results}/{row.picture}" for row in self.table.rows]
            raise _unknown(f"{self.results}/{picture}", "combination", pictures)
        return f"{self.results}/chunks/{row.chunk}"

    def pictures(self, sheet: str | None = None) -> list[str]:
        """Return the pictures of a page of a contact sheet, or all."""
        names = self.rows if sheet is None else _look_up(self.table.sheets, sheet, "contact sheet")
        return [f"{self.results}/{self.rows[name].picture}" for name in names]

    def records(self, style: str | None = None) -> list[str]:
        """Return the records of a style, or all."""
        rows = self.table.rows if style is None else _look_up(self.styles, style, "style")
        return [f"{self.results}/{row.record}" for row in rows]

    def vanished(self) -> list[str]:
        """Return the pictures that are gone though the table of losses, or their record, is there.

        Snakemake makes no intermediate file again as long as what was made of it is there, unless it is asked for.
        """
        root, there = self.settings.results, os.path.exists
        collected = there(f"{root}/losses.csv")
        gone = [row for row in self.table.rows if not there(f"{root}/{row.picture}")]
        return [f"{self.results}/{row.picture}" for row in gone if collected or there(f"{root}/{row.record}")]

    def request(self, chunk: str) -> ClusterRequest:
        """Return a chunk's request to a cluster; its jobs are read again, since keeping all takes much memory."""
        if chunk not in self._requests:
            jobs = [read_job(self._readable(row.job)) for row in self.chunks[chunk]]
            self._requests[chunk] = request(jobs, self.calibration)
        return self._requests[chunk]

    def _readable(self, name: str) -> Path:
        """Return where a file of the plan lies, without a Snakemake that puts a module's prefix before it."""
        return Layout(self.settings.results).plan / name


class OwnPlan(WorkflowPlan):
    """The plan of this process, in memory until Snakemake says whether it runs or looks."""

    def __init__(self, settings: Settings, results: str, at_once: int):
        self._index = picture_index(settings)
        plan = make_plan(settings, self._index)
        self._combinations, self.notices, self._earlier = plan.combinations, list(plan.notices), plan.earlier_jobs
        self._pages = plan_pages(plan.combinations, settings.sheets.cells, settings.sheets.overview)
        if len(plan.combinations) > settings.sheets.overview:
            count = len(plan.combinations)
            self.notices.append(f"no overview of {count} combinations; the config's sheets.overview allows more")
        chunk_of = _chunks(settings, plan.combinations, at_once)
        table = Table(
            results=results,
            settings=settings,
            weights=identify_weights(settings.weights),
            rows=tuple(_row(combination.job, chunk_of) for combination in plan.combinations),
            sheets={name: tuple(c.job.name for c in page.cells.values()) for name, page in self._pages.items()},
        )
        super().__init__(table)
        self._folder = Path()
        self._changed: set[str] = set()
        self.renamed_chunks: set[str] = set()  # those of pictures that this run has given other names

    def too_large(self) -> list[str]:
        """Return in words what this machine's memory is too small for, of what a run would paint."""
        jobs = find_unpainted(self.settings.results, (combination.job for combination in self._combinations))
        return describe_too_large(find_too_large(jobs, self.calibration), self.settings.painting.out_of_memory)

    def begin(self) -> None:
        """Hold the results folder for the life of this process, and write the plan down there.

        Raises ClusterError, and writes nothing, where another run or what a killed one left is at work; RecordError
        where the folder can't be written; WeightsError where pictures of the fast method lack its weights.
        """
        results, layout = self.settings.results, Layout(self.settings.results)
        run.require_startable(results)
        files.require_writable(layout.losses)
        if any(combination.job.settings.method == "fast" for combination in self._combinations):
            make_fast(fast_folder())  # here, once: the machines of a cluster may have no network
        self._index.save()
        plan_files.write_plan(self.settings, self._combinations, self._pages)
        plan_files.update(layout.plan / TABLE, self.table)
        plan_files.discard_failed_chunks(results)
        recovery.rename_records(results, (row.picture for row in self.table.rows))
        self.renamed_chunks = {self.rows[name].chunk for name in renaming.rename_pictures(results, self._earlier())}
        self._forget()

    def look(self) -> None:
        """Write down what differs from the plan below the results folder, in a folder that goes with this process."""
        self._folder = Path(tempfile.mkdtemp(prefix="stylegrid-plan-"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        self._changed = plan_files.write_changes(self.settings, self._combinations, self._pages, self._folder)
        self._forget()

    def plan_file(self, name: str) -> str:
        """Return where a file of the plan lies: what has changed for a look, in its own folder."""
        return str(self._readable(name)) if name in self._changed else super().plan_file(name)

    def _readable(self, name: str) -> Path:
        return self._folder / name if name in self._changed else super()._readable(name)

    def _forget(self) -> None:
        """Drop what of many combinations takes memory that Snakemake needs."""
        self._combinations, self._pages, self._earlier = (), {}, lambda: iter(())


def own_plan(config: Mapping[str, Any], at_once: int, place: Callable[[str], str] = str) -> OwnPlan:
    """Return the plan of a config, `at_once` pictures of which may be painted at a time; writes nothing.

    `place` says where Snakemake puts a path of the rules, which a module's prefix moves. Raises StylegridError with all
    faults of config and manifest.
    """
    given = parse_settings(config)
    settings = given.model_copy(update={"results": Path(place(str(given.results)))})
    plan = OwnPlan(settings, str(given.results), at_once)
    _parsed.append(str(Layout(settings.results.absolute()).plan / TABLE))
    os.environ[TABLES] = json.dumps(_parsed)
    return plan


def sent_plan() -> WorkflowPlan:
    """Return the plan of the run that this process is a job of; raises RecordError where there is none."""
    if TABLES not in os.environ:
        raise RecordError(f"{TABLES}: is not set, so this job knows no plan; have the cluster pass on the environment")
    path = json.loads(os.environ[TABLES])[len(_parsed)]
    _parsed.append(path)
    return WorkflowPlan(plan_files.read(Path(path), Table))


def _chunks(settings: Settings, combinations: Iterable[Combination], at_once: int) -> dict[str, str]:
    """Return the chunk of each combination, by its name."""
    jobs = {combination.job.name: combination.job for combination in combinations}
    size = settings.painting.chunk
    if not isinstance(size, int):
        size = chunk_size(list(jobs.values()), read_calibration(settings.painting.calibration_file), at_once)
    return {name: chunk for chunk, names in make_chunks(jobs, size).items() for name in names}


def _row(job: Job, chunk_of: Mapping[str, str]) -> PictureRow:
    picture = picture_path(Path(), job)
    return PictureRow(
        name=job.name,
        style=job.style,
        chunk=chunk_of[job.name],
        picture=str(picture),
        record=str(record_path(picture)),
        job=f"jobs/{job.name}.json",
    )


def _look_up(table: Mapping[str, T], name: str, what: str) -> T:
    """Return an entry of a table; raises ConfigError for a name that a mistyped target has brought."""
    if name not in table:
        raise _unknown(name, what, table)
    return table[name]


def _unknown(name: str, what: str, names: Iterable[str]) -> ConfigError:
    close = difflib.get_close_matches(name, names, n=1)
    remedy = f"did you mean {close[0]}?" if close else "make plan lists all pictures"
    return ConfigError(f"{name}: no such {what}; {remedy}")


def _grouped(rows: Iterable[PictureRow], key: Callable[[PictureRow], str]) -> dict[str, list[PictureRow]]:
    groups: dict[str, list[PictureRow]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
