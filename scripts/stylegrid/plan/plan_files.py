"""What the workflow hands to its programs: the plan as small files, each rewritten only when its contents change.

    plan/jobs/{content}/{style}/{variant}.json    all that decides one picture
    plan/table.json                               which combinations the table lists, in order
    plan/sheets/{sheet}.json                      what one page of a contact sheet shows
    plan/gallery.json                             what the gallery page is called
    plan/plots.json, plan/plots/{style}.json      whose losses are plotted: of all combinations, and of a style's
    plan/print.json                               what the sheets for print show, if a paper is chosen

    plan/records/{style}.sha256                   written by a rule: a digest of the records of a style

Snakemake compares them by content, so that an edit reaches what it is about and nothing else, and the programs work
from the plan that was checked, whatever happens to manifest and pictures meanwhile.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from stylegrid import files
from stylegrid.errors import RecordError, explain
from stylegrid.models import FrozenModel
from stylegrid.plan.job import Combination, Job, read_job
from stylegrid.plan.sheet_pages import Head, Page
from stylegrid.settings.config import Settings

F = TypeVar("F", bound=FrozenModel)


class PlannedRow(FrozenModel):
    """A combination by its job's name, with its row's words for the reports."""

    name: str
    title: str
    notes: str


class TableFile(FrozenModel):
    """What the table lists."""

    entries: tuple[PlannedRow, ...]


class GalleryFile(FrozenModel):
    """What the gallery page is called; it lists what the table lists."""

    title: str


class PageFile(FrozenModel):
    """What one page of a contact sheet shows, and how; cells are (row, column, combination)."""

    gallery: str
    thumbnail: int
    title: str
    corner: Head
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: tuple[tuple[int, int, PlannedRow], ...]


class PlotsFile(FrozenModel):
    """Which combinations are plotted, by their jobs' names, and how."""

    format: Literal["svg", "png", "pdf"]
    each: Literal["style", "picture"]
    names: tuple[str, ...]


class PrintFile(FrozenModel):
    """What the sheets for print show, and how."""

    gallery: str
    paper: str
    orientation: str
    columns: int | str
    margin: int
    entries: tuple[PlannedRow, ...]


def job_path(results: Path, name: str) -> Path:
    """Return where the job of a combination is written down."""
    return results / "plan" / "jobs" / f"{name}.json"


def table_path(results: Path) -> Path:
    """Return where it is written down what the table lists."""
    return results / "plan" / "table.json"


def gallery_path(results: Path) -> Path:
    """Return where it is written down what the gallery page is called."""
    return results / "plan" / "gallery.json"


def page_path(results: Path, sheet: str) -> Path:
    """Return where it is written down what a page of a contact sheet shows."""
    return results / "plan" / "sheets" / f"{sheet}.json"


def plots_path(results: Path, style: str = "") -> Path:
    """Return where it is written down what is plotted of a style, or of everything."""
    return results / "plan" / (f"plots/{style}.json" if style else "plots.json")


def digest_path(results: Path, style: str) -> Path:
    """Return where it is written down by a hash what the records of a style hold."""
    return results / "plan" / "records" / f"{style}.sha256"


def print_path(results: Path) -> Path:
    """Return where it is written down what the sheets for print show."""
    return results / "plan" / "print.json"


def write_plan(settings: Settings, combinations: Iterable[Combination], pages: Mapping[str, Page]) -> None:
    """Write down a plan; files whose contents stay the same are left alone."""
    combinations = list(combinations)
    for combination in combinations:
        _update(job_path(settings.results, combination.job.name), combination.job)
    table = TableFile(entries=tuple(_entry(combination) for combination in combinations))
    _update(table_path(settings.results), table)
    _update(gallery_path(settings.results), GalleryFile(title=settings.gallery.title))
    _update_print(settings, table.entries)
    for name, page in pages.items():
        _update(page_path(settings.results, name), _page_file(settings, page))
    for name in set(sheet_names(settings.results)) - set(pages):
        page_path(settings.results, name).unlink()
    _write_plots(settings, combinations)


def read_table(results: Path) -> list[Combination]:
    """Return the combinations that the table lists; raises RecordError when there is no plan."""
    return list(each_of_table(results))


def each_of_table(results: Path) -> Iterator[Combination]:
    """Yield the same one by one, so that no memory holds all jobs."""
    for entry in _read(table_path(results), TableFile).entries:
        yield _combination(results, entry)


def table_names(results: Path) -> list[str]:
    """Return the names of the combinations that the table lists; raises RecordError when there is no plan."""
    return [entry.name for entry in _read(table_path(results), TableFile).entries]


def read_title(results: Path) -> str:
    """Return what the gallery page is called; raises RecordError when there is no plan."""
    return _read(gallery_path(results), GalleryFile).title


def read_page(results: Path, sheet: str) -> tuple[PageFile, Page]:
    """Return what a page of a contact sheet shows, as written down and as a grid; raises RecordError without a plan."""
    file = _read(page_path(results, sheet), PageFile)
    cells = {(row, column): _combination(results, entry) for row, column, entry in file.cells}
    return file, Page(file.title, file.corner, file.rows, file.columns, cells)


def read_print(results: Path) -> tuple[PrintFile, list[Combination]]:
    """Return what the sheets for print show; raises RecordError when the plan has none."""
    file = _read(print_path(results), PrintFile, "choose a paper in the config's sheets, then run snakemake")
    return file, [_combination(results, entry) for entry in file.entries]


def sheet_names(results: Path) -> list[str]:
    """Return the names of all pages that the plan has."""
    folder = page_path(results, "x").parent
    return sorted(str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.json"))


def read_plots(results: Path, style: str = "") -> tuple[PlotsFile, list[Combination]]:
    """Return what is plotted of a style, or of everything; raises RecordError when there is no plan of it."""
    file = _read(plots_path(results, style), PlotsFile)
    return file, [_combination(results, PlannedRow(name=name, title="", notes="")) for name in file.names]


def style_names(results: Path) -> list[str]:
    """Return the names of all styles that the plan has plots of."""
    return sorted(path.stem for path in plots_path(results, "x").parent.glob("*.json"))


def discard_failed_chunks(results: Path) -> None:
    """Remove what chunks handed over in an earlier run where some of it failed, so that they are painted again."""
    for folder in (results / "chunks").glob("*"):
        if any(folder.rglob("*.failed.json")):
            shutil.rmtree(folder)


def _write_plots(settings: Settings, combinations: Iterable[Combination]) -> None:
    """Write down what is plotted; titles don't count, which no plot shows."""
    names: dict[str, list[str]] = {"": []}
    for combination in combinations:
        names[""].append(combination.job.name)
        names.setdefault(combination.job.style, []).append(combination.job.name)
    for style, each in names.items():
        file = PlotsFile(**settings.plots.model_dump(), names=tuple(each))
        _update(plots_path(settings.results, style), file)
    for style in set(style_names(settings.results)) - set(names):
        plots_path(settings.results, style).unlink()


def _update_print(settings: Settings, entries: tuple[PlannedRow, ...]) -> None:
    """Write down what is to be printed, or that nothing is."""
    if settings.sheets.paper == "none":
        print_path(settings.results).unlink(missing_ok=True)
        return
    how = settings.sheets.model_dump(include={"paper", "orientation", "columns", "margin"})
    _update(print_path(settings.results), PrintFile(gallery=settings.gallery.title, entries=entries, **how))


def _page_file(settings: Settings, page: Page) -> PageFile:
    return PageFile(
        gallery=settings.gallery.title,
        thumbnail=settings.sheets.thumbnail,
        title=page.title,
        corner=page.corner,
        rows=page.rows,
        columns=page.columns,
        cells=tuple((*place, _entry(combination)) for place, combination in sorted(page.cells.items())),
    )


def _entry(combination: Combination) -> PlannedRow:
    return PlannedRow(name=combination.job.name, title=combination.title, notes=combination.notes)


def _combination(results: Path, entry: PlannedRow) -> Combination:
    return Combination(read_job(job_path(results, entry.name)), 0, entry.title, entry.notes)


def _update(path: Path, contents: Job | TableFile | GalleryFile | PageFile | PlotsFile | PrintFile) -> None:
    text = contents.model_dump_json() + "\n"
    if not path.is_file() or path.read_bytes() != text.encode():
        files.write_bytes(path, text.encode(), sync=False)  # after a crash of the machine it is compared again


def _read(path: Path, model: type[F], remedy: str = "run snakemake, or snakemake --dry-run, to write down a plan") -> F:
    if not path.is_file():
        raise RecordError(f"{path}: no such file; {remedy}")
    try:
        return model.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: is no plan ({explain(error, model)[0]}); delete it and run again") from error
