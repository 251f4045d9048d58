"""What lies beside a picture, in a real browser: films, film strip, snapshots and masks in its viewer."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, PHONE, STYLES, Exhibition, png
from PIL import Image
from playwright.sync_api import expect

import film as program
from stylegrid.pictures import film
from stylegrid.runs import lock
from stylegrid.store import film_strip, films
from stylegrid.store.layout import picture_path

pytestmark = pytest.mark.browser

SIZES = {"desktop": DESKTOP, "phone": PHONE}
STEPS = (10, 20, 30)
FOLDED = ["Film of the descent", "Film over the style weight", "Film strip", "Snapshots (3)"]


@pytest.fixture(scope="session")
def filmed(tmp_path_factory):
    """A picture with all of it and masks, and one with nothing."""
    made = Exhibition(tmp_path_factory.mktemp("films"))
    source = made.source("photographs", "cat", (240, 180), (0, 0, 255))
    job = made.add(source, STYLES["night"], style_weight=1)
    masks = {"content_mask": made.source("masks", "sky", (60, 45), (255, 255, 255)), "style_masks": (None,)}
    masked = job.model_copy(update=masks)
    made.combinations[0] = made.combinations[0]._replace(job=masked)
    made.paint(masked, png((240, 180), (200, 30, 0)))
    path = picture_path(made.results, masked)
    film_strip.publish(path, ((f"{step:06}.png", png((120, 90), (step * 5, 0, 0))) for step in STEPS))
    frames = [Image.new("RGB", (240, 180), (0, level, 0)) for level in (0, 90, 180)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(film, "to_mp4", lambda frames, ffmpeg: b"an MP4")
        patch.setattr(film, "find_ffmpeg", lambda: "/usr/bin/ffmpeg")
        made.paint(made.add(source, STYLES["night"], style_weight=2), png((240, 180), (0, 30, 200)))
        made.build()
        films.write_film(made.results, masked.name, path, "style_weight", frames, [1, 2, 3])
        assert program.main(["--results", str(made.results)]) == 0  # which makes the other, and the page
    lock.release(made.results)
    return made


@pytest.fixture
def opened(visit, filmed):
    """What opens one of the two pictures."""

    def opened(place=0, size=DESKTOP, **options):
        name = filmed.combinations[place].job.name
        page = visit(f"#open={name}", size, filmed.page.as_uri(), **options)
        expect(page.get_by_text("How it was made")).to_be_visible()
        return page

    return opened


def unfold(page, words):
    page.get_by_text(words, exact=True).click()
    return page.locator("details", has_text=words)


def test_each_film_plays_when_it_is_unfolded_and_is_not_loaded_before(opened, filmed):
    page, asked = opened(), []
    assert [each for each in page.locator(".side summary").all_inner_texts() if each in FOLDED] == FOLDED
    page.on("request", lambda request: asked.append(request.url))
    for words, name in zip(FOLDED, ("descent.webp", "style_weight.webp", ".film.png"), strict=False):
        assert not any(url.endswith(name) for url in asked)
        image = unfold(page, words).locator("img")
        expect(image).to_be_visible()
        image.evaluate("(image) => image.decode()")
        assert any(url.endswith(name) for url in asked)
    link = page.get_by_role("link", name="MP4").first
    target = filmed.results / "films" / filmed.combinations[0].job.name / "descent.mp4"
    assert link.evaluate("(link) => link.href") == target.as_uri().replace("=", "%3D")


def test_snapshots_go_by_a_slider(opened):
    page = opened()
    place = unfold(page, "Snapshots (3)")
    slider, seen = place.get_by_role("slider", name="Snapshot"), []
    slider.focus()
    for step in STEPS:
        expect(place.locator("output")).to_have_text(f"After step {step}")
        image = place.get_by_role("img", name=f"After step {step}")
        image.evaluate("(image) => image.decode()")
        seen.append(image.evaluate("(image) => image.src"))
        page.keyboard.press("ArrowRight")
    assert all(before != after for before, after in pairwise(seen))
    assert page.evaluate("view.open").endswith("sw1-stylegrid")  # arrows have turned no page


def test_masks_stand_with_the_other_inputs(opened):
    page = opened()
    mask = page.get_by_role("img", name="Mask of the photograph: sky")
    mask.evaluate("(image) => image.decode()")
    assert page.locator(".inputs figcaption").all_inner_texts()[-1] == "Mask of the photograph: sky"


def test_a_picture_without_any_of_it_shows_none(opened):
    page = opened(1)
    assert not {*page.locator(".side summary").all_inner_texts()} & {*FOLDED}
    assert page.locator(".inputs figcaption").count() == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_where_all_is_unfolded(opened, size, scheme):
    page = opened(0, SIZES[size], color_scheme=scheme)
    for words in FOLDED:
        unfold(page, words)
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size]["viewport"]["width"]
