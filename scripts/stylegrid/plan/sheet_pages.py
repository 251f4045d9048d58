"""Contact sheets as grids: the page, row and column of each combination. No drawing."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from stylegrid.plan.job import Combination, Job

WIDEST = 20  # columns of a page; more could not be read on any screen or paper


class Head(NamedTuple):
    """The head of a row or column: its text, and the paths of its input pictures, if any."""

    text: str
    pictures: tuple[Path, ...] = ()


class Page(NamedTuple):
    """One page of a sheet: its heads, and combinations by (row, column)."""

    title: str
    corner: Head
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: dict[tuple[int, int], Combination]


def plan_pages(combinations: Sequence[Combination], cells: int, most: float = math.inf) -> dict[str, Page]:
    """Return all pages by name: an overview, a sheet for each content, and one for each style.

    A sheet of more than `cells` cells has several pages: `content/cat`, `content/cat.page2`, ... There is no overview
    of more than `most` combinations.
    """
    pages = _paginate("overview", _overview(combinations), cells) if len(combinations) <= most else {}
    for name, group in _grouped(combinations, lambda job: job.content.name).items():
        pages |= _paginate(f"content/{name}", _content_sheet(group), cells)
    for name, group in _grouped(combinations, lambda job: job.style).items():
        pages |= _paginate(f"style/{name}", _style_sheet(group), cells)
    return pages


def _content_sheet(combinations: Sequence[Combination]) -> Page:
    """Return the sheet of one content: styles down, variants across."""
    corner = _content_head(combinations[0].job)
    return _grid(f"{corner.text} in every style", corner, combinations, _style_head, _variant_head)


def _style_sheet(combinations: Sequence[Combination]) -> Page:
    """Return the sheet of one style: contents down, variants across."""
    corner = _style_head(combinations[0].job)
    return _grid(f"everything in the style of {corner.text}", corner, combinations, _content_head, _variant_head)


def _overview(combinations: Sequence[Combination]) -> Page:
    """Return the sheet of everything: contents and their variants down, styles across."""
    return _grid("overview", Head(""), combinations, _content_variant_head, _style_head)


def _content_head(job: Job) -> Head:
    return Head(job.content.name, (Path(job.content.path),))


def _style_head(job: Job) -> Head:
    return Head(job.style, tuple(Path(style.path) for style in job.styles))


def _variant_head(job: Job) -> Head:
    return Head(job.variant)


def _content_variant_head(job: Job) -> Head:
    return Head(f"{job.content.name} {job.variant}", (Path(job.content.path),))


def _grid(
    title: str,
    corner: Head,
    combinations: Sequence[Combination],
    row_head: Callable[[Job], Head],
    column_head: Callable[[Job], Head],
) -> Page:
    """Return a page of all combinations; rows and columns in manifest order, variants from light to heavy."""
    rows = _heads(combinations, row_head)
    columns = _heads(combinations, column_head)
    row_of = {head: index for index, head in enumerate(rows)}
    column_of = {head: index for index, head in enumerate(columns)}
    cells = {(row_of[row_head(c.job)], column_of[column_head(c.job)]): c for c in combinations}
    return Page(title, corner, tuple(rows), tuple(columns), cells)


def _heads(combinations: Sequence[Combination], head: Callable[[Job], Head]) -> list[Head]:
    """Return the heads of combinations in manifest order; heads of the same pictures by style weight."""
    style_weights: dict[Head, float] = {}
    for combination in combinations:
        style_weights.setdefault(head(combination.job), combination.job.settings.style_weight)
    place = {pictures: index for index, pictures in enumerate(dict.fromkeys(head.pictures for head in style_weights))}
    return sorted(style_weights, key=lambda head: (place[head.pictures], style_weights[head]))


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
