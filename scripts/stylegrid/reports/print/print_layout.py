"""Sheets for print as geometry: what stands where on which page, in pixels at 300 dpi. No drawing."""

import math
from collections.abc import Sequence
from typing import NamedTuple

DPI = 300
PAPERS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "letter": (215.9, 279.4)}  # millimetres, upright
CELL_WIDTH_MM, FOOTER_MM = 56.0, 9.0
GUTTER_MM, ROW_GAP_MM, HEADING_GAP_MM, GROUP_GAP_MM = 6.0, 5.5, 4.5, 5.0
TALLEST_SHAPE = 1.5  # height over width; one narrow picture shall not stretch a whole group
MOST_SHRUNK = 0.85  # of a picture's height, where that makes room for another row


class Frame(NamedTuple):
    """A page: its size, its margin, and its columns; all pixels."""

    width: int
    height: int
    margin: int
    columns: int
    gutter: int

    @property
    def cell_width(self) -> int:
        """Return the width of a column."""
        return (self.width - 2 * self.margin - (self.columns - 1) * self.gutter) // self.columns

    @property
    def bottom(self) -> int:
        """Return where the footer's place begins."""
        return self.height - self.margin - to_pixels(FOOTER_MM)

    def left(self, column: int) -> int:
        """Return where a column begins."""
        return self.margin + column * (self.cell_width + self.gutter)


class Heading(NamedTuple):
    """A group's heading on a page: which group, where, and whether the group began on an earlier page."""

    group: int
    y: int
    continued: bool


class Cell(NamedTuple):
    """A cell on a page: which one of which group, and its upper left corner."""

    group: int
    number: int
    x: int
    y: int


class PrintPage(NamedTuple):
    """What stands on one page."""

    headings: list[Heading]
    cells: list[Cell]


def to_pixels(millimetres: float) -> int:
    """Return a length at 300 dpi.

    >>> [to_pixels(side) for side in PAPERS["A4"]]
    [2480, 3508]
    """
    return round(millimetres / 25.4 * DPI)


def page_size(paper: str, orientation: str) -> tuple[float, float]:
    """Return a paper's (width, height) in millimetres."""
    width, height = PAPERS[paper]
    return (width, height) if orientation == "portrait" else (height, width)


def make_frame(paper: str, orientation: str, margin: int, columns: int | str, counts: Sequence[int]) -> Frame:
    """Return the frame of a paper's pages, the margin in millimetres.

    `auto` makes columns about 56 mm wide, or one more of them if groups of so many cells leave fewer places empty then.
    """
    width, height = page_size(paper, orientation)
    if columns == "auto":
        usual = max(1, round((width - 2 * margin + GUTTER_MM) / (CELL_WIDTH_MM + GUTTER_MM)))
        columns = min(usual, usual + 1, key=lambda number: sum(-count % number for count in counts))
    gutter = min(GUTTER_MM, (width - 2 * margin) / int(columns) / 8)
    return Frame(to_pixels(width), to_pixels(height), to_pixels(margin), int(columns), to_pixels(gutter))


def picture_height(frame: Frame, shape: float, header: int, heading: int, caption: int) -> int:
    """Return the height of the box that a group's pictures are fitted into.

    It is the column's width times `shape`, the tallest picture's height over its width; less where that makes room for
    one more row, and never more than lets a row stand below header and heading on the first page.
    """
    natural = min(round(frame.cell_width * min(shape, TALLEST_SHAPE)), _room(frame, header, heading) - caption)
    gap = to_pixels(ROW_GAP_MM)
    room = _room(frame, 0, heading) + gap
    rows = math.ceil(room / (natural + caption + gap))
    shrunk = room // rows - caption - gap
    return shrunk if MOST_SHRUNK * natural <= shrunk <= natural else natural


def lay_out(frame: Frame, header: int, heading: int, groups: Sequence[Sequence[int]]) -> list[PrintPage]:
    """Return the pages that groups of cells, each given by its height, fill in order.

    The first page begins with the header, and a group with a heading, which is repeated on every page it goes over to;
    below a heading there is always a row. A row is as high as its highest cell, and stands on one page.
    """
    pages = [PrintPage([], [])]
    y = frame.margin + header
    for group, heights in enumerate(groups):
        y += to_pixels(GROUP_GAP_MM) if pages[-1].cells else 0
        for first in range(0, len(heights), frame.columns):
            row = heights[first : first + frame.columns]
            above = heading + to_pixels(HEADING_GAP_MM) if first == 0 else 0
            if y + above + max(row) > frame.bottom and pages[-1].cells:
                pages.append(PrintPage([], []))
                y, above = frame.margin, heading + to_pixels(HEADING_GAP_MM)
            if above:
                pages[-1].headings.append(Heading(group, y, first > 0))
            pages[-1].cells.extend(Cell(group, first + i, frame.left(i), y + above) for i in range(len(row)))
            y += above + max(row) + to_pixels(ROW_GAP_MM)
    return pages


def _room(frame: Frame, header: int, heading: int) -> int:
    """Return the height that is left for rows on a page that begins with these."""
    return frame.bottom - frame.margin - header - heading - to_pixels(HEADING_GAP_MM)
