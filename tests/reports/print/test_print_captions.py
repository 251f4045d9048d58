"""The words of sheets for print."""

import pytest
from conftest import make_job, make_record

from stylegrid.pictures.captions import load_font, shorten
from stylegrid.plan.job import Combination
from stylegrid.reports.print.print_captions import CAPTION, CAPTION_LINE, SWATCH, make_caption
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.setting_words import captions
from stylegrid.store.findings import Finding
from stylegrid.store.record import LossRecord

LONG = ["x" * 10_000, "words " * 2000, "مرحبا بالعالم " * 700, "🎨👩‍🎨🇳🇴" * 2000, "é" * 10_000, "\u200b" * 10_000]


def make_finding(outcome="finished", title="", message="", settings=(("style_weight", 10),), **losses):
    job = make_job(**dict(settings))
    numbers = LossRecord(**{"content": 1.0, "style": 2.0, "tv": 3.0, "total": 4.0, **losses})
    painted = outcome in ("finished", "converged", "non_finite")
    record = make_record(job, losses=numbers) if painted else None
    return Finding(Combination(job, 2, title, ""), outcome, message, record, "x.png" if painted else None)


def caption(finding, width, varying=("style_weight",)):
    return make_caption(finding, varying, width)


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


def test_a_caption_says_style_what_varies_title_and_losses():
    made = caption(make_finding(title="Our summer", style=1.23e-5), 661)
    expected = ["night", "style_weight 10", "Our summer", "content 1", "style 1.23e-05", "tv 3", "total 4"]
    assert words(made) == expected
    assert made.swatch


def test_a_caption_says_nothing_of_settings_where_none_varies():
    losses = ["content 1", "style 2", "tv 3", "total 4"]
    assert words(caption(make_finding(), 661, ())) == ["night", *losses]
    assert words(caption(make_finding(), 661, ("style_scale",))) == ["night", "style_scale 1.5", *losses]


def test_each_setting_has_a_line_beside_the_painting_and_what_is_below_makes_room():
    names = ("size", "init", "style_weight", "content_layers", "style_scale")
    made = caption(make_finding(), 661, names)
    beside = [piece for piece in made.pieces if piece.x == SWATCH + CAPTION // 2]
    assert [piece.text.text for piece in beside] == ["night", *captions(make_job(style_weight=10).settings, names)]
    assert [piece.y for piece in beside] == [number * CAPTION_LINE for number in range(6)]
    assert made.pieces[6].y > beside[-1].y + CAPTION_LINE


def test_more_settings_than_there_is_room_for_end_in_an_ellipsis():
    names = [name for name in PaintSettings.model_fields if name != "style_layers"]
    wide, narrow = (caption(make_finding(), width, names) for width in (661, 171))
    assert wide.pieces[10].text.text == narrow.pieces[5].text.text == "…"
    assert wide.height < 20 * CAPTION_LINE


def test_losses_stand_two_on_a_line_where_they_fit_and_are_never_cut():
    wide, narrow, tiny = (caption(make_finding(content=1.23e-5), width, ()) for width in (661, 400, 171))
    assert [piece.x for piece in wide.pieces[1:]] == [0, 330, 0, 330]
    assert [piece.x for piece in narrow.pieces[1:]] == [0] * 4
    assert words(tiny)[1:] == ["content", "1.23e-05", "style 2", "tv 3", "total 4"]
    assert not tiny.swatch


@pytest.mark.parametrize(
    ("outcome", "told"),
    [("failed", True), ("missing", True), ("non_finite", True), ("finished", False), ("converged", False)],
)
def test_a_message_is_told_where_something_went_wrong(outcome, told):
    assert ("a message" in words(caption(make_finding(outcome, message="a message"), 661))) is told


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("width", [171, 240, 661, 2400])
def test_no_word_leaves_its_column_nor_stands_on_another(text, width):
    long = (("init", "noise + " + text.replace("+", "")[:150].strip() + ".png"),)
    finding = make_finding("non_finite", text, text, long, tv=1.23456e-300)
    made = caption(finding, width, ("init", "style_layers", "content_layers"))
    for piece in made.pieces:
        assert piece.x + load_font(CAPTION, piece.text.bold).getlength(piece.text.text) <= width
        assert piece.y + CAPTION <= made.height
        assert piece.x in {0, width // 2} or piece.x == SWATCH + CAPTION // 2
        assert piece.x or piece.y >= SWATCH or not made.swatch
    places = [(piece.x, piece.y) for piece in made.pieces]
    assert len(set(places)) == len(places)
