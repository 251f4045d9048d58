"""One picture in full, in a real browser: opening, closing, turning, comparing, and what is said of it."""

import io

import pytest
from browsing import FAILED, FRAMED, HISTORY, PHONE, losses_at, name_at, record_at
from PIL import Image

from stylegrid.settings.paint_settings import PaintSettings

pytestmark = pytest.mark.browser

OPEN = "document.getElementById('viewer').open"
FOCUSED = "document.activeElement.dataset.name"


def close_by_button(page):
    page.click("text=Close")


def close_by_escape(page):
    page.keyboard.press("Escape")


def close_by_back(page):
    page.go_back()


def title(page):
    """Return the title of the picture that is open, and its variant."""
    return page.inner_text("#viewer-title"), page.locator("#viewer .extra").first.inner_text()


@pytest.mark.parametrize("close", [close_by_button, close_by_escape, close_by_back])
@pytest.mark.parametrize("view", ["grid", "matrix"])
def test_opened_and_closed_the_page_is_as_it_was(visit, view, close):
    page = visit(f"#view={view}&content=dog&weight=30")
    before, entries = page.url, page.evaluate("history.length")
    card = page.locator(f"#{view} [data-name]").nth(1)
    name = card.get_attribute("data-name")
    card.click()
    assert page.evaluate(OPEN)
    assert page.url != before
    close(page)
    page.wait_for_function(f"!{OPEN}")
    assert page.url == before
    assert page.evaluate(FOCUSED) == name
    assert page.evaluate("history.length") == entries + 1  # what was opened is ahead, nothing is left behind


@pytest.mark.every_browser
def test_the_keyboard_opens_and_the_close_button_has_the_focus(visit):
    page = visit()
    page.locator("#grid button").nth(3).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.keyboard.press("Enter")
    page.wait_for_function(f"!{OPEN}")
    assert page.evaluate(FOCUSED) == name_at(3)


def test_forward_opens_again(visit):
    page = visit()
    page.locator("#grid button").nth(3).click()
    page.go_back()
    page.go_forward()
    page.wait_for_function(OPEN)
    page.keyboard.press("Escape")
    page.wait_for_function(f"!{OPEN}")
    assert page.evaluate(FOCUSED) == name_at(3)


def test_a_link_to_a_picture_closes_to_its_card(visit):
    page = visit(f"#open={name_at(70)}")
    page.keyboard.press("Escape")
    page.wait_for_function(f"!{OPEN}")
    assert page.evaluate(FOCUSED) == name_at(70)
    assert page.locator("#grid article").count() == 72


@pytest.mark.every_browser
def test_arrows_go_through_what_is_chosen_in_its_order(visit):
    page = visit("#style=wave&preset=gatys2015&sort=style_loss")  # from 65 down to 7
    page.locator("#grid button").first.click()
    assert title(page) == ("tall in the style of wave", "preset gatys2015, style weight 100")
    assert page.locator("#previous").is_disabled()
    for place in (63, 61, 47):
        page.keyboard.press("ArrowRight")
        assert f"open={name_at(place).replace('/', '%2F')}" in page.url
    page.keyboard.press("ArrowLeft")
    assert title(page) == ("tall in the style of wave", "preset gatys2015, style weight 10")
    page.keyboard.press("Escape")
    page.wait_for_function(f"!{OPEN}")
    assert page.evaluate(FOCUSED) == name_at(61)


def test_arrow_buttons_keep_the_focus_until_there_is_no_further(visit):
    page = visit(f"#open={name_at(69)}")
    for _ in range(2):
        page.locator("#next").focus()
        page.keyboard.press("Enter")
    assert title(page)[1] == "preset gatys2015, style weight 100"
    assert page.locator("#next").is_disabled()
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.locator("#previous").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "previous"


def colours(page):
    """Return the colours at a quarter and three quarters of the picture's width."""
    picture = Image.open(io.BytesIO(page.locator(".pair").screenshot())).convert("RGB")
    return [picture.getpixel((picture.width * part // 4, picture.height // 2)) for part in (1, 3)]


@pytest.mark.every_browser
def test_the_slider_lays_the_photograph_over_the_picture(visit):
    page = visit(f"#open={name_at(20)}")
    page.wait_for_function(FRAMED)
    painting, photograph = (100, 200, 0), (0, 0, 254)
    assert colours(page) == [painting] * 2
    page.focus("#cut")
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('.before').naturalWidth > 0")
    assert all(is_near(colour, photograph) for colour in colours(page))
    box = page.locator("#cut").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    left, right = colours(page)
    assert is_near(left, photograph) and right == painting
    page.keyboard.press("ArrowRight")
    assert page.input_value("#cut") == "51"
    assert title(page)[1] == "preset stylegrid, style weight 30"  # which arrows don't leave from there


def is_near(colour, other):
    return all(abs(a - b) <= 6 for a, b in zip(colour, other, strict=True))  # a lossy copy


def test_actual_size_is_one_pixel_for_one(visit):
    page = visit(f"#open={name_at(20)}")
    assert page.locator(".pair").bounding_box()["width"] > 500
    page.click("text=Actual size")
    assert page.locator(".pair").bounding_box()["width"] == 240
    assert page.get_attribute("text=Actual size", "aria-pressed") == "true"


def rows(page, place):
    """Return a table's rows as a dictionary."""
    return dict(
        page.locator("#viewer table")
        .nth(place)
        .evaluate("each => [...each.rows].map((row) => [...row.cells].map((cell) => cell.textContent))")
    )


def test_losses_are_the_records(visit, exhibition):
    page = visit(f"#open={name_at(20)}")
    record = record_at(exhibition, 20)
    assert record.losses == losses_at(20)
    assert (record.losses.content, record.losses.style, record.losses.total) == (69, 980, 29)
    expected = {"content": "69", "style": "980", "total variation": "0.25", "total, weighted": "29"}
    assert rows(page, 0) == expected


def test_facts_and_settings_are_the_records(visit, exhibition):
    page = visit(f"#open={name_at(20)}")
    page.wait_for_selector("summary >> text=All settings")
    facts, settings = rows(page, 2), rows(page, 3)
    assert facts["size"] == "240 \N{MULTIPLICATION SIGN} 180 px"
    assert (facts["preset"], facts["steps"], facts["time"]) == ("stylegrid", "2", "2 min")
    assert facts["network"] == "untrained sha of backb"
    record = record_at(exhibition, 20).settings
    assert set(settings) <= set(PaintSettings.model_fields)
    for name, value in record.model_dump().items():
        if value is None or value == "":
            assert name not in settings
        elif not isinstance(value, int | float):
            assert settings[name] == str(value)
        else:
            assert float({"true": 1, "false": 0}.get(settings[name], settings[name])) == value
    assert page.locator("tr.changed th").all_text_contents() == ["style_weight", "precision"]  # 30 and float32
    assert rows(page, 4) == {"block1_conv1": "0.125"}
    assert [*rows(page, 5).values()] == [
        record_at(exhibition, 20).content.sha256,
        record_at(exhibition, 20).styles[0].sha256,
    ]


def test_settings_other_than_the_presets_come_first(visit):
    page = visit(f"#open={name_at(22)}")
    page.wait_for_selector("summary >> text=All settings (2 other")
    assert list(rows(page, 3))[:2] == page.locator("tr.changed th").all_text_contents()
    assert {name: rows(page, 3)[name] for name in list(rows(page, 3))[:2]} == {
        "style_weight": "100",
        "precision": "float32",
    }


def test_a_blend_names_its_paintings_and_weights(visit):
    page = visit(f"#open={name_at(12)}")
    words = page.locator("#viewer figcaption").all_text_contents()
    assert words == ["Photograph: bay", "Painting: night, weight 2", "Painting: wave"]
    assert page.locator("#viewer .side figure img").count() == 3


def test_curves_are_the_history_times_the_weights(visit, exhibition):
    page = visit(f"#open={name_at(20)}")
    page.wait_for_function("document.querySelector('.curves')?.data")
    traces = page.evaluate("document.querySelector('.curves').data.map((each) => [each.name, each.x, each.y])")
    settings = record_at(exhibition, 20).settings
    assert [trace[1] for trace in traces] == [[0, 1, 2]] * 4
    drawn = {name: y for name, _, y in traces}
    assert drawn["total"] == [900, 300, 100]
    assert drawn["style"] == [settings.style_weight * value for value in (8, 4, 2)] == [240, 120, 60]
    assert drawn["content"] == [settings.content_weight * entry.content for entry in HISTORY]
    assert drawn["total variation"] == [settings.tv_weight * 0.5 or None] * 3


def test_the_dialog_is_named_by_its_picture(visit):
    page = visit(f"#open={name_at(20)}")
    assert page.get_by_role("dialog", name="cat in the style of night").count() == 1
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert page.get_by_role("dialog", name="cat in the style of wave").count() == 1
    assert (
        page.locator(".frame img").first.get_attribute("alt")
        == "cat in the style of wave, preset stylegrid, style weight 10"
    )


def swipe(page, start, end):
    """Move a finger over the picture, in parts of its width."""
    box = page.locator(".frame").bounding_box()
    session = page.context.new_cdp_session(page)
    points = [{"x": box["x"] + box["width"] * part, "y": box["y"] + box["height"] / 2} for part in (start, end)]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points[1:]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_turns_pages(visit):
    page = visit(size=PHONE)
    page.locator("#grid button").nth(20).tap()
    assert page.inner_text("#viewer-title") == "cat in the style of night"
    for _ in range(4):
        swipe(page, 0.8, 0.2)
    assert page.inner_text("#viewer-title") == "cat in the style of wave"
    swipe(page, 0.2, 0.8)
    assert page.inner_text("#viewer-title") == "cat in the style of night"
    swipe(page, 0.5, 0.55)  # too short
    assert name_at(23).replace("/", "%2F") in page.url


@pytest.mark.parametrize("engine", ["firefox"])
def test_a_finger_turns_pages_and_moves_what_is_near_in_firefox(visit, finger):
    page = visit(f"#open={name_at(20)}")
    finger(page, 0.5, 0.2)
    assert page.evaluate("view.open") == name_at(21)
    finger(page, 0.2, 0.5)
    assert page.evaluate("view.open") == name_at(20)
    page.keyboard.press("z")
    finger(page, 0.5, 0.4)
    assert page.evaluate("view.open") == name_at(20)
    assert page.evaluate("lens.x") > 0.5


def test_what_failed_has_neighbours_too(visit):
    page = visit(f"#open={name_at(FAILED)}")
    page.keyboard.press("ArrowLeft")
    assert title(page) == ("bay in the style of night", "preset stylegrid, style weight 10")
