"""The matrix and the plots of the gallery page in a real browser."""

import pytest
from browsing import CONTENTS, FAILED, MISSING, STYLES, TABLET, losses_at, name_at, names

pytestmark = pytest.mark.browser

DRAWN = "document.querySelectorAll('.plot.js-plotly-plot').length === 2"
TRACES = """document.querySelectorAll('.plot')[{}].data.map(
    (each) => ({{ name: each.name, x: each.x, y: each.y, named: each.customdata }}))"""


def matrix_of(weight):
    """Return the places that a matrix at a weight shows, the first preset of each: row by row."""
    return [name_at(6 * cell + 2 * weight) for cell in range(12)]


def test_the_matrix_is_photographs_by_paintings(visit):
    page = visit("#view=matrix&preset=stylegrid")
    assert page.locator("#matrix thead th .name").all_text_contents() == ["Photograph", *STYLES]
    assert page.locator("#matrix tbody th .name").all_text_contents() == list(CONTENTS)
    assert names(page, "matrix") == matrix_of(1)  # the weight in the middle
    assert page.locator("#matrix .fault").all_text_contents() == ["Not painted yet."]


@pytest.mark.parametrize("how", ["keyboard", "pointer"])
def test_its_slider_goes_through_the_weights(visit, how):
    page = visit("#view=matrix&preset=stylegrid", size=TABLET)
    slider = page.locator("#matrix .slide input")
    assert slider.get_attribute("aria-valuetext") == "30"
    for key, weight, place in (("ArrowRight", "100", 2), ("Home", "10", 0)):
        if how == "keyboard":
            page.focus("#at")
            page.keyboard.press(key)
            assert page.evaluate("document.activeElement.id") == "at"
        else:
            box = slider.bounding_box()
            page.mouse.click(box["x"] + 4 + (box["width"] - 8) * place / 2, box["y"] + box["height"] / 2)
        assert names(page, "matrix") == matrix_of(place)
        assert page.locator("#matrix output").inner_text() == weight == slider.get_attribute("aria-valuetext")
    assert "at.style_weight=10" in page.url


def test_its_slider_can_be_dragged(visit):
    page = visit("#view=matrix&preset=stylegrid")
    box = page.locator("#matrix .slide input").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 2, middle, steps=5)
    assert names(page, "matrix") == matrix_of(0)
    page.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)
    page.mouse.up()
    assert names(page, "matrix") == matrix_of(2)


def test_a_cell_opens_its_picture(visit):
    page = visit("#view=matrix&preset=stylegrid&at=10")
    page.locator("#matrix td button").nth(4).click()
    assert page.get_by_role("dialog", name="cat in the style of wave").count() == 1


def test_filters_take_rows_and_columns(visit):
    page = visit("#view=matrix&content=dog&weight=100")
    assert names(page, "matrix") == [name_at(place) for place in (40, 46, 52)]
    page.fill("#search", "nothing of the kind")
    assert page.locator("#matrix .empty").is_visible()


def test_the_trade_off_has_a_point_for_each_picture(visit):
    page = visit("#view=plots&preset=stylegrid")
    page.wait_for_function(DRAWN)
    traces = page.evaluate(TRACES.format(0))
    assert [trace["name"] for trace in traces] == list(STYLES)
    drawn = {
        name: point for each in traces for name, *point in zip(each["named"], each["x"], each["y"], strict=True) if name
    }
    painted = [place for place in range(0, 72, 2) if place not in (FAILED, MISSING)]
    assert drawn == {name_at(place): [losses_at(place).content, losses_at(place).style] for place in painted}
    assert len(drawn) == 35
    assert traces[1]["named"].count(None) == len(CONTENTS) - 1  # no line from one photograph to the next


def test_presets_are_not_mixed_and_said_so(visit):
    page = visit("#view=plots")
    page.wait_for_function(DRAWN)
    assert "these are of stylegrid" in page.inner_text("#plots")  # 35 of it, and 35 of the other
    page.select_option("#preset", "gatys2015")
    page.wait_for_function(DRAWN)
    assert "Losses of different presets" not in page.inner_text("#plots")
    named = [name for each in page.evaluate(TRACES.format(0)) for name in each["named"] if name]
    assert len(named) == 35 and all(name.endswith("gatys2015") for name in named)


def test_a_point_opens_its_picture(visit):
    page = visit("#view=plots&content=cat&style=wave&preset=stylegrid")
    page.wait_for_function(DRAWN)
    page.locator(".plot").first.locator(".points path").nth(1).hover(force=True)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_selector("#viewer[open]")
    assert name_at(26).replace("/", "%2F") in page.url


def test_style_losses_while_painting(visit):
    page = visit("#view=plots&content=cat&style=wave&preset=stylegrid")
    page.wait_for_function(DRAWN)
    assert [(trace["x"], trace["y"]) for trace in page.evaluate(TRACES.format(1))] == [([0, 1, 2], [8, 4, 2])] * 3


def test_nothing_to_plot(visit):
    page = visit("#view=plots")
    page.fill("#search", "memory")
    page.wait_for_selector("#plots .empty")
    assert page.locator("#plots .plot").count() == 0


def test_colours_do_not_repeat_and_marks_never_do(visit):
    looks = visit().evaluate("[...Array(60).keys()].map(lookOf)")
    assert len({look["color"] for look in looks[:12]}) == 12
    for mark in ("symbol", "dash"):
        assert len({(look["color"], look[mark]) for look in looks}) == 60
