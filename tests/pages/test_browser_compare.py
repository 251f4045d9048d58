"""Two to four pictures compared, in a real browser: how they are chosen, side by side or one over the other, linked."""

import io

import pytest
from browsing import DESKTOP, FRAMED, PHONE, name_at
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LENS = "({ ...lens })"
BOXES = "[...document.querySelectorAll('.pair')].map((each) => each.getBoundingClientRect())"


def link(*places, more=""):
    return "#open=" + "|".join(map(name_at, places)) + more


def opened(page):
    """Return the names of the pictures that are open, in order."""
    return page.evaluate("view.open").split("|")


def labels(page):
    return page.locator("#viewer figcaption [data-place]").all_inner_texts()


def marked(page):
    return page.locator("#viewer [data-place][aria-pressed=true]").inner_text()


def colour_at(page, across, place=0):
    """Return the colour of a frame at a part of its width."""
    picture = Image.open(io.BytesIO(page.locator(".frame").nth(place).screenshot())).convert("RGB")
    return picture.getpixel((int(picture.width * across), picture.height // 2))


def test_ticks_choose_in_the_grid_and_in_the_matrix(visit):
    page = visit("#preset=stylegrid&content=cat")
    expect(page.locator("#tray")).to_be_hidden()
    words = "Compare cat in the style of night, preset stylegrid, style weight 10"
    page.get_by_role("checkbox", name=words, exact=True).check()
    assert "tick another" in page.inner_text("#tray")
    expect(page.locator("#tray .compare")).to_be_hidden()
    page.click("[data-view=matrix]")
    page.get_by_role("checkbox", name="Compare cat in the style of wave, preset stylegrid, style weight 30").check()
    page.click("#tray >> text=Compare 2")
    assert opened(page) == [name_at(18), name_at(26)]
    assert labels(page) == ["night, style weight 10", "wave, style weight 30"]
    page.keyboard.press("Escape")
    page.click("text=Untick all")
    expect(page.locator("#tray")).to_be_hidden()
    assert page.locator("[data-tick]:checked").count() == 0


@pytest.mark.every_browser
def test_keys_choose_and_a_fifth_takes_the_place_of_the_first(visit):
    page = visit("#content=cat&preset=stylegrid")
    for place in (0, 1, 2, 3, 4):
        page.locator("#grid [data-name]").nth(place).focus()
        page.keyboard.press("c")
    page.keyboard.press("v")
    assert opened(page) == [name_at(18 + 2 * place) for place in (1, 2, 3, 4)]
    assert page.locator(".pane").count() == 4


def test_an_open_picture_is_ticked_too(visit):
    page = visit(f"#open={name_at(18)}")
    page.check("#viewer .tick")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    page.click("#viewer .compare")
    assert opened(page) == [name_at(18), name_at(19)]
    assert labels(page) == ["preset stylegrid", "preset gatys2015"]


def test_a_row_and_a_column_of_the_matrix(visit):
    page = visit("#view=matrix&preset=stylegrid&at.style_weight=30")
    page.get_by_role("button", name="Compare cat", exact=True).click()
    assert opened(page) == [name_at(20), name_at(26), name_at(32)]
    assert labels(page) == ["night", "wave", "night:2 + wave"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Compare wave", exact=True).click()
    assert opened(page) == [name_at(8), name_at(26), name_at(44), name_at(62)]


def test_of_a_long_line_those_that_are_spread_over_it(visit):
    page = visit("#view=matrix&rows=content&columns=style&slider=style_weight")
    chosen = page.evaluate(
        "compareLine(data.pictures.filter(isPainted).slice(0, 10), 'all').getAttribute('aria-label')"
    )
    assert chosen == "Compare 4 of 10: all"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_one_zoom_and_one_place_for_all(visit, size):
    page = visit(link(18, 20, 22, 24), size)
    frames = page.evaluate("[...document.querySelectorAll('.frame')].map((each) => each.getBoundingClientRect())")
    assert len({(round(frame["width"]), round(frame["height"])) for frame in frames}) == 1
    page.keyboard.press("z")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    boxes = page.evaluate(BOXES)
    places = {
        (round(box["x"] - frame["x"]), round(box["y"] - frame["y"]), round(box["width"]))
        for box, frame in zip(boxes, frames, strict=True)
    }
    assert len(places) == 1
    assert page.evaluate(LENS)["x"] > 0.5 and page.evaluate(LENS)["zoom"] > 1
    assert page.evaluate("document.documentElement.scrollWidth") == size["viewport"]["width"]


@pytest.mark.every_browser
def test_one_over_the_other_with_a_slider_and_flipped(visit):
    page = visit(link(18, 22))
    page.click("text=One over the other")
    page.wait_for_function(FRAMED)
    first, second = (60 + 2 * 18, 200, 0), (60 + 2 * 22, 200, 0)
    assert page.locator(".pane").count() == 1 and page.input_value("#cut") == "50"
    assert [colour_at(page, part) for part in (0.4, 0.6)] == [first, second]
    for _ in range(3):
        page.keyboard.press("+")  # the line stays in the middle of the frame
    assert [colour_at(page, part) for part in (0.05, 0.49, 0.51, 0.95)] == [first, first, second, second]
    page.keyboard.press("b")
    assert [colour_at(page, part) for part in (0.1, 0.9)] == [second, second]
    page.keyboard.press("b")
    assert [colour_at(page, part) for part in (0.1, 0.9)] == [first, first]
    again = visit(page.url.partition("#")[1] + page.url.partition("#")[2])
    assert again.locator(".pane").count() == 1 and again.input_value("#cut") == "50"
    page.keyboard.press("o")
    assert page.locator(".pane").count() == 2 and page.input_value("#cut") == "0"


def test_the_slider_lays_each_photograph_over_its_picture(visit):
    page = visit(link(18, 36))
    page.wait_for_function(FRAMED)
    page.focus("#cut")
    page.keyboard.press("End")
    page.wait_for_function(FRAMED)
    for place in (0, 1):
        assert colour_at(page, 0.5, place)[2] > 240  # photographs are blue


def test_the_marked_one_turns_and_skips_the_others(visit):
    page = visit(link(18, 20, 21))
    assert marked(page) == "preset gatys2015, style weight 30"
    page.keyboard.press("z")
    before = page.evaluate(LENS)
    page.keyboard.press("ArrowRight")
    assert opened(page) == [name_at(18), name_at(20), name_at(22)]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert opened(page) == [name_at(18), name_at(20), name_at(19)]
    page.locator("[data-place='0']").click()
    page.click("#next")
    assert opened(page) == [name_at(21), name_at(20), name_at(19)]
    page.locator("#frame-1").focus()
    page.keyboard.press("ArrowRight")
    assert opened(page) == [name_at(21), name_at(22), name_at(19)]
    assert page.evaluate("document.activeElement.id") == "frame-1"
    assert page.evaluate(LENS) == before


def test_one_after_the_other_is_put_away(visit):
    page = visit(link(18, 20, 22))
    words = "Compare without cat in the style of night, preset stylegrid, style weight 30"
    page.get_by_role("button", name=words).click()
    assert opened(page) == [name_at(18), name_at(22)]
    page.get_by_role("button", name="Compare without").first.click()
    assert opened(page) == [name_at(22)]
    assert page.locator(".side").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#viewer[open]").count() == 0


def test_what_was_not_painted_says_so_beside_others(visit):
    page = visit(link(1, 0))
    assert "it ran out of memory" in page.locator(".frame").first.inner_text()
    page.keyboard.press("z")
    assert page.evaluate(LENS)["zoom"] == 3
