"""Sheets for print as geometry."""

import itertools
import random

import pytest

from stylegrid.reports.print.print_layout import (
    PAPERS,
    Frame,
    lay_out,
    make_frame,
    page_size,
    picture_height,
    to_pixels,
)

# Three columns of 100 px with 10 px between them; rows from 20 to 1020 - 106, where the footer's place begins.
FRAME = Frame(width=360, height=1040, margin=20, columns=3, gutter=10)
HEADING_GAP, ROW_GAP, GROUP_GAP = to_pixels(4.5), to_pixels(5.5), to_pixels(5.0)


@pytest.mark.parametrize(("paper", "portrait"), [("A4", (2480, 3508)), ("A3", (3508, 4961)), ("letter", (2550, 3300))])
def test_papers_have_their_pixels_either_way(paper, portrait):
    frame = make_frame(paper, "portrait", 15, 3, [3])
    assert (frame.width, frame.height) == portrait
    frame = make_frame(paper, "landscape", 15, 3, [3])
    assert (frame.height, frame.width) == portrait


def test_a_frame_of_three_columns_is_as_worked_out():
    assert FRAME.cell_width == 100
    assert [FRAME.left(column) for column in range(3)] == [20, 130, 240]
    assert FRAME.bottom == 1020 - 106


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
@pytest.mark.parametrize("columns", ["auto", *range(1, 9)])
@pytest.mark.parametrize("margin", [5, 15, 40])
def test_columns_fill_the_page_between_its_margins(paper, orientation, columns, margin):
    frame = make_frame(paper, orientation, margin, columns, [1])
    right = frame.left(frame.columns - 1) + frame.cell_width
    assert frame.left(0) == to_pixels(margin)
    assert 0 <= frame.width - frame.margin - right < frame.columns
    assert columns in ("auto", frame.columns)


@pytest.mark.parametrize(
    ("paper", "orientation", "counts", "columns"),
    [
        ("A4", "portrait", [9, 3], 3),
        ("A4", "portrait", [4, 8], 4),
        ("A4", "portrait", [25] * 40, 3),  # 2 places of each group stay empty in three columns, 3 in four
        ("A4", "landscape", [4], 4),
        ("A3", "landscape", [6], 6),
        ("letter", "portrait", [3], 3),
    ],
)
def test_auto_takes_columns_that_groups_fill(paper, orientation, counts, columns):
    assert make_frame(paper, orientation, 15, "auto", counts).columns == columns


def test_one_page_is_as_worked_out():
    (page,) = lay_out(FRAME, header=50, heading=30, groups=[[100, 90, 80, 70], [60]])
    first = 20 + 50 + 30 + HEADING_GAP
    second = first + 100 + ROW_GAP
    group = second + 70 + ROW_GAP + GROUP_GAP
    assert page.headings == [(0, 70, False), (1, group, False)]
    assert page.cells == [
        (0, 0, 20, first),
        (0, 1, 130, first),
        (0, 2, 240, first),
        (0, 3, 20, second),
        (1, 0, 20, group + 30 + HEADING_GAP),
    ]


def test_a_row_that_just_fits_stays_and_one_pixel_more_goes_over():
    room = FRAME.bottom - 20 - 50 - 30 - HEADING_GAP - 100 - ROW_GAP
    assert len(lay_out(FRAME, 50, 30, [[100, 100, 100, room]])) == 1
    pages = lay_out(FRAME, 50, 30, [[100, 100, 100, room + 1]])
    assert [page.headings for page in pages] == [[(0, 70, False)], [(0, 20, True)]]
    assert pages[1].cells == [(0, 3, 20, 20 + 30 + HEADING_GAP)]


def test_a_heading_goes_over_with_its_first_row():
    room = FRAME.bottom - 20 - 30 - HEADING_GAP
    first, second = lay_out(FRAME, 0, 30, [[room - 60], [40]])
    assert [heading.group for heading in first.headings] == [0]
    assert second.headings == [(1, 20, False)]


@pytest.mark.parametrize("seed", range(30))
def test_whatever_the_heights_every_cell_stands_once_in_order_on_a_page_and_below_a_heading(seed):
    chance = random.Random(seed)
    groups = [[chance.randint(10, 700) for _ in range(chance.randint(1, 20))] for _ in range(8)]
    pages = lay_out(FRAME, 90, 40, groups)
    cells = [(cell.group, cell.number) for page in pages for cell in page.cells]
    assert cells == [(group, number) for group, heights in enumerate(groups) for number in range(len(heights))]
    for page in pages:
        boxes = [(cell.x, cell.y, groups[cell.group][cell.number]) for cell in page.cells]
        assert all(y + height <= FRAME.bottom for _, y, height in boxes)
        assert all(
            x != other_x or y + height <= other_y
            for (x, y, height), (other_x, other_y, _) in itertools.combinations(boxes, 2)
        )
        assert {cell.group for cell in page.cells} == {heading.group for heading in page.headings}
        for heading in page.headings:
            assert all(cell.y >= heading.y + 40 for cell in page.cells if cell.group == heading.group)
            assert all(cell.y < heading.y for cell in page.cells if cell.group < heading.group)


def test_a_pictures_box_has_its_shape():
    tall = Frame(width=360, height=100_000, margin=20, columns=3, gutter=10)
    assert picture_height(tall, 0.75, 0, 0, 0) in (74, 75)  # a thousand rows and one more, each a pixel less
    assert picture_height(tall, 9.0, 0, 0, 0) in (149, 150)


def test_a_picture_shrinks_by_less_than_a_sixth_and_only_where_that_makes_room_for_a_row():
    page = FRAME.bottom - FRAME.margin - 30 - HEADING_GAP
    assert page == 811  # with a gap below its last row 876: 3.9 rows of 100 + 60 + 65, or four of 219
    assert picture_height(FRAME, 1.0, 0, 30, 60) == 219 - 60 - 65
    for caption in range(0, 400, 7):
        height = picture_height(FRAME, 1.0, 0, 30, caption)
        rows, natural = ((page + ROW_GAP) // (each + caption + ROW_GAP) for each in (height, 100))
        assert 85 <= height <= 100
        assert rows == natural + (height < 100) or (height == 100 and rows == natural)


def test_the_tallest_picture_leaves_room_for_header_heading_and_caption():
    wide = Frame(width=1000, height=700, margin=20, columns=1, gutter=10)
    height = picture_height(wide, 1.5, header=100, heading=50, caption=60)
    (page,) = lay_out(wide, 100, 50, [[height + 60]])
    assert page.cells[0].y + height + 60 <= wide.bottom


def test_papers_lie_as_they_are_told():
    assert page_size("A4", "portrait") == (210, 297)
    assert page_size("A4", "landscape") == (297, 210)
