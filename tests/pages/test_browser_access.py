"""The gallery page for everybody: axe's rules, the keyboard alone, names that are read aloud, light and dark."""

from itertools import pairwise

import numpy as np
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
    "compared": f"#open={name_at(18)}|{name_at(20)}|{name_at(22)}",
    "artefacts": f"#open={name_at(18)}&artefacts=across",
    "over": f"#open={name_at(18)}|{name_at(20)}&over=1",
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
def test_axe_finds_nothing(visit, size, scheme):
    page = visit(size=size, color_scheme=scheme)
    if size is PHONE:
        page.locator("#choices summary").click()
    page.locator("#chosen summary").click()
    page.evaluate(f"rate('{name_at(0)}', 3); tick('{name_at(0)}'); tick('{name_at(3)}')")
    for view, state in VIEWS.items():
        page.evaluate("(state) => { location.hash = state; }", state)
        wait_until_drawn(page, view)
        found = Axe().run(page, options=RULES).response["violations"]
        assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}, view


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


def test_no_two_buttons_have_the_same_name(visit):
    page = visit()
    page.evaluate("data.pictures.forEach((picture) => { picture.title = 'Untitled'; }); change({ sort: 'name' })")
    labels = page.eval_on_selector_all("#grid [data-name]", "all => all.map((each) => each.getAttribute('aria-label'))")
    assert len(set(labels)) == len(labels) == 60
    assert labels[0].startswith("Untitled, bay in the style of night:2 + wave, preset ")


def test_after_turning_by_keys_enter_does_what_it_did_before(visit):
    page = visit(f"#open={name_at(20)}")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "close"
    page.locator("#next").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.evaluate("view.open") == name_at(23)
    assert page.get_by_role("button", name="Next picture: cat in the style of wave, preset stylegrid").count() == 1


def test_the_copied_link_says_where_it_opens(visit, server):
    clipboard = {"permissions": ["clipboard-read", "clipboard-write"]}
    for address, before, after in (
        ("", "Copy link for this computer", "Copied: it opens on this computer"),
        (server, "Copy link", "Copied"),
    ):
        page = visit(f"#open={name_at(20)}", address=address, **clipboard)
        assert page.inner_text("#copy") == before
        page.click("#copy")
        page.wait_for_function(f"document.getElementById('copy').textContent === '{after}'")
        assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_points_are_reached_by_keys(visit):
    page = visit("#view=plots&content=cat&style=wave&preset=stylegrid")  # 24, 26, 28: contents 1 + 168, 182, 196 mod 72
    page.wait_for_function("document.querySelectorAll('.plot.js-plotly-plot').length === 2")
    point = page.get_by_role("slider", name="Point")
    point.focus()
    order = [page.get_attribute("#point", "aria-valuetext")]
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        order.append(page.get_attribute("#point", "aria-valuetext"))
    weights = [words.rpartition(" ")[2] for words in order]
    assert weights == ["10", "30", "100"]
    assert page.locator(".hoverlayer .hovertext").count() >= 1
    page.keyboard.press("4")
    page.keyboard.press("Enter")
    assert page.evaluate("view.open") == name_at(28)
    page.keyboard.press("Escape")
    page.wait_for_function("!document.getElementById('viewer').open")
    assert focused(page) == "point"
    assert page.evaluate(f"stars.get('{name_at(28)}')") == 4


def test_paper_shows_pictures_and_no_controls(visit):
    page = visit(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    assert not page.locator("#filters").is_visible() and not page.locator("#theme").is_visible()
    assert page.locator("#grid article").first.is_visible()
    page.evaluate(f"change({{ open: '{name_at(20)}' }})")
    assert not page.locator("h1").is_visible()
    assert page.locator("#viewer-title").is_visible() and page.locator(".pair img").first.is_visible()
    assert not page.locator("#close").is_visible()


def test_nothing_is_told_by_colour_alone(visit):
    page = visit(f"#open={name_at(20)}")
    page.wait_for_function("document.querySelector('.curves')?.data")
    dashes = page.evaluate("document.querySelector('.curves').data.map((each) => each.line.dash)")
    assert len(set(dashes)) == 4
    looks = page.evaluate("[...Array(12).keys()].map(lookOf)")
    for one, other in pairwise(looks):
        assert one["symbol"] != other["symbol"] and one["dash"] != other["dash"]
    page.keyboard.press("2")
    assert page.locator("#rating button").all_inner_texts() == ["★", "★", "☆", "☆", "☆"]


# Linear RGB as it is seen without the long, the middle or the short cones: Machado, Oliveira and Fernandes 2009.
SEEN = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


@pytest.mark.parametrize("kind", SEEN)
def test_the_first_colours_are_told_apart_by_the_colour_blind(visit, kind):
    colours = visit().evaluate("COLOURS.slice(0, 7)")
    codes = np.array([[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in colours]) / 255
    linear = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(SEEN[kind]).T, 0, 1)
    shades = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)
    distances = [np.linalg.norm(one - other) for place, one in enumerate(shades) for other in shades[:place]]
    assert min(distances) > 0.1  # where it is 1 from black to a primary; two greys of 8 bits differ by 0.007
