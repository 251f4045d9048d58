"""The words of sheets for print."""

import pytest
from conftest import make_job, make_record

from stylegrid.pictures.captions import load_font
from stylegrid.plan.job import Combination
from stylegrid.reports.print.print_captions import CAPTION, SWATCH, make_caption, shorten
from stylegrid.store.findings import Finding
from stylegrid.store.record import LossRecord

LONG = ["x" * 10_000, "words " * 2000, "مرحبا بالعالم " * 700, "🎨👩‍🎨🇳🇴" * 2000, "é" * 10_000, "\u200b" * 10_000]


def make_finding(outcome="finished", title="", message="", variant="sw10", **losses):
    job = make_job(variant=variant)
    numbers = LossRecord(**{"content": 1.0, "style": 2.0, "tv": 3.0, "total": 4.0, **losses})
    painted = outcome in ("finished", "converged", "non_finite")
    record = make_record(job, losses=numbers) if painted else None
    return Finding(Combination(job, 2, title, ""), outcome, message, record, "x.png" if painted else None)


def words(caption):
    return [piece.text.text for piece in caption.pieces]


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("most", [1, 2])
@pytest.mark.parametrize("width", [171, 661])
def test_long_text_ends_in_an_ellipsis_within_its_lines_and_width(text, most, width):
    lines = shorten(text, CAPTION, False, width, most)
    assert len(lines) <= most
    assert lines[-1].endswith("…")
    assert all(load_font(CAPTION, False).getlength(line) <= width for line in lines)


def test_text_that_fits_is_whole():
    assert shorten("one two", CAPTION, False, 2000) == ["one two"]
    assert shorten("one two", CAPTION, False, 80, 2) == ["one", "two"]
    assert shorten("", CAPTION, False, 80, 2) == []


def test_a_caption_says_style_variant_title_and_losses():
    caption = make_caption(make_finding(title="Our summer", style=1.23e-5), 661)
    expected = ["night", "sw10", "Our summer", "content 1", "style 1.23e-05", "tv 3", "total 4"]
    assert words(caption) == expected
    assert caption.swatch


def test_losses_stand_two_on_a_line_where_they_fit_and_are_never_cut():
    wide, narrow, tiny = (make_caption(make_finding(content=1.23e-5), width) for width in (661, 400, 171))
    assert [piece.x for piece in wide.pieces[2:]] == [0, 330, 0, 330]
    assert [piece.x for piece in narrow.pieces[2:]] == [0] * 4
    assert words(tiny)[2:] == ["content", "1.23e-05", "style 2", "tv 3", "total 4"]
    assert not tiny.swatch


@pytest.mark.parametrize(
    ("outcome", "told"),
    [("failed", True), ("missing", True), ("non_finite", True), ("finished", False), ("converged", False)],
)
def test_a_message_is_told_where_something_went_wrong(outcome, told):
    assert ("a message" in words(make_caption(make_finding(outcome, message="a message"), 661))) is told


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("width", [171, 240, 661, 2400])
def test_no_word_leaves_its_column_nor_stands_on_another(text, width):
    finding = make_finding("non_finite", text, text, text[:150], tv=1.23456e-300)
    caption = make_caption(finding, width)
    for piece in caption.pieces:
        assert piece.x + load_font(CAPTION, piece.text.bold).getlength(piece.text.text) <= width
        assert piece.y + CAPTION <= caption.height
        assert piece.y >= SWATCH or piece.x == (SWATCH + CAPTION // 2 if caption.swatch else 0)
    places = [(piece.x, piece.y) for piece in caption.pieces]
    assert len(set(places)) == len(places)
