"""Stars in a real browser: given, kept, filtered and sorted by, saved and loaded; what has them as rows."""

import csv
import io
import json

import pytest
from browsing import name_at, names
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
SHORT = "#content=cat&preset=stylegrid"  # 18, 20, ... 34


def give(page, **counts):
    """Press a key on the buttons of the grid: `third="5"`."""
    for place, count in counts.items():
        page.locator("#grid [data-name]").nth(["first", "second", "third"].index(place)).focus()
        page.keyboard.press(count)


@pytest.mark.every_browser
def test_keys_give_stars_which_are_seen_read_aloud_and_kept(visit):
    page = visit(SHORT)
    give(page, first="4", third="5")
    words = "cat in the style of night, preset stylegrid, style weight 10, 4 stars"
    expect(page.get_by_role("button", name=words, exact=True)).to_be_visible()
    assert page.locator("#grid .stars").all_inner_texts()[:3] == ["★★★★", "", "★★★★★"]
    page.reload()
    assert page.locator("#grid .stars").all_inner_texts()[:3] == ["★★★★", "", "★★★★★"]
    give(page, first="0")
    page.reload()
    assert page.locator("#grid .stars").all_inner_texts()[:3] == ["", "", "★★★★★"]


def test_an_open_picture_and_the_marked_one_of_several(visit):
    page = visit(f"#open={name_at(18)}|{name_at(20)}")
    page.keyboard.press("3")
    page.locator("[data-place='0']").click()
    pressed = page.locator("#rating [aria-pressed=true]")
    assert pressed.count() == 0
    page.get_by_role("button", name="2 stars", exact=True).click()
    assert pressed.count() == 2
    assert page.locator("figcaption .stars").all_inner_texts() == ["★★", "★★★"]
    page.get_by_role("button", name="2 stars", exact=True).click()  # again takes them back
    assert page.evaluate("Object.fromEntries(stars)") == {name_at(20): 3}


def test_filtering_and_sorting_by_stars(visit):
    page = visit(SHORT)
    give(page, first="2", second="5", third="3")
    page.select_option("#stars", "3")
    assert names(page) == [name_at(20), name_at(22)]
    page.select_option("#sort", "stars")
    assert names(page) == [name_at(22), name_at(20)]
    page.select_option("#stars", "0")
    assert len(names(page)) == 6
    give(page, first="1")  # which then is there no more, and the focus is on the next
    assert names(page)[0] == name_at(26) == page.evaluate("document.activeElement.dataset.name")
    assert page.inner_text("#count") == "5 of 72 pictures"
    page.click("#clear")
    assert page.input_value("#stars") == ""


def test_the_chosen_as_rows_on_the_clipboard(visit):
    page = visit("#sort=name&content=bay", **CLIPBOARD)
    page.click("#chosen summary")
    assert page.is_disabled("#copy-rows")
    page.evaluate(
        f"rate('{name_at(8)}', 5); rate('{name_at(12)}', 1); rate('{name_at(40)}', 5)"
    )  # the last isn't shown
    page.fill("#larger", "1024")
    page.click("#copy-rows")
    expect(page.locator("#done")).to_contain_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    rows = {row["style"]: row for row in csv.DictReader(io.StringIO(text), delimiter="\t")}
    assert set(rows) == {"../paintings/night.png:2 + ../paintings/wave.png", "../paintings/wave.png"}
    wave = rows["../paintings/wave.png"]
    assert (wave["content"], wave["size"], wave["title"]) == ("../photographs/bay.png", "1024", "Attic")
    assert (wave["style_weight"], wave["notes"]) == ("30", "kept in the attic\nsecond line")


@pytest.mark.every_browser
def test_the_chosen_as_rows_in_a_file(visit):
    page = visit(SHORT)
    page.click("#chosen summary")
    assert page.is_disabled("#save-rows")
    give(page, second="5")
    page.fill("#larger", "1024")
    page.fill("#larger", "")
    with page.expect_download() as started:
        page.click("#save-rows")
    assert started.value.suggested_filename == "A-b-small-b-gallery-rows.tsv"
    text = started.value.path().read_text(encoding="utf-8")
    (row,) = csv.DictReader(io.StringIO(text), delimiter="\t")
    assert (row["content"], row["style_weight"]) == ("../photographs/cat.png", "30")
    assert "1024" not in text


@pytest.mark.every_browser
def test_stars_are_saved_and_loaded_elsewhere(visit, tmp_path):
    page = visit(SHORT)
    give(page, first="4", second="1")
    page.click("#chosen summary")
    with page.expect_download() as started:
        page.click("#save-stars")
    saved = json.loads(started.value.path().read_text(encoding="utf-8"))
    assert saved == {"gallery": "A <b>small</b> gallery", "stars": {name_at(18): 4, name_at(20): 1}}
    assert started.value.suggested_filename.endswith("-stars.json")
    other = visit(SHORT)
    other.click("#chosen summary")
    path = tmp_path / "x-stars.json"
    path.write_text(json.dumps({"gallery": "", "stars": {**saved["stars"], "gone/away/sw1": 3, name_at(22): 9}}))
    other.set_input_files("#load-stars", path)
    expect(other.locator("#done")).to_have_text("Stars of 2 pictures loaded; 1 are of pictures that aren't here.")
    assert other.locator("#grid .stars").all_inner_texts()[:3] == ["★★★★", "★", ""]
    path.write_text("no JSON")
    other.set_input_files("#load-stars", path)
    expect(other.locator("#done")).to_contain_text("x-stars.json holds no stars")
    assert other.locator("#grid .stars").all_inner_texts()[:3] == ["★★★★", "★", ""]
