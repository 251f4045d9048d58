"""The contents of the plan's files, for the reports."""

from typing import Literal

from stylegrid.models import FrozenModel
from stylegrid.plan.row_of_job import RowBase
from stylegrid.plan.sheet_pages import Head


class PlannedRow(FrozenModel):
    """A combination: its job's name, and the row's title and notes."""

    name: str
    title: str
    notes: str


class TableFile(FrozenModel):
    """`table.json`: the combinations of losses.csv, in its order."""

    entries: tuple[PlannedRow, ...]


class GalleryFile(RowBase):
    """`gallery.json`: the title of the gallery page, which lists the table's combinations, and the base of rows."""

    title: str


class PageFile(FrozenModel):
    """`sheets/{sheet}.json`: one page of a contact sheet; cells are (row, column, combination).

    `varying` names the settings that vary in the gallery, which captions show.
    """

    gallery: str
    thumbnail: int
    title: str
    corner: Head
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: tuple[tuple[int, int, PlannedRow], ...]
    varying: tuple[str, ...] = ()


class PlotsFile(FrozenModel):
    """`plots.json`, `plots/{style}.json`: the combinations of a plot, by their jobs' names, and its format."""

    format: Literal["svg", "png", "pdf"]
    each: Literal["style", "picture", "none"]
    names: tuple[str, ...]


class PrintFile(FrozenModel):
    """`print.json`: the combinations on the sheets for print, and the paper."""

    gallery: str
    paper: str
    orientation: str
    columns: int | str
    margin: int
    entries: tuple[PlannedRow, ...]
