"""A page that grows while its gallery is painted, in a real browser, from disk: nothing is reloaded by hand."""

import pytest
from browsing import Exhibition, names, png

import gallery
from stylegrid.plan import plan_files
from stylegrid.store.layout import picture_path

pytestmark = pytest.mark.browser

SUMMARY = "document.getElementById('summary').textContent"
TOP = "document.activeElement.getBoundingClientRect().top"
UNPAINTED = "Not painted yet."


class Growing(Exhibition):
    """An exhibition of 80 places that is built again as pictures come."""

    def __init__(self, folder):
        super().__init__(folder, "A growing gallery")
        source = self.source("photographs", "bay", (240, 180), (0, 0, 255))
        self.jobs = [self.add(source, {"night": 1.0}, style_weight=weight) for weight in range(1, 81)]
        plan_files.write_plan(self.project.settings(gallery={"title": self.title}), self.combinations, {})

    def hang(self, *places):
        for place in places:
            self.paint(self.jobs[place], png((240, 180), (60 + 2 * place, 200, 0)))

    def show(self, *flags):
        assert gallery.main(["--results", str(self.results), "--threads", "2", *flags]) in (None, 0)


@pytest.fixture
def growing(tmp_path, capsys):
    made = Growing(tmp_path / "growing")
    made.hang(0, 1)
    made.show("--growing")
    assert capsys.readouterr().out.startswith("2 of 80 pictures: ")
    return made


@pytest.mark.every_browser
def test_new_pictures_come_into_an_open_page_which_keeps_its_place(visit, growing):
    page = visit("#sort=name&descending=1", address=growing.page.as_uri())
    assert page.evaluate(SUMMARY) == "Painting: 2 of 80 pictures so far"
    page.evaluate("document.getElementById('more').click(); window.mark = 'the same page'")
    card = page.locator("#grid [data-name]").nth(70)
    card.focus()
    card.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # cards that come near the window take their own heights
    before, order = page.evaluate(TOP), names(page)
    growing.hang(*range(2, 30))
    growing.show("--growing")
    page.wait_for_function(f"{SUMMARY} === 'Painting: 30 of 80 pictures so far'")
    assert page.evaluate("window.mark") == "the same page"
    assert names(page) == order
    assert page.evaluate("document.activeElement.dataset.name") == order[70]
    page.wait_for_timeout(500)
    assert page.evaluate(TOP) == pytest.approx(before, abs=2)
    assert page.evaluate("scrollY") > 500
    assert "sort=name&descending=1" in page.url
    assert page.locator("#grid img").count() == 30
    assert page.locator("#grid .fault").all_text_contents() == [UNPAINTED] * 50


def requests_of(page):
    """Return the list of what a page asks for from now on."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_the_finished_page_is_taken_up_and_nothing_is_asked_for_again(visit, growing):
    page = visit(address=growing.page.as_uri())
    asked = requests_of(page)
    growing.hang(*range(2, 80))
    growing.show()
    page.wait_for_function(f"{SUMMARY} === '80 pictures, 1 photograph, 1 painting'")
    assert page.locator("#grid .fault").count() == 0
    assert any("/state.js?" in url for url in asked) and any("/data.js?" in url for url in asked)
    page.wait_for_load_state("networkidle")
    asked.clear()
    page.wait_for_timeout(7_000)
    assert asked == []
    finished = visit(address=growing.page.as_uri())
    finished.wait_for_load_state("networkidle")
    asked = requests_of(finished)
    finished.wait_for_timeout(4_000)
    assert asked == []
    assert finished.evaluate("typeof ask") == "undefined"


def test_a_run_that_stopped_leaves_a_page_that_says_what_is_missing(visit, growing):
    page = visit(address=growing.page.as_uri())
    growing.show()
    page.wait_for_function(f"{SUMMARY} === '2 pictures, 1 photograph, 1 painting; 78 not painted'")
    assert page.locator("#grid .fault").first.inner_text() == UNPAINTED


def test_an_open_picture_stays_until_it_is_painted(visit, growing):
    name = growing.jobs[40].name
    page = visit(f"#open={name}", address=growing.page.as_uri())
    assert page.inner_text("#viewer .stage") == UNPAINTED
    page.evaluate("window.kept = document.querySelector('.stage')")
    growing.hang(2)
    growing.show("--growing")
    page.wait_for_function(f"{SUMMARY} === 'Painting: 3 of 80 pictures so far'")
    assert page.evaluate("window.kept.isConnected")
    growing.hang(40)
    growing.show("--growing")
    page.wait_for_selector("#viewer .stage img")
    assert page.inner_text("#viewer-title") == "bay in the style of night"


@pytest.mark.parametrize("view", ["matrix", "plots"])
def test_every_view_grows(visit, growing, view):
    page = visit(f"#view={view}", address=growing.page.as_uri())
    growing.hang(*range(2, 80))
    growing.show("--growing")
    pictures = {
        "matrix": "[...document.querySelectorAll('#matrix td img')]",
        "plots": "(document.querySelector('.plot')?.data ?? []).flatMap((each) => each.customdata).filter(Boolean)",
    }
    page.wait_for_function(f"{pictures[view]}.length === 80")


def test_the_page_and_its_state_may_be_gone_for_a_while(browser, growing):
    page = browser.new_page()  # not one that is watched: here requests fail
    page.goto(growing.page.as_uri())
    for name in ("index.html", "state.js"):  # as when Snakemake is about to write the page
        growing.page.with_name(name).unlink()
    with page.expect_event("requestfailed", lambda request: "/state.js?" in request.url):
        pass
    growing.hang(2)
    growing.show("--growing")
    page.wait_for_function(f"{SUMMARY} === 'Painting: 3 of 80 pictures so far'")
    page.close()


def test_snakemake_takes_it_for_older_than_its_pictures(growing):
    picture = picture_path(growing.results, growing.jobs[0])
    assert growing.page.stat().st_mtime < picture.stat().st_mtime - 1e6
    growing.show()
    assert growing.page.stat().st_mtime >= picture.stat().st_mtime


def test_a_page_of_another_spreadsheet_is_loaded_anew(visit, growing):
    page = visit(address=growing.page.as_uri())
    growing.add(growing.source("photographs", "cat", (240, 180), (0, 0, 255)), {"night": 1.0}, style_weight=5)
    plan_files.write_plan(growing.project.settings(), growing.combinations, {})
    growing.show("--growing")
    page.wait_for_function(f"{SUMMARY} === 'Painting: 2 of 81 pictures so far'")
    page.wait_for_function("document.querySelectorAll('#content option').length === 3")
