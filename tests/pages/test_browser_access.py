"""The gallery page for everybody: axe's rules, the keyboard alone, names that are read aloud, light and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, PHONE, name_at

pytestmark = pytest.mark.browser

VIEWS = {
    "grid": "",
    "matrix": "#view=matrix",
    "plots": "#view=plots&preset=stylegrid",
    "picture": f"#open={name_at(20)}",
    "failed": f"#open={name_at(1)}",
}
PAPER = {"light": "rgb(250, 249, 246)", "dark": "rgb(22, 21, 19)"}
RULES = {"resultTypes": ["violations"], "preload": False}  # it would fetch stylesheets, which no page from disk may
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def wait_until_drawn(page, view):
    if view == "plots":
        page.wait_for_function("document.querySelectorAll('.plot.js-plotly-plot').length === 2")
    if view == "picture":
        page.wait_for_function("document.querySelector('.curves')?.data")
        page.evaluate("document.querySelectorAll('#viewer details').forEach((each) => { each.open = true; })")


@pytest.mark.parametrize("scheme", PAPER)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(visit, size, scheme):
    page = visit(size=size, color_scheme=scheme)
    if size is PHONE:
        page.locator("#choices summary").click()
    for view, state in VIEWS.items():
        page.evaluate("(state) => { location.hash = state; }", state)
        wait_until_drawn(page, view)
        found = Axe().run(page, options=RULES).response["violations"]
        grave = {
            each["id"]: [node["html"] for node in each["nodes"]]
            for each in found
            if each["impact"] in ("serious", "critical")
        }
        assert grave == {}, view


def test_the_theme_is_the_systems_until_one_is_chosen(visit):
    page = visit(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == PAPER["dark"]
    page.emulate_media(color_scheme="light")
    assert page.evaluate(BACKGROUND) == PAPER["light"]
    for name, paper in (("light", "light"), ("dark", "dark"), ("auto", "light")):
        page.click("#theme")
        assert page.inner_text("#theme") == f"Theme: {name}"
        assert page.evaluate(BACKGROUND) == PAPER[paper]
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == PAPER["dark"]
    page.click("#theme")
    assert page.evaluate(BACKGROUND) == PAPER["light"]
    page.reload()
    assert page.evaluate(BACKGROUND) == PAPER["light"]


def focused(page):
    return page.evaluate(
        "(({ id, dataset, textContent }) => id || dataset.name || dataset.view || textContent)(document.activeElement)"
    )


def test_tab_goes_through_all_in_the_order_that_is_seen(visit):
    page = visit()
    order = []
    for _ in range(16):
        page.keyboard.press("Tab")
        order.append(focused(page))
    forms = ["search", "content", "style", "stars", "preset", "style_weight", "sort", "descending"]
    forms += ["grid", "matrix", "plots"]
    assert order == ["Skip to the pictures", "theme", *forms, "Stars and rows", name_at(0), name_at(1)]


def test_what_has_the_focus_is_seen(visit):
    page = visit()
    for _ in range(14):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        outline = focus.evaluate("(each) => getComputedStyle(each).outline")
        assert "solid 3px" in outline
        box = focus.bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 1360
        assert 0 <= box["y"] < box["y"] + box["height"] <= 900


def test_the_filters_can_be_skipped(visit):
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == name_at(0)


def test_tab_stays_within_an_open_picture(visit):
    page = visit(f"#open={name_at(20)}")
    wait_until_drawn(page, "picture")
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || viewer.contains(document.activeElement)")


def test_names_are_read_aloud(visit):
    page = visit()
    assert (
        page.get_by_role(
            "button", name="bay in the style of night, preset stylegrid, style weight 10", exact=True
        ).count()
        == 1
    )
    assert (
        page.get_by_role(
            "button", name="bay in the style of night, preset gatys2015, style weight 10: failed: it ran out of memory"
        ).count()
        == 1
    )
    for name in ("Photograph", "Painting", "Preset", "Style weight", "Sort by"):
        assert page.get_by_role("combobox", name=name, exact=True).count() == 1
    assert page.get_by_role("searchbox", name="Search").count() == 1
    assert page.get_by_role("status").inner_text() == "72 pictures"
    page.click("[data-view=matrix]")
    assert page.get_by_role("button", name="Matrix", pressed=True).count() == 1
    assert page.get_by_role("slider", name="Style weight").count() == 1
    assert (
        page.get_by_role("rowheader", name="cat").count()
        == page.get_by_role("columnheader", name="wave", exact=True).count()
        == 1
    )
