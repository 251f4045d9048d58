"""The plan as small JSON files for the programs, each rewritten only when its contents change.

    plan/jobs/{content}/{style}/{variant}.json    all that decides one picture
    plan/table.json                               which combinations the table lists, in order
    plan/sheets/{sheet}.json                      what one page of a contact sheet shows
    plan/gallery.json                             what the gallery page is called, and what rows lie over
    plan/plots.json, plan/plots/{style}.json      whose losses are plotted: of all combinations, and of a style's
    plan/print.json                               what the sheets for print show, if a paper is chosen

    plan/records/{style}.sha256                   written by a rule: a digest of the records of a style

Snakemake compares them by content, so that an edit reaches what it is about and nothing else, and the programs work
from the plan that was checked, whatever happens to manifest and pictures meanwhile.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from stylegrid import files
from stylegrid.errors import RecordError, explain
from stylegrid.models import FrozenModel
from stylegrid.plan.job import Combination, Job, read_job
from stylegrid.plan.plan_contents import GalleryFile, PageFile, PlannedRow, PlotsFile, PrintFile, TableFile
from stylegrid.plan.row_of_job import RowBase
from stylegrid.plan.sheet_pages import Page
from stylegrid.settings.config import Settings

F = TypeVar("F", bound=FrozenModel)


def job_path(results: Path, name: str) -> Path:
    """Return the path of a combination's job file."""
    return results / "plan" / "jobs" / f"{name}.json"


def table_path(results: Path) -> Path:
    """Return the path of plan/table.json."""
    return results / "plan" / "table.json"


def gallery_path(results: Path) -> Path:
    """Return the path of plan/gallery.json."""
    return results / "plan" / "gallery.json"


def page_path(results: Path, sheet: str) -> Path:
    """Return the path of a contact sheet page's contents."""
    return results / "plan" / "sheets" / f"{sheet}.json"


def plots_path(results: Path, style: str = "") -> Path:
    """Return the path of the contents of a style's plots, or of the plot of everything."""
    return results / "plan" / (f"plots/{style}.json" if style else "plots.json")


def digest_path(results: Path, style: str) -> Path:
    """Return the path of the digest of a style's records."""
    return results / "plan" / "records" / f"{style}.sha256"


def print_path(results: Path) -> Path:
    """Return the path of plan/print.json."""
    return results / "plan" / "print.json"


def write_plan(settings: Settings, combinations: Sequence[Combination], pages: Mapping[str, Page]) -> None:
    """Write the files of a plan that have changed, and remove those that it no longer has."""
    names = set()
    for name, contents in _plan(settings, combinations, pages):
        names.add(name)
        update(settings.results / "plan" / name, contents)
    for path in _listing_files(settings.results):
        if str(path.relative_to(settings.results / "plan")) not in names:
            path.unlink(missing_ok=True)


def write_changes(
    settings: Settings, combinations: Sequence[Combination], pages: Mapping[str, Page], elsewhere: Path
) -> set[str]:
    """Write the files of a plan that differ from those below results into another folder, and return their paths.

    The paths are relative to `plan/`, and to the other folder.
    """
    changed = set()
    for name, contents in _plan(settings, combinations, pages):
        if not _holds(settings.results / "plan" / name, _text(contents)):
            update(elsewhere / name, contents)
            changed.add(name)
    return changed


def update(path: Path, contents: FrozenModel) -> None:
    """Write a file of a plan, unless it has these contents already."""
    text = _text(contents)
    if not _holds(path, text):
        files.write_bytes(path, text, sync=False)  # after a crash of the machine it is compared again


def is_planned(results: Path, job: Job) -> bool:
    """Return whether the plan that was written down last has a job as it is."""
    return _holds(job_path(results, job.name), _text(job))


def read(path: Path, model: type[F], remedy: str = "run snakemake, which writes down a plan") -> F:
    """Return the contents of a file of a plan; raises RecordError when it is missing or damaged."""
    if not path.is_file():
        raise RecordError(files.absent(path, remedy))
    try:
        return model.model_validate_json(files.read_bytes(path))
    except ValidationError as error:
        raise RecordError(f"{path}: is no plan ({explain(error, model)[0]}); delete it and run again") from error


def read_table(results: Path) -> list[Combination]:
    """Return the combinations that the table lists; raises RecordError when there is no plan."""
    return list(each_of_table(results))


def each_of_table(results: Path) -> Iterator[Combination]:
    """Yield the combinations of the table one by one, so that memory never holds all jobs."""
    for entry in read(table_path(results), TableFile).entries:
        yield _combination(results, entry)


def table_names(results: Path) -> list[str]:
    """Return the names of the combinations that the table lists; raises RecordError when there is no plan."""
    return [entry.name for entry in read(table_path(results), TableFile).entries]


def read_gallery(results: Path) -> GalleryFile:
    """Return what the gallery page is told of the config; raises RecordError when there is no plan."""
    return read(gallery_path(results), GalleryFile)


def read_page(results: Path, sheet: str) -> tuple[PageFile, Page]:
    """Return a page of a contact sheet, as its file and as a grid; raises RecordError without a plan."""
    file = read(page_path(results, sheet), PageFile)
    cells = {(row, column): _combination(results, entry) for row, column, entry in file.cells}
    return file, Page(file.title, file.corner, file.rows, file.columns, cells, file.varying)


def read_print(results: Path) -> tuple[PrintFile, list[Combination]]:
    """Return the contents of the sheets for print; raises RecordError when the plan has none."""
    file = read(print_path(results), PrintFile, "choose a paper in the config's sheets, then run snakemake")
    return file, [_combination(results, entry) for entry in file.entries]


def sheet_names(results: Path) -> list[str]:
    """Return the names of all pages that the plan has."""
    folder = page_path(results, "x").parent
    return sorted(str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.json"))


def read_plots(results: Path, style: str = "") -> tuple[PlotsFile, list[Combination]]:
    """Return the combinations in a style's plots, or all; raises RecordError when the plan has none."""
    file = read(plots_path(results, style), PlotsFile)
    return file, [_combination(results, PlannedRow(name=name, title="", notes="")) for name in file.names]


def style_names(results: Path) -> list[str]:
    """Return the names of all styles that the plan has plots of."""
    return sorted(path.stem for path in plots_path(results, "x").parent.glob("*.json"))


def discard_failed_chunks(results: Path) -> None:
    """Remove the chunks of an earlier run that hold a failure, so that they are painted again."""
    for folder in (results / "chunks").glob("*"):
        if any(folder.rglob("*.failed.json")):
            shutil.rmtree(folder)


def _plan(
    settings: Settings, combinations: Sequence[Combination], pages: Mapping[str, Page]
) -> Iterator[tuple[str, FrozenModel]]:
    """Yield each file of a plan: its path below `plan/`, and its contents."""
    for combination in combinations:
        yield f"jobs/{combination.job.name}.json", combination.job
    entries = tuple(_entry(combination) for combination in combinations)
    yield "table.json", TableFile(entries=entries)
    yield "gallery.json", _gallery_file(settings)
    if settings.sheets.paper != "none":
        how = settings.sheets.model_dump(include={"paper", "orientation", "columns", "margin"})
        yield "print.json", PrintFile(gallery=settings.gallery.title, entries=entries, **how)
    for name, page in pages.items():
        yield f"sheets/{name}.json", _page_file(settings, page)
    yield from _plots_files(settings, combinations)


def _gallery_file(settings: Settings) -> GalleryFile:
    return GalleryFile(title=settings.gallery.title, **settings.model_dump(include=set(RowBase.model_fields)))


def _plots_files(settings: Settings, combinations: Iterable[Combination]) -> Iterator[tuple[str, PlotsFile]]:
    """Yield the contents of the plots of everything and of each style; no plot shows titles."""
    names: dict[str, list[str]] = {"": []}
    for combination in combinations:
        names[""].append(combination.job.name)
        names.setdefault(combination.job.style, []).append(combination.job.name)
    for style, each in names.items():
        file = PlotsFile(**settings.plots.model_dump(), names=tuple(each))
        yield (f"plots/{style}.json" if style else "plots.json"), file


def _listing_files(results: Path) -> Iterator[Path]:
    """Yield the files of a plan whose presence makes a report: sheets, plots of a style, print."""
    yield from page_path(results, "x").parent.rglob("*.json")
    yield from plots_path(results, "x").parent.glob("*.json")
    yield print_path(results)


def _page_file(settings: Settings, page: Page) -> PageFile:
    return PageFile(
        gallery=settings.gallery.title,
        thumbnail=settings.sheets.thumbnail,
        title=page.title,
        corner=page.corner,
        rows=page.rows,
        columns=page.columns,
        cells=tuple((*place, _entry(combination)) for place, combination in sorted(page.cells.items())),
        varying=page.varying,
    )


def _entry(combination: Combination) -> PlannedRow:
    return PlannedRow(name=combination.job.name, title=combination.title, notes=combination.notes)


def _combination(results: Path, entry: PlannedRow) -> Combination:
    return Combination(read_job(job_path(results, entry.name)), 0, entry.title, entry.notes)


def _text(contents: FrozenModel) -> bytes:
    return contents.model_dump_json().encode() + b"\n"


def _holds(path: Path, text: bytes) -> bool:
    return path.is_file() and path.read_bytes() == text
