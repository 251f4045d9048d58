"""Sheets for print drawn."""

from pathlib import Path

import numpy as np
import pytest
from conftest import make_job, make_record, save_picture
from PIL import Image, ImageColor

from stylegrid.plan.job import Combination, Source, StyleSource
from stylegrid.plan.plan_contents import PrintFile
from stylegrid.reports.contact_sheet import FAILED_PAPER, MISSING_PAPER
from stylegrid.reports.print.print_captions import SWATCH
from stylegrid.reports.print.print_draw import compose, draw_print_page
from stylegrid.store.findings import Finding, Network

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)
LONG = ["x" * 10_000, "مرحبا بالعالم 🎨 " * 700, "words " * 30]
NO_NETWORK = Network("", "")


@pytest.fixture
def make(tmp_path):
    """Return a function that makes findings of one photograph: green, by a blue painting, each picture red."""

    def make(outcomes, size=(60, 40), content="cat", title="", blend=1):
        paths = {}
        for name, colour in (("photograph", GREEN), ("painting", BLUE), (content, RED)):
            paths[name] = tmp_path / f"{name}.png"
            Image.new("RGB", size, colour).save(paths[name])
        findings = []
        for number, outcome in enumerate(outcomes):
            job = make_job(content, variant=f"sw{number}").model_copy(
                update={
                    "content": Source(name=content, path=str(paths["photograph"]), sha256=""),
                    "styles": (StyleSource(name="night", path=str(paths["painting"]), sha256=""),) * blend,
                }
            )
            painted = outcome == "finished"
            record, picture = (make_record(job), paths[content]) if painted else (None, None)
            findings.append(Finding(Combination(job, 2, title, ""), outcome, title, record, picture))
        return findings

    return make


def book(findings, paper="A4", orientation="portrait", columns="auto", margin=15, title="Ours", network=NO_NETWORK):
    file = PrintFile(gallery=title, paper=paper, orientation=orientation, columns=columns, margin=margin, entries=())
    return compose(file, findings, network)


def pages_of(booklet):
    return [np.asarray(draw_print_page(booklet, number)) for number in range(1, len(booklet.pages) + 1)]


def places(pixels, colour):
    """Return where a colour is: (number, 2), rows and columns."""
    red, green, blue = ImageColor.getrgb(colour) if isinstance(colour, str) else colour
    number = (red << 16) + (green << 8) + blue
    return np.argwhere(np.dot(pixels.astype(np.int32), (1 << 16, 1 << 8, 1)) == number)


def starts(numbers):
    """Return the first of every run of consecutive numbers."""
    numbers = np.unique(numbers)
    return numbers[np.diff(numbers, prepend=-2) > 1]


def test_a_picture_fills_its_column_in_its_own_shape(make):
    (page,) = pages_of(book(make(["finished"]), columns=2))
    red = places(page, RED)
    top, left = red.min(axis=0)
    height, width = red.max(axis=0) - (top, left) + 1
    column = (2480 - 2 * 177 - 71) // 2  # margins of 15 mm, a gutter of 6
    assert left == 177
    assert (width, height) == (column, round(column * 40 / 60))
    assert len(red) == width * height


def test_pictures_of_a_row_are_aligned_and_as_far_apart_as_columns(make):
    (page,) = pages_of(book(make(["finished"] * 6), columns=3))
    red = places(page, RED)
    tops, lefts = (starts(red[:, axis]) for axis in (0, 1))
    assert len(tops) == 2
    assert lefts[0] == 177 and lefts[1] - lefts[0] == lefts[2] - lefts[1]


def test_pictures_of_other_shapes_stand_on_the_line_of_their_captions(make, tmp_path):
    square, flat = make(["finished"] * 2, size=(40, 40))
    Image.new("RGB", (60, 20), (0, 200, 200)).save(tmp_path / "flat.png")
    (page,) = pages_of(book([square, flat._replace(picture=tmp_path / "flat.png")]))
    squares, flats = (places(page, colour)[:, 0] for colour in (RED, (0, 200, 200)))
    assert squares.max() == flats.max()
    assert np.ptp(flats) + 1 == round((np.ptp(squares) + 1) / 3)


def test_the_photograph_stands_in_the_heading_and_the_painting_below_each_picture(make):
    (page,) = pages_of(book(make(["finished"] * 3)))
    red, green, blue = (places(page, colour) for colour in (RED, GREEN, BLUE))
    assert green[:, 0].max() < red[:, 0].min() < red[:, 0].max() < blue[:, 0].min()
    assert len(blue) == 3 * SWATCH**2


def test_a_blends_paintings_share_the_small_square(make):
    (page,) = pages_of(book(make(["finished"], blend=3)))
    assert len(places(page, BLUE)) == SWATCH**2


@pytest.mark.parametrize(("outcome", "paper"), [("failed", FAILED_PAPER), ("missing", MISSING_PAPER)])
def test_a_combination_without_a_picture_is_a_marked_box_of_the_others_size(make, outcome, paper):
    (page,) = pages_of(book(make(["finished", outcome])))
    marked, red = places(page, paper), places(page, RED)
    assert len(marked) > 0.9 * len(red)
    assert abs(np.ptp(marked, axis=0) - np.ptp(red, axis=0)).max() <= 1


def test_pictures_that_vanish_are_marked(make):
    findings = make(["finished", "finished"])
    booklet = book(findings)
    for path in {findings[0].picture, Path(findings[0].combination.job.content.path)}:
        path.unlink()
    (page,) = pages_of(booklet)
    assert len(places(page, FAILED_PAPER)) > 100_000
    assert len(places(page, RED)) == len(places(page, GREEN)) == 0


def test_every_page_shows_its_own_cells_and_number(make):
    booklet = book(make(["finished"] * 14), paper="letter", orientation="landscape", columns=3)
    pages = pages_of(booklet)
    assert len(pages) > 2
    box = booklet.groups[0].box
    for page, planned in zip(pages, booklet.pages, strict=True):
        assert page.shape == (2550, 3300, 3)
        assert len(places(page, RED)) == len(planned.cells) * box[0] * box[1]
    footers = [page[-300:, -900:].tobytes() for page in pages]
    assert len(set(footers)) == len(pages)


def test_groups_follow_one_another_in_the_manifests_order(make):
    findings = [
        *make(["finished"], content="dog"),
        *make(["finished"], content="cat"),
        *make(["missing"], content="dog"),
    ]
    booklet = book(findings)
    assert [(group.name, len(group.findings)) for group in booklet.groups] == [("dog", 2), ("cat", 1)]


@pytest.mark.parametrize(
    ("text", "outcome", "paper", "orientation", "columns", "margin", "size"),
    [
        (LONG[0], "finished", "A4", "portrait", "auto", 15, (60, 40)),
        (LONG[1], "failed", "A4", "portrait", "auto", 15, (10, 200)),
        (LONG[2], "finished", "letter", "landscape", 8, 40, (200, 10)),
        (LONG[0], "failed", "letter", "landscape", 8, 40, (60, 40)),
        (LONG[1], "finished", "letter", "landscape", 1, 40, (10, 200)),
    ],
)
def test_nothing_leaves_its_page_or_reaches_the_footer(make, text, outcome, paper, orientation, columns, margin, size):
    findings = make([outcome] * 3, size, content="cat-" + "w" * 60, title=text)
    booklet = book(findings, paper, orientation, columns, margin, title=text, network=Network(text, text))
    frame = booklet.frame
    for page in pages_of(booklet):
        edge = frame.margin - 12  # a letter may stick out of its line by a few pixels
        for side in (
            page[:edge],
            page[-edge:],
            page[:, :edge],
            page[:, -edge:],
            page[frame.bottom : frame.bottom + 40],
        ):
            assert (side == 255).all()


def test_title_counts_network_and_warning_stand_on_the_first_page_only(make):
    findings = make(["finished"] * 30)
    networks = (NO_NETWORK, Network("ImageNet", ""), Network("ImageNet", "untrained"))
    first, second = zip(
        *(pages_of(book(findings, columns=3, network=network))[:2] for network in networks), strict=True
    )
    assert len({page.tobytes() for page in first}) == 3
    assert len({page.tobytes() for page in second}) == 1


def test_the_photographs_shape_stands_in_where_nothing_was_painted(make, tmp_path):
    booklet = book(make(["missing"], size=(40, 40)), columns=3)
    assert booklet.groups[0].box[0] == booklet.groups[0].box[1]
    findings = make(["missing"])
    save_picture(Path(findings[0].combination.job.content.path)).write_bytes(b"no picture")
    width, height = book(findings, columns=3).groups[0].box
    assert height == pytest.approx(0.75 * width, abs=1)
