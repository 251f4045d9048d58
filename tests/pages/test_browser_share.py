"""The HTML file that is sent, alone in a folder, in a real browser: touched, typed at, looked at by axe."""

import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, HTML, PHONE, STYLES, Exhibition, png
from playwright.sync_api import expect

import share

pytestmark = pytest.mark.browser

SIZES = {"desktop": DESKTOP, "phone": PHONE}
TITLES = [HTML, "قطة في الليل", "", "word " * 400]
CAPTIONS = [HTML, TITLES[1], "cat in the style of night and wave", TITLES[3].strip()]
RULES = {"resultTypes": ["violations"], "preload": False}
SHOWN = (
    ".pswp__item[aria-hidden=false] img:not(.pswp__img--placeholder)"  # waited for without eval, which the page forbids
)


@pytest.fixture(scope="session")
def sent(tmp_path_factory):
    """Four pictures of all shapes as one file, which is taken away from everything else."""
    made = Exhibition(tmp_path_factory.mktemp("to-send"))
    for place, (title, size) in enumerate(zip(TITLES, [(240, 180), (90, 240), (400, 100), (240, 180)], strict=True)):
        source = made.source("photographs", "cat", (240, 180), (0, 0, 255))
        job = made.add(source, STYLES["night:2 + wave"], title=title, style_weight=place + 1)
        made.paint(job, png(size, (60 * place, 200, 0)), title=title)
    made.build()
    assert share.main(["--results", str(made.results)]) == 0
    (page,) = (made.results / "share").glob("*.html")
    return shutil.copy(page, tmp_path_factory.mktemp("received") / "sent.html")


@pytest.fixture
def receive(visit, sent):
    """What opens the file on a screen."""
    return lambda size, **options: visit(size=size, address=sent.as_uri(), **options)


def caption(page):
    """Return the words below the picture that is shown, once it is."""
    page.locator(SHOWN).evaluate("(image) => image.decode()")
    return page.inner_text(".pswp__caption")


@pytest.mark.every_browser
@pytest.mark.parametrize("size", SIZES)
def test_it_opens_from_disk_and_asks_for_nothing(receive, sent, size):
    page, asked = receive(SIZES[size]), []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    page.locator("button").first.click()
    caption(page)
    assert {url for url in asked if not url.startswith("data:")} <= {sent.as_uri()}  # Firefox tells of no files
    assert page.title() == page.inner_text("h1") == "A <b>small</b> gallery"
    assert page.evaluate("pictures.map((each) => each.alt)") == CAPTIONS
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size]["viewport"]["width"]


def swipe(page, start, end):
    """Draw a finger over more than half of the screen, which turns the page however slowly it is drawn."""
    session = page.context.new_cdp_session(page)
    for kind, part in (("touchStart", 0), *(("touchMove", step / 5) for step in range(1, 6))):
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": start + part * (end - start), "y": 422}]}
        )
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")  # it has followed
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_fingers_turn_pages_and_back_closes(receive):
    page = receive(PHONE)
    page.locator("button").nth(1).tap()
    for start, end, number in ((340, 40, 3), (40, 340, 2), (40, 340, 1)):
        caption(page)
        swipe(page, start, end)
        expect(page.locator(".pswp__counter")).to_have_text(f"{number} / 4")
        assert caption(page) == CAPTIONS[number - 1]
    page.go_back()
    expect(page.locator(".pswp")).to_have_count(0)
    assert page.title() == "A <b>small</b> gallery"
    page.locator("button").first.click()  # and it opens again
    assert caption(page) == CAPTIONS[0]


@pytest.mark.parametrize("engine", ["firefox"])
def test_fingers_turn_pages_in_firefox(receive, finger):
    page = receive(DESKTOP)
    page.locator("button").nth(1).click()
    for start, end, number in ((0.75, 0.15, 3), (0.15, 0.75, 2)):
        caption(page)
        finger(page, start, end)
        expect(page.locator(".pswp__counter")).to_have_text(f"{number} / 4")
        assert caption(page) == CAPTIONS[number - 1]


@pytest.mark.every_browser
def test_keys_alone_open_turn_and_close(receive):
    page = receive(DESKTOP)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert caption(page) == CAPTIONS[1]
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pswp__caption")).to_have_text(CAPTIONS[2])
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') === null")
    page.keyboard.press("Escape")
    expect(page.locator(".pswp")).to_have_count(0)
    assert page.evaluate("[...document.querySelectorAll('button')].indexOf(document.activeElement)") == 1
    assert page.evaluate("history.state") is None  # Back leaves the page, as it did before


def test_names_are_read_aloud_and_no_two_are_equal(receive):
    page = receive(DESKTOP)
    page.get_by_role("button", name="3: cat in the style of night and wave", exact=True).click()
    assert page.get_by_role("dialog", name="A <b>small</b> gallery").count() == 1
    assert page.get_by_role("dialog").get_attribute("aria-modal") == "true"
    assert page.evaluate("main.inert")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_the_file(receive, size, scheme):
    page = receive(SIZES[size], color_scheme=scheme)
    for opened in (False, True):
        if opened:
            page.locator("button").nth(2).click()
            caption(page)
        found = Axe().run(page, options=RULES).response["violations"]
        assert {each["id"]: [node["html"] for node in each["nodes"]] for each in found} == {}, opened


def test_it_is_dark_where_the_system_is(receive):
    page = receive(PHONE, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 21, 19)"


def test_without_scripts_all_pictures_are_there(receive):
    page = receive(PHONE, java_script_enabled=False)
    expect(page.locator("li img")).to_have_count(4)
    assert page.locator("li img").first.bounding_box()["width"] > 100
