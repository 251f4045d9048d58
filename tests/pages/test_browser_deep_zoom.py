"""The page of a picture too large to be shown whole, in a real browser, from disk."""

import io

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import DESKTOP, STYLES, Exhibition, png
from PIL import Image
from playwright.sync_api import expect

from stylegrid.reports.gallery import deep_zoom

pytestmark = pytest.mark.browser
SIZE = (4200, 3000)
COLOUR = (200, 30, 0)


@pytest.fixture(scope="session")
def poster(tmp_path_factory):
    """A gallery of one picture that counts as large."""
    made = Exhibition(tmp_path_factory.mktemp("poster"))
    job = made.add(made.source("photographs", "cat", (140, 100), (0, 0, 255)), STYLES["night"])
    made.paint(job, png(SIZE, COLOUR))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deep_zoom, "LARGEST_WHOLE", 1000)
        made.build()
    return made


def test_a_large_picture_is_zoomed_into_from_the_gallery_and_back(visit, poster):
    page, asked = visit(f"#open={poster.combinations[0].job.name}", DESKTOP, poster.page.as_uri()), []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request("**/tiles/**"):
        page.get_by_role("link", name="Zoom into it").click()
    expect(page.locator("#picture canvas").first).to_be_visible()
    with page.expect_request(f"**/tiles/{deep_zoom.highest_level(SIZE)}/**"):
        page.locator(".openseadragon-canvas").first.click()
        for _ in range(8):
            page.keyboard.press("+")
    page.wait_for_timeout(1500)  # the zoom is animated
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    assert np.abs(np.subtract(seen.getpixel((seen.width // 2, seen.height // 2)), COLOUR)).max() < 8
    assert all(url.startswith("file:") for url in asked)
    assert not Axe().run(page).violations_count
    page.get_by_role("link", name="Back to the gallery").click()
    expect(page.get_by_text("How it was made")).to_be_visible()
