"""Contact sheets as grids: the page, row and column of each combination. No drawing."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from stylegrid.plan.job import Combination, Job
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.setting_words import captions, places
from stylegrid.settings.varying import varying

WIDEST = 20  # columns of a page; more could not be read on any screen or paper


class Head(NamedTuple):
    """The head of a row or column: its name, the paths of its input pictures, and the settings that vary, if any."""

    text: str
    pictures: tuple[Path, ...] = ()
    settings: tuple[str, ...] = ()


class Page(NamedTuple):
    """One page of a sheet: its heads, combinations by (row, column), and which settings vary in the gallery."""

    title: str
    corner: Head
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: dict[tuple[int, int], Combination]
    varying: tuple[str, ...] = ()


class _Varying(NamedTuple):
    """The settings that vary in a gallery: their names, captions, and the order of those in columns."""

    names: tuple[str, ...]
    captions: dict[PaintSettings, tuple[str, ...]]
    places: dict[PaintSettings, tuple[int, ...]]


def plan_pages(combinations: Sequence[Combination], cells: int, most: float = math.inf) -> dict[str, Page]:
    """Return all pages by name: an overview, a sheet for each content, and one for each style.

    On all of them settings that vary stand across, and photographs or paintings down; on the overview paintings stand
    across too, each with its settings. A sheet of more than `cells` cells has several pages: `content/cat`,
    `content/cat.page2`, ... There is no overview of more than `most` combinations.
    """
    varied = _find_varying(combinations)
    pages = _paginate("overview", _overview(combinations, varied), cells) if len(combinations) <= most else {}
    for name, group in _grouped(combinations, lambda job: job.content.name).items():
        pages |= _paginate(f"content/{name}", _content_sheet(group, varied), cells)
    for name, group in _grouped(combinations, lambda job: job.style).items():
        pages |= _paginate(f"style/{name}", _style_sheet(group, varied), cells)
    return pages


def _find_varying(combinations: Sequence[Combination]) -> _Varying:
    settings = dict.fromkeys(combination.job.settings for combination in combinations)
    names = varying(settings)
    return _Varying(names, {each: captions(each, names) for each in settings}, places(settings, names))


def _content_sheet(combinations: Sequence[Combination], varied: _Varying) -> Page:
    """Return the sheet of one content: styles down, settings across."""
    corner = _content_head(combinations[0].job)
    return _grid(f"{corner.text} in every style", corner, combinations, _style_head, _no_head, varied)


def _style_sheet(combinations: Sequence[Combination], varied: _Varying) -> Page:
    """Return the sheet of one style: contents down, settings across."""
    corner = _style_head(combinations[0].job)
    return _grid(f"everything in the style of {corner.text}", corner, combinations, _content_head, _no_head, varied)


def _overview(combinations: Sequence[Combination], varied: _Varying) -> Page:
    """Return the sheet of everything: contents down, styles and below each its settings across."""
    return _grid("overview", Head(""), combinations, _content_head, _style_head, varied)


def _content_head(job: Job) -> Head:
    return Head(job.content.shown, (Path(job.content.path),))


def _style_head(job: Job) -> Head:
    return Head(job.style_shown, tuple(Path(style.path) for style in job.styles))


def _no_head(job: Job) -> Head:
    return Head("")


def _grid(
    title: str,
    corner: Head,
    combinations: Sequence[Combination],
    row_head: Callable[[Job], Head],
    column_head: Callable[[Job], Head],
    varied: _Varying,
) -> Page:
    """Return a page of all combinations; pictures in manifest order, settings from low to high."""
    rows = _numbers(row_head(c.job) for c in combinations)
    heads = [column_head(c.job)._replace(settings=varied.captions[c.job.settings]) for c in combinations]
    groups = _numbers(head._replace(settings=()) for head in heads)
    order = {
        head: (groups[head._replace(settings=())], varied.places[c.job.settings])
        for head, c in zip(heads, combinations, strict=True)
    }
    columns = _numbers(sorted(order, key=order.__getitem__))
    cells = {(rows[row_head(c.job)], columns[head]): c for head, c in zip(heads, combinations, strict=True)}
    return Page(title, corner, tuple(rows), tuple(columns), cells, varied.names)


def _numbers(heads: Iterable[Head]) -> dict[Head, int]:
    """Number heads as they come."""
    return {head: number for number, head in enumerate(dict.fromkeys(heads))}


def _paginate(name: str, page: Page, cells: int) -> dict[str, Page]:
    """Return a page as pages of at most `cells` cells and WIDEST columns, left to right, then down."""
    across = min(len(page.columns), cells, WIDEST)
    down = max(1, cells // across)
    parts: dict[tuple[int, int], dict[tuple[int, int], Combination]] = {}
    for (row, column), combination in page.cells.items():
        parts.setdefault((row // down, column // across), {})[row % down, column % across] = combination
    pages = [
        _part(page, row * down, column * across, down, across, parts[row, column]) for row, column in sorted(parts)
    ]
    return {
        name if number == 1 else f"{name}.page{number}": part._replace(title=_numbered(part.title, number, len(pages)))
        for number, part in enumerate(pages, start=1)
    }


def _part(page: Page, row: int, column: int, down: int, across: int, cells: dict[tuple[int, int], Combination]) -> Page:
    """Return the part of a page that begins at a row and a column."""
    return page._replace(rows=page.rows[row : row + down], columns=page.columns[column : column + across], cells=cells)


def _numbered(title: str, number: int, of: int) -> str:
    return title if of == 1 else f"{title}, page {number} of {of}"


def _grouped(combinations: Iterable[Combination], key: Callable[[Job], str]) -> dict[str, list[Combination]]:
    groups: dict[str, list[Combination]] = {}
    for combination in combinations:
        groups.setdefault(key(combination.job), []).append(combination)
    return groups
