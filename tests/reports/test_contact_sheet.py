"""Contact sheets drawn."""

from pathlib import Path

import numpy as np
import pytest
from conftest import draw, make_job, make_record, save_picture
from fake_findings import finding
from PIL import Image, ImageColor

from stylegrid.pictures import encode
from stylegrid.pictures.captions import GAP, MARGIN, PAPER
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.plan.job import Combination, Source, StyleSource
from stylegrid.plan.sheet_pages import Head, Page, plan_pages
from stylegrid.reports import contact_sheet
from stylegrid.reports.contact_sheet import draw_page
from stylegrid.store.findings import Finding, Network

LONG = "the-quick-brown-fox-jumps-over-the-lazy-dog_and_UNBREAKABLEWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
NO_NETWORK = Network("", "")


@pytest.fixture
def gallery(tmp_path):
    """Return a function that makes findings for variants, each with its outcome, of one picture and style."""

    def make(outcomes, content="cat", style="night", message="words", title=""):
        sources = [save_picture(tmp_path / f"{name}.png", 40, 30) for name in ("content", "style")]
        findings = {}
        for row, (variant, outcome) in enumerate(outcomes.items(), start=2):
            job = make_job(content, style, variant, style_weight=row).model_copy(
                update={
                    "content": Source(name=content, path=str(sources[0]), sha256=""),
                    "styles": (StyleSource(name=style, path=str(sources[1]), sha256=""),),
                }
            )
            picture = save_picture(tmp_path / f"{row}.png", 32, 24) if outcome in ("finished", "non_finite") else None
            record = make_record(job, losses=None) if outcome == "non_finite" else make_record(job) if picture else None
            findings[job.name] = Finding(Combination(job, row, title, ""), outcome, message, record, picture)
        return findings

    return make


def pages_of(findings):
    return plan_pages([finding.combination for finding in findings.values()], cells=100)


def sheet(findings, name="overview", thumbnail=64, title="My gallery", network=NO_NETWORK):
    return draw_page(pages_of(findings)[name], findings, thumbnail, title, network)


def holds(image: Image.Image, picture: np.ndarray) -> bool:
    """Return whether a picture is somewhere on a sheet, pixel by pixel."""
    pixels = np.asarray(image)
    height, width = picture.shape[:2]
    places = np.argwhere((pixels[: -height + 1, : -width + 1] == picture[0, 0]).all(axis=2))
    return any((pixels[y : y + height, x : x + width] == picture).all() for y, x in places)


def test_a_sheet_shows_pictures_at_their_own_size(gallery):
    image = sheet(gallery({"sw1": "finished"}), thumbnail=32)
    assert holds(image, draw(32, 24))


def test_a_sheet_is_as_large_as_its_grid(gallery):
    three, six = (sheet(gallery({f"sw{n}": "finished" for n in range(count)}), "content/cat") for count in (10, 20))
    assert three.width == 2 * MARGIN + 11 * (64 + GAP)
    assert six.width - three.width == 10 * (64 + GAP)
    assert six.height == three.height


@pytest.mark.parametrize("outcome", ["failed", "missing", "non_finite", "finished"])
@pytest.mark.parametrize("thumbnail", [32, 64, 240])
@pytest.mark.parametrize("name", ["overview", "content/cat-" + LONG, "style/night-" + LONG])
def test_nothing_is_drawn_outside_the_sheet(gallery, outcome, thumbnail, name):
    """The margins stay empty, however long the names, the message, the title, the network's name and the warning."""
    findings = gallery({f"sw1-{LONG}": outcome}, f"cat-{LONG}", f"night-{LONG}", message=LONG)
    pixels = np.asarray(
        sheet(findings, name, thumbnail, title=f"{LONG} {LONG}", network=Network(LONG, f"{LONG} {LONG}"))
    )
    paper = ImageColor.getrgb(PAPER)
    for edge in (pixels[:, : MARGIN - 4], pixels[:, -MARGIN + 4 :], pixels[: MARGIN - 4], pixels[-MARGIN + 4 :]):
        assert (edge == paper).all()


@pytest.mark.parametrize("outcome", ["failed", "missing"])
def test_a_combination_without_a_picture_is_marked(gallery, outcome):
    colour = ImageColor.getrgb(
        {
            "failed": contact_sheet.FAILED_PAPER,
            "missing": contact_sheet.MISSING_PAPER,
        }[outcome]
    )
    marked = np.asarray(sheet(gallery({"sw1": outcome})))
    painted = np.asarray(sheet(gallery({"sw1": "finished"})))
    assert (marked == colour).all(axis=2).sum() > 64 * 20
    assert (painted == colour).all(axis=2).sum() < 64


def test_an_input_that_vanished_is_marked_and_the_sheet_drawn_all_the_same(gallery):
    findings = gallery({"sw1": "failed"})
    (finding,) = findings.values()
    Path(finding.combination.job.content.path).unlink()
    colour = ImageColor.getrgb(contact_sheet.FAILED_PAPER)
    assert (np.asarray(sheet(findings)) == colour).all(axis=2).sum() > 2 * 64 * 20


def test_a_row_is_as_high_as_its_tallest_picture(gallery, tmp_path):
    findings = gallery({"sw1": "finished", "sw2": "finished"})
    save_picture(tmp_path / "2.png", 60, 6)
    save_picture(tmp_path / "3.png", 6, 60)
    image = sheet(findings, "content/cat", thumbnail=60)
    assert holds(image, draw(60, 6)) and holds(image, draw(6, 60))
    assert (np.asarray(image)[-MARGIN:] == ImageColor.getrgb(PAPER)).all()


@pytest.mark.parametrize("term", ["content", "style", "tv", "total"])
def test_every_loss_is_printed(gallery, term):
    (finding,) = gallery({"sw1": "finished"}).values()
    losses = finding.record.losses.model_copy(update={term: 9.87e-6})
    changed = finding._replace(record=finding.record.model_copy(update={"losses": losses}))
    name = finding.combination.job.name
    assert sheet({name: finding}).tobytes() != sheet({name: changed}).tobytes()


@pytest.mark.parametrize(
    ("outcome", "printed"), [("failed", True), ("missing", True), ("non_finite", True), ("finished", False)]
)
def test_a_message_is_printed_where_something_went_wrong(gallery, outcome, printed):
    sheets = [sheet(gallery({"sw1": outcome}, message=message)).tobytes() for message in ("one", "two")]
    assert (sheets[0] != sheets[1]) is printed


def test_a_warning_the_network_and_a_title_take_their_own_lines(gallery):
    findings = gallery({"sw1": "finished"})
    plain = sheet(findings)
    named, warned = (sheet(findings, network=Network("ImageNet", words)) for words in ("", "untrained network"))
    assert warned.height > named.height > plain.height
    assert sheet(findings, title="words " * 40).height > plain.height


def test_a_blends_head_shows_its_paintings_side_by_side(tmp_path):
    colours = [(200, 0, 0), (0, 0, 200), (0, 200, 0)]
    paths = [tmp_path / f"{colour}.png" for colour in colours]
    for path, colour in zip(paths, colours, strict=True):
        Image.new("RGB", (50, 40), colour).save(path)
    page = Page("", Head(""), (Head("row"),), (Head("a blend", tuple(paths)),), {})
    pixels = np.asarray(draw_page(page, {}, 60, "title", NO_NETWORK))
    strips = [np.argwhere((pixels == colour).all(axis=2)) for colour in colours]
    assert [len(strip) for strip in strips] == [20 * 60] * 3
    assert strips[0][:, 1].max() < strips[1][:, 1].min() <= strips[1][:, 1].max() < strips[2][:, 1].min()


def test_a_title_stands_below_its_picture_on_three_lines_at_most(gallery):
    without, one, three, more = (
        sheet(gallery({"sw1": "finished"}, title=title), thumbnail=120)
        for title in ("", "Dusk", "Dusk on a very long evening by the sea", "words " * 1000)
    )
    assert without.height < one.height < three.height == more.height
    assert three.tobytes() != more.tobytes()


def test_a_picture_is_captioned_by_what_varies_and_nothing_else(gallery):
    """One caption more is a line more, and a gallery without a sweep has none."""
    findings = gallery({"sw1": "finished"})
    (page,) = [page for name, page in pages_of(findings).items() if name == "content/cat"]
    captioned = page._replace(varying=("style_weight",))
    drawn = [draw_page(each, findings, 120, "", NO_NETWORK) for each in (page, captioned)]
    assert page.varying == () and drawn[0].height < drawn[1].height
    (name,) = findings
    heavier = {name: finding("cat", "night", weight=7)._replace(picture=findings[name].picture)}
    assert draw_page(captioned, heavier, 120, "", NO_NETWORK).tobytes() != drawn[1].tobytes()


def test_a_painting_stands_once_above_the_columns_of_its_settings(tmp_path):
    path = tmp_path / "red.png"
    Image.new("RGB", (60, 60), (200, 0, 0)).save(path)
    heads = [Head(name, (path,), (f"style_scale {scale}",)) for name in ("night", "wave") for scale in (1, 1.5, 2)]
    pixels = np.asarray(draw_page(Page("", Head(""), (), tuple(heads), {}), {}, 60, "title", NO_NETWORK))
    red = np.argwhere((pixels == (200, 0, 0)).all(axis=2))
    assert len(red) == 2 * 60 * 60
    assert sorted({x // (60 + GAP) for x in np.unique(red[:, 1]) - MARGIN}) == [1, 4]


def test_settings_of_columns_begin_at_one_height():
    """Of one setting, though a neighbour's takes three lines."""
    heads = [Head("", (), ("seed 1",)), Head("", (), ("style_layers relu1_1 + relu2_1 + relu3_1",))]
    pixels = np.asarray(draw_page(Page("", Head(""), (), tuple(heads), {}), {}, 160, "title", NO_NETWORK))
    top = pixels.shape[0] // 2  # below the title
    ink = np.argwhere((pixels[top:] < 128).all(axis=2))
    edge = MARGIN + 2 * (160 + GAP)
    one, other = (ink[(ink[:, 1] < edge) == left] for left in (True, False))
    assert abs(one[:, 0].min() - other[:, 0].min()) <= 3 and np.ptp(other[:, 0]) > 2 * np.ptp(one[:, 0])


@pytest.mark.parametrize("kind", ["webp", "tiff"])
def test_a_sheet_shows_pictures_of_any_format_and_transparent_ones_on_white(gallery, tmp_path, kind):
    (finding,) = gallery({"sw1": "finished"}).values()
    picture, alpha = np.full((1, 24, 32, 3), 0.2, np.float32), np.ones((1, 24, 32, 1), np.float32)
    alpha[:, :, 16:] = 0
    path = tmp_path / f"a{SUFFIXES[kind]}"
    path.write_bytes(encode.encode(picture, kind, 100, alpha))
    shown = sheet({finding.combination.job.name: finding._replace(picture=path)}, thumbnail=32)
    expected = np.full((24, 32, 3), 51, np.uint8)
    expected[:, 16:] = 255
    assert holds(shown, expected)


def test_the_same_findings_give_the_same_sheet(gallery):
    findings = gallery({"sw1": "finished", "sw2": "failed"})
    assert sheet(findings).tobytes() == sheet(findings).tobytes()
