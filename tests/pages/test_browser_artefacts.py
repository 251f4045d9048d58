"""Differences and edges of a picture beside its photograph's, in a real browser: numbers worked out by thought."""

import io

import numpy as np
import pytest
from browsing import PHONE, Exhibition, name_at
from PIL import Image

pytestmark = pytest.mark.browser

LOW, HIGH = 100, 140  # on the left and on the right of an edge, in the middle of a picture of 32 x 24
STEP = HIGH - LOW
# By the column left of the edge, right of it, and anywhere else: 2 x + 0.5 of differences, x / 4 + 0.5 of Sobel's sums.
EXPECTED = {
    "across": (127.5 + 2 * STEP, 127.5, 127.5),
    "down": (127.5, 127.5, 127.5),
    "horizontal": (127.5, 127.5, 127.5),
    "vertical": (127.5 + (1 + 2 + 1) * STEP / 4, 127.5 + (1 + 2 + 1) * STEP / 4, 127.5),
}


@pytest.fixture(scope="module")
def edge(tmp_path_factory):
    """A gallery of one picture, whose photograph is of one colour."""
    made = Exhibition(tmp_path_factory.mktemp("edge"))
    pixels = np.full((24, 32, 3), LOW, np.uint8)
    pixels[:, 16:] = HIGH
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    job = made.add(made.source("photographs", "bay", (32, 24), (0, 0, 255)), {"night": 1.0})
    made.paint(job, buffer.getvalue())
    made.build()
    return f"#open={job.name}", made.page.as_uri()


def pixels_of(page, place):
    """Return what is shown of a picture, from the middle of each of its pixels."""
    page.wait_for_timeout(300)
    frame, box = page.locator(".frame").nth(place).bounding_box(), page.locator(".pair").nth(place).bounding_box()
    shown = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    scale = box["width"] / 32
    assert scale >= 4 and box["x"] >= frame["x"] and box["y"] >= frame["y"]
    return np.array(
        [
            [shown.getpixel((int(box["x"] + (x + 0.5) * scale), int(box["y"] + (y + 0.5) * scale))) for x in range(32)]
            for y in range(24)
        ],
        float,
    )


@pytest.mark.parametrize("kind", EXPECTED)
def test_values_are_those_of_the_pixels(visit, edge, kind):
    state, address = edge
    page = visit(state, address=address)
    page.select_option("#artefacts", kind)
    page.wait_for_function("document.querySelectorAll('.pair canvas').length === 3")  # one lies over the first, hidden
    picture = pixels_of(page, 0)
    assert picture.shape == (24, 32, 3)
    left, right, elsewhere = EXPECTED[kind]
    assert picture[12, 15] == pytest.approx(left, abs=1)
    assert picture[12, 16] == pytest.approx(right, abs=1)
    assert picture[2:-2, [2, 8, 13, 19, 25, 29]] == pytest.approx(elsewhere, abs=1)
    assert pixels_of(page, 1)[4:-4, 4:-4] == pytest.approx(127.5, abs=8)  # a lossy copy of a photograph without edges
    page.select_option("#artefacts", "")
    assert page.locator(".pair").count() == 1 and page.locator("canvas").count() == 0


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_they_zoom_together_and_are_in_the_link(visit, size):
    page = visit(f"#open={name_at(20)}&artefacts=across", **({"size": size} if size else {}))
    assert page.input_value("#artefacts") == "across"
    page.locator("#frame-1").focus()
    page.keyboard.press("z")
    boxes = [page.locator(".pair").nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]["width"] == boxes[1]["width"]
    page.keyboard.press("ArrowRight")
    assert page.evaluate("view.open") == name_at(21)
    assert page.locator("#viewer canvas").count() == 3
    assert visit("#artefacts=none").evaluate("view.artefacts") == ""
