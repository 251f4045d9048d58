"""Where a combination's files lie: its picture below the results folder, and all others beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid.pictures.formats import SUFFIXES

if TYPE_CHECKING:  # publish.py has no time for it
    from stylegrid.plan.job import Job


class Layout:
    """A results folder, by what lies in it; the files of the plan are plan_files' own."""

    def __init__(self, results: Path):
        self.root = results
        self.pictures = results / "pictures"
        self.chunks = results / "chunks"  # pictures on their way to their places
        self.cache = results / "cache"
        self.plan = results / "plan"
        self.picture_index = results / "cache" / "pictures.json"
        self.backbone = results / "backbone.json"
        self.page = results / "gallery" / "index.html"
        self.losses = results / "losses.csv"
        self.report = results / "report"  # small copies for a report by Snakemake
        self.run = results / "run.json"
        self.lock = results / "run.lock"


def picture_path(results: Path, job: "Job") -> Path:
    """Return where a job's picture lies."""
    return Layout(results).pictures / f"{job.name}{SUFFIXES[job.settings.format]}"


def collection_folder(results: Path, partial: bool) -> Path:
    """Return where table and sheets are collected; `partial` ones lie apart, or Snakemake would take them for whole."""
    return results / "partial" if partial else results


def record_path(picture: Path) -> Path:
    """Return where a picture's record lies: beside it, `x.png.json` for `x.png`."""
    return picture.with_name(f"{picture.name}.json")


def old_record_path(picture: Path) -> Path:
    """Return where versions up to 0.5 put a picture's record: `x.json` for `x.png`, other formats' as today."""
    return picture.with_suffix(".json") if picture.suffix == ".png" else record_path(picture)


def find_record(picture: Path) -> Path:
    """Return where a picture's record is, or belongs if there is none."""
    new, old = record_path(picture), old_record_path(picture)
    return old if old.is_file() and not new.is_file() else new


def failure_path(picture: Path) -> Path:
    """Return where the record of a failed attempt lies: beside the place of the picture."""
    return picture.with_suffix(".failed.json")


def snapshots_folder(picture: Path) -> Path:
    """Return where the pictures of a picture's way lie: beside it."""
    return picture.with_suffix(".steps")


def film_path(picture: Path) -> Path:
    """Return where a picture's film strip lies: beside it."""
    return picture.with_suffix(".film.png")


def is_film_strip(path: Path) -> bool:
    """Whether a file is named as film strips are, which lie beside pictures and end like them."""
    return path.name.endswith(".film.png")


def films_folder(results: Path, name: str) -> Path:
    """Return where the films of a combination lie."""
    return results / "films" / name


def losses_plot_path(results: Path, style: str, format: str) -> Path:
    """Return where the loss curves of a style are drawn."""
    return results / "plots" / "losses" / f"{style}.{format}"


def tradeoff_plot_path(results: Path, format: str) -> Path:
    """Return where content losses are drawn against style losses."""
    return results / "plots" / f"tradeoff.{format}"


def curves_plot_path(results: Path, name: str, format: str) -> Path:
    """Return where the loss curves of one combination are drawn."""
    return results / "plots" / "curves" / f"{name}.{format}"
