"""Zooming and moving an open picture in a real browser: wheel, keys, drag and fingers; full screen and slides."""

import pytest
from browsing import PHONE, name_at
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FITTING = 0.02  # of a pixel, to which layouts are rounded


def box_of(page, place=0):
    return page.locator(".pair").nth(place).bounding_box()


def place_in(box, point):
    """Return where a point of the window lies in a picture, in parts of its size."""
    return (point[0] - box["x"]) / box["width"], (point[1] - box["y"]) / box["height"]


def point_at(page, across, down):
    box = page.locator(".frame").first.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def percent(page):
    return int(page.inner_text("#percent").removesuffix(" %"))


@pytest.fixture
def page(visit):
    """A picture of 240 x 180 pixels, opened; it fills its frame at more than that."""
    opened = visit(f"#open={name_at(20)}")
    assert percent(opened) > 200
    return opened


@pytest.mark.every_browser
@pytest.mark.parametrize("where", [(0.3, 0.6), (0.5, 0.5), (0.7, 0.4)])
def test_the_wheel_zooms_about_the_pointer(page, where):
    point = point_at(page, *where)
    before, at_first = place_in(box_of(page), point), percent(page)
    page.mouse.move(*point)
    page.mouse.wheel(0, -600)
    page.wait_for_function(f"parseInt(percent.textContent) > {2 * at_first}")
    assert place_in(box_of(page), point) == pytest.approx(before, abs=0.005)
    page.mouse.wheel(0, 5000)
    page.wait_for_function("percent.textContent === '100 %'")  # no less than that, nor less than all of a large one
    assert box_of(page)["width"] == pytest.approx(240, abs=FITTING)


def test_a_double_click_zooms_there_and_back(page):
    point, fitting = point_at(page, 0.4, 0.4), box_of(page)
    before = place_in(fitting, point)
    page.mouse.dblclick(*point)
    assert box_of(page)["width"] == pytest.approx(3 * fitting["width"], rel=0.001)
    assert place_in(box_of(page), point) == pytest.approx(before, abs=0.005)
    page.mouse.dblclick(*point)
    assert box_of(page) == pytest.approx(fitting, abs=FITTING)


@pytest.mark.every_browser
def test_keys_zoom_and_move(page):
    fitting = box_of(page)
    for key in ("+", "+", "-"):
        page.keyboard.press(key)
    assert box_of(page)["width"] == pytest.approx(1.5 * fitting["width"], rel=0.001)
    before = box_of(page)
    page.keyboard.press("Shift+ArrowRight")
    assert box_of(page)["x"] == pytest.approx(before["x"] - 80, abs=0.1)
    page.keyboard.press("Shift+ArrowUp")
    assert box_of(page)["y"] > before["y"]
    page.keyboard.press("z")
    assert box_of(page) == pytest.approx(fitting, abs=FITTING)
    assert page.evaluate("view.open") == name_at(20)  # arrows with Shift have turned no page


def test_a_drag_moves_the_picture_to_its_edge_and_no_further(page):
    page.keyboard.press("z")
    start, frame = box_of(page), page.locator(".frame").bounding_box()
    page.mouse.move(*point_at(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*(value + 50 for value in point_at(page, 0.5, 0.5)), steps=3)
    moved = box_of(page)
    assert (moved["x"] - start["x"], moved["y"] - start["y"]) == pytest.approx((50, 50), abs=0.1)
    page.mouse.move(*(value + 5000 for value in point_at(page, 0.5, 0.5)), steps=3)
    page.mouse.up()
    assert box_of(page)["x"] == pytest.approx(frame["x"], abs=0.5)  # half a pixel, which frames are rounded by
    assert box_of(page)["y"] == pytest.approx(frame["y"], abs=0.5)


def test_the_next_picture_keeps_zoom_place_and_slider(page):
    page.mouse.move(*point_at(page, 0.3, 0.3))
    page.mouse.wheel(0, -600)
    page.focus("#cut")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    before = box_of(page), page.evaluate("({ ...lens })")
    assert before[1]["cut"] == 0.03 and before[1]["zoom"] > 1
    page.click("#next")
    assert (box_of(page), page.evaluate("({ ...lens })")) == before
    assert page.input_value("#cut") == "3"
    page.keyboard.press("Escape")
    page.locator("#grid button").first.click()
    assert page.evaluate("({ ...lens })") == {"zoom": 1, "x": 0.5, "y": 0.5, "cut": 0}


def touch(session, kind, *points):
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def test_two_fingers_pinch_and_one_then_moves_and_turns_no_page(visit):
    page = visit(f"#open={name_at(20)}", PHONE)
    session, fitting = page.context.new_cdp_session(page), box_of(page)
    x, y = point_at(page, 0.5, 0.5)
    before = place_in(fitting, (x, y))
    touch(session, "touchStart", (x - 40, y), (x + 40, y))
    for apart in (50, 60, 80):
        touch(session, "touchMove", (x - apart, y), (x + apart, y))
    touch(session, "touchEnd")
    assert box_of(page)["width"] == pytest.approx(2 * fitting["width"], rel=0.01)
    assert place_in(box_of(page), (x, y)) == pytest.approx(before, abs=0.01)
    zoomed = box_of(page)
    touch(session, "touchStart", (x, y))
    for moved in (20, 40, 80):
        touch(session, "touchMove", (x - moved, y))
    touch(session, "touchEnd")
    assert box_of(page)["x"] < zoomed["x"] - 50
    assert page.evaluate("view.open") == name_at(20)


def test_on_a_phone_a_picture_takes_the_whole_width(visit):
    page = visit(f"#open={name_at(20)}", PHONE)
    assert (box_of(page)["x"], box_of(page)["width"]) == (0, 390)
    assert page.locator("#percent").is_visible()
    assert page.locator("#viewer .tools").bounding_box()["y"] < 844 - 40


def test_full_screen_and_back(page):
    small = box_of(page)
    page.click("text=Full screen")
    page.wait_for_function("document.fullscreenElement !== null")
    expect(page.locator(".side")).to_be_hidden()
    assert box_of(page)["width"] > small["width"]
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    expect(page.locator(".side")).to_be_visible()


def test_slides_follow_each_other_until_they_are_stopped(visit):
    page = visit(f"#open={name_at(71)}")
    page.clock.install()
    page.click("text=Slideshow")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    for place in (0, 3):  # after the last the first; what was not painted is left out
        page.clock.run_for(4000)
        page.wait_for_function(f"view.open === '{name_at(place)}'")
        assert page.locator(".side").is_hidden()
    page.keyboard.press("p")
    page.clock.run_for(9000)
    assert page.evaluate("view.open") == name_at(3)
    assert page.get_attribute("#play", "aria-pressed") == "false"
