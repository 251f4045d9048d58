"""The gallery page in a real browser: what it lists, finds, sorts and links to."""

import pytest
from browsing import (
    CONTENTS,
    DESKTOP,
    FAILED,
    FRAMED,
    HTML,
    MISSING,
    NOTED,
    PHONE,
    PRESETS,
    STYLES,
    TITLES,
    WEIGHTS,
    name_at,
    names,
)

pytestmark = pytest.mark.browser

ALL = range(72)
NO_MATCH = "No pictures match. Clear the filters, or search for less."
AXES = ("content", "style", "style_weight")
SIZES = {"desktop": DESKTOP, "phone": PHONE}


def places(page, view="grid"):
    """Return the places of the pictures that are shown, in order."""
    found = {name_at(place): place for place in ALL}
    return [found[name] for name in names(page, view)]


def unfold(page):
    """Show the filters, which a phone folds away."""
    if not page.locator("#content").is_visible():
        page.locator("#choices summary").click()


@pytest.mark.every_browser
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("served", [False, True], ids=["disk", "server"])
def test_a_visit(visit, server, size, served):
    page = visit(size=SIZES[size], address=server if served else "")
    assert page.title() == page.inner_text("h1") == "A <b>small</b> gallery"
    assert page.inner_text("#summary") == "70 pictures, 4 photographs, 3 paintings; 2 not painted"
    assert page.inner_text("#count") == "72 pictures"
    unfold(page)
    page.select_option("#content", "dog")
    assert places(page) == list(range(36, 54))
    page.locator("#grid button").nth(1).click()
    assert page.inner_text("#viewer-title") == "dog in the style of night"
    page.wait_for_function("document.querySelector('.curves')?.data")
    page.wait_for_function(FRAMED)
    page.click("text=Close")
    for view in ("matrix", "plots"):
        page.click(f"[data-view={view}]")
        assert page.locator(f"#{view}").is_visible() and not page.locator("#grid").is_visible()
    page.wait_for_function("document.querySelectorAll('.plot.js-plotly-plot').length === 2")
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size]["viewport"]["width"]


def test_each_choice_filters(visit):
    page = visit()
    expected = {
        "content": ("cat", range(18, 36)),
        "style": ("wave", range(24, 30)),
        "preset": (PRESETS[1], (25, 27, 29)),
        "style_weight": ("100", (29,)),
    }
    for field, (value, left) in expected.items():
        page.select_option(f"#{field}", value)
        assert places(page) == list(left)
        assert page.inner_text("#count") == f"{len(left)} of 72 pictures"
    page.click("text=Clear")
    assert page.inner_text("#count") == "72 pictures"
    assert page.evaluate("document.activeElement.id") == "search"


def test_choices_are_those_that_there_are(visit):
    page = visit()
    options = {
        field: page.eval_on_selector_all(f"#{field} option", "all => all.map((each) => each.value)")
        for field in ("content", "style", "preset", "style_weight")
    }
    assert options["content"] == ["", *CONTENTS]
    assert options["style"] == ["", *STYLES]
    assert options["preset"] == ["", *PRESETS]
    assert options["style_weight"] == ["", *map(str, WEIGHTS)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ATTIC", [NOTED]),  # in the title as in the notes
        ("kept attic", [NOTED]),  # every word, in the notes
        ("tall gatys2015 night-2 sw100", [71]),  # every word, wherever it is
        ("memory", [FAILED]),
        ("missing", [MISSING]),
        ("夜", [5]),
        ("قطة", [6]),
        ("<b>bold", [3, 10]),
        ("nothing of the kind", []),
    ],
)
def test_search(visit, text, found):
    page = visit()
    page.fill("#search", text)
    assert places(page) == found
    assert page.locator("#grid .empty").all_text_contents() == [NO_MATCH] * (not found)


def test_sorting_up_and_down(visit):
    page = visit("#content=bay")
    painted = [place for place in range(18) if place not in (FAILED, MISSING)]
    by_content = sorted(painted, key=lambda place: 7 * place % 72)
    orders = {
        "content_loss": by_content,
        "style_loss": painted[::-1],
        "total_loss": sorted(painted, key=lambda place: 5 * place % 72),
        "seconds": painted,
    }
    assert by_content[:6] == [0, 11, 12, 13, 3, 14]  # 0, 77 - 72, 84 - 72, 91 - 72, 21, 98 - 72
    for field, order in orders.items():
        page.select_option("#sort", field)
        assert places(page) == [*order, FAILED, MISSING]
        page.check("#descending")
        assert places(page) == [*order[::-1], FAILED, MISSING]  # what has no figure is last either way
        page.uncheck("#descending")


def test_sorting_by_measures_and_seeing_them(visit):
    page = visit("#content=bay&sort=style_cosine")
    measured = [place for place in range(18) if place not in (FAILED, MISSING, 4, 5)]
    assert places(page) == [*measured[::-1], FAILED, MISSING, 4, 5]
    page.select_option("#sort", "grain")
    assert places(page) == [*sorted([*measured, 4]), FAILED, MISSING, 5]
    assert page.text_content("#sort option[value='colour_distance']") == "Colour distance"
    page.evaluate("([name]) => change({ open: name })", [name_at(6)])
    assert "style cosine\t0.94" in page.inner_text(".side")


def test_sorting_all_by_name_and_weight(visit):
    page = visit("#content=bay&sort=name")
    assert names(page) == sorted(name_at(place) for place in range(18))
    page.select_option("#sort", "style_weight")
    assert places(page) == [0, 1, 6, 7, 12, 13, 2, 3, 8, 9, 14, 15, 4, 5, 10, 11, 16, 17]
    page.check("#descending")
    assert places(page) == [4, 5, 10, 11, 16, 17, 2, 3, 8, 9, 14, 15, 0, 1, 6, 7, 12, 13]


def test_what_was_not_painted_says_why(visit):
    page = visit()
    for place, outcome, why in (
        (FAILED, "failed", "failed: it ran out of memory"),
        (MISSING, "Not painted yet.", "Not painted yet."),
    ):
        card = page.locator("#grid article").nth(place)
        assert card.locator(".fault").inner_text() == outcome
        assert card.locator(".why").all_inner_texts() == ([why] if place == FAILED else [])
        assert card.locator("img").count() == 0
        card.locator("button").click()
        assert why in page.inner_text("#viewer .stage")
        assert page.locator("#viewer .get a").count() == 0
        page.keyboard.press("Escape")
    assert page.locator("#grid .fault").count() == 2


def test_words_are_only_ever_text(visit):
    page = visit()
    for place, title in TITLES.items():
        assert page.locator("#grid article b").nth(place).text_content() == title
    page.locator("#grid button").nth(10).click()
    assert page.locator("#viewer .words").text_content() == HTML
    page.goto(page.url.split("#")[0] + f"#open={name_at(3)}")
    page.reload()
    assert page.locator("#viewer-title").text_content() == HTML
    assert page.title() == "A <b>small</b> gallery"
    assert page.locator("#viewer b, #grid img[src=x]").count() == 0


def test_words_keep_their_direction_and_stay_in_their_place(visit):
    page = visit(size=PHONE)
    direction = "each => getComputedStyle(each).direction"
    assert page.locator("#grid article b").nth(6).evaluate(direction) == "rtl"
    assert page.locator("#grid article b").nth(5).evaluate(direction) == "ltr"
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator("#grid article").nth(7).evaluate("each => each.offsetHeight") < 400


def test_more_are_shown_on_demand(visit):
    page = visit()
    assert page.locator("#grid article").count() == 60
    page.evaluate("document.getElementById('more').click()")
    assert places(page) == list(ALL)
    assert page.evaluate("document.activeElement.dataset.name") == name_at(60)
    assert not page.locator("#more").is_visible()


def test_more_are_shown_before_the_end_is_reached(visit):
    page = visit()
    page.mouse.wheel(0, 30_000)
    page.wait_for_function("document.querySelectorAll('#grid article').length === 72")


def test_a_large_window_is_filled(visit):
    page = visit(size={"viewport": {"width": 3840, "height": 4320}})
    page.evaluate("data.pictures.push(...data.pictures, ...data.pictures); change({ sort: 'name' })")
    page.wait_for_function("document.querySelectorAll('#grid article').length > 120")


LOADED = "performance.getEntriesByType('resource').map((each) => each.name)"


def test_only_thumbnails_near_the_window_are_loaded(visit, server):
    page = visit(size=PHONE, address=server)
    page.wait_for_function(f"{LOADED}.filter((each) => each.includes('/thumbnails/')).length >= 2")
    page.wait_for_load_state("networkidle")  # whatever else it asks for is there, too
    asked = {url for url in page.evaluate(LOADED) if "/thumbnails/" in url}
    assert 2 <= len(asked) < 50
    last = page.locator("#grid article").nth(59).locator("img")
    assert last.evaluate("each => each.complete && each.naturalWidth > 0") is False
    last.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('#grid img')[57].naturalWidth > 0")  # two of 60 have no picture
    assert not any("plotly" in url or "/details/" in url for url in page.evaluate(LOADED))


def test_thumbnails_are_as_large_as_they_are_shown(visit):
    page = visit()
    page.wait_for_function("document.querySelector('#grid img').naturalWidth > 0")
    source, shown = page.locator("#grid img").first.evaluate("each => [each.currentSrc, each.clientWidth]")
    assert source.endswith("-320.webp") and 160 < shown <= 320


@pytest.mark.every_browser
def test_a_link_shows_the_same(visit):
    page = visit()
    page.select_option("#content", "cat")
    page.select_option("#sort", "style_loss")
    page.check("#descending")
    page.fill("#search", "gatys wave")
    page.locator("#grid button").nth(1).click()
    other = visit(page.url.partition("#")[1] + page.url.partition("#")[2])
    assert places(other) == places(page) == [25, 27, 29, 31, 33, 35]
    assert other.inner_text("#viewer .bar") == page.inner_text("#viewer .bar")
    assert other.locator("#viewer .extra").first.inner_text() == "preset gatys2015, style weight 30"
    for field, value in {"content": "cat", "sort": "style_loss", "search": "gatys wave"}.items():
        assert other.input_value(f"#{field}") == value
    assert other.is_checked("#descending")


def test_a_link_to_a_view_and_to_nothing(visit):
    for named in ("at.style_weight", "at"):  # the second as earlier pages named it
        page = visit(f"#view=matrix&{named}=100")
        assert page.locator("#matrix output").inner_text() == "100"
    page = visit("#weight=100&sort=weight&content=dog&preset=stylegrid")
    assert places(page) == [40, 46, 52]
    assert (page.input_value("#style_weight"), page.input_value("#sort")) == ("100", "style_weight")
    page = visit("#view=matrix&rows=style&columns=style&slider=none")  # no axis twice, none that there isn't
    assert [page.input_value(f"#{role}") for role in ("rows", "columns", "slider")] == list(AXES)
    page = visit("#view=nowhere&open=none&content=none&sort=none")
    assert page.locator("#grid .empty").is_visible()
    assert page.inner_text("#count") == "0 of 72 pictures"


@pytest.mark.every_browser
def test_downloads_are_the_files_themselves(visit, exhibition, server):
    page = visit(f"#open={name_at(20)}", address=server)
    for words, suffix in (("Picture", ".png"), ("Record (JSON)", ".png.json")):
        with page.expect_download() as started:
            page.click(f"#viewer .get a >> text={words}")
        original = exhibition.results / "pictures" / f"{name_at(20)}{suffix}"
        assert started.value.path().read_bytes() == original.read_bytes()
        assert started.value.suggested_filename == original.name


def test_from_disk_they_open_beside_the_page(visit, exhibition):
    page = visit(f"#open={name_at(20)}")
    links = page.eval_on_selector_all("#viewer .get a", "all => all.map((each) => [each.href, each.target])")
    picture = exhibition.results / "pictures" / f"{name_at(20)}.png"
    assert links == [[picture.as_uri(), "_blank"], [picture.with_suffix(".png.json").as_uri(), "_blank"]]
    assert picture.is_file()
