"""The HTML file of pictures, read as text: its size, its pictures, and what isn't in it."""

import base64
import hashlib
import io
import json
import re

import numpy as np
import pytest
from conftest import make_job, make_record
from PIL import Image

from stylegrid.errors import ConfigError
from stylegrid.pictures import metadata
from stylegrid.reports.share import share_page
from stylegrid.reports.share.share_page import FOLDER, Limits, make_page
from stylegrid.reports.share.shared import Shared

ROOMY = Limits(120, 10_000_000, False)
# Of the package photoswipe 5.4.4 of npm, its files dist/umd/photoswipe.umd.min.js, dist/photoswipe.css and LICENSE.
PUBLISHED = {
    "photoswipe.umd.min.js": "ba86fd2dadb31acd8e488540fedb5037c598bf86c63a2a804d5025271af6a323",
    "photoswipe.css": "b0eaaae0b9de064d25e2f18517b9011a526d9b2142376e1c0febd096cebab9f3",
    "LICENSE": "2c223af0b21d32240087ee189eb70fd315907b6ade8b561e24265baccd6a98e7",
}


@pytest.fixture
def shared(tmp_path):
    """Return a function that shares so many noisy pictures, of a size and with captions."""

    def share(count, size=(200, 150), caption="A cat"):
        pictures = []
        for number in range(count):
            path = tmp_path / f"{number}.png"
            noise = np.random.default_rng(number).integers(0, 256, (size[1], size[0], 3), np.uint8)
            Image.fromarray(noise).save(path)
            pictures.append(Shared(f"{number}", caption, path, make_record(make_job(), title="Ours")))
        return pictures

    return share


def embedded(page):
    """Return the pictures of a page."""
    found = re.findall(r'<img src="data:image/webp;base64,([^"]+)"', page.html.decode())
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in found]


@pytest.mark.parametrize(("size", "seen"), [((200, 150), (120, 90)), ((90, 240), (45, 120)), ((60, 50), (60, 50))])
def test_pictures_are_reduced_and_never_enlarged(shared, size, seen):
    page = make_page(shared(2, size), "Ours", ROOMY, 1)
    assert [(image.format, image.size) for image in embedded(page)] == [("WEBP", seen)] * 2
    assert page.html.decode().count(f'width="{seen[0]}" height="{seen[1]}"') == 2


def test_the_quality_is_the_highest_that_keeps_the_limit(shared):
    pictures = shared(4)
    sizes = {}
    for quality in share_page.QUALITIES:
        page = make_page(pictures, "Ours", ROOMY._replace(size=sizes.get("last", 10**7) - 1), 2)
        assert page.quality == quality
        sizes["last"] = len(page.html)
    with pytest.raises(ConfigError, match=r"4 pictures of 120 px take about .* MB at the lowest quality, and 0\."):
        make_page(pictures, "Ours", ROOMY._replace(size=sizes["last"] - 1), 2)


def test_too_many_are_refused_before_all_are_looked_at(shared):
    pictures = shared(60)
    for each in pictures[40:]:
        each.picture.unlink()
    with pytest.raises(ConfigError, match="60 pictures"):
        make_page(pictures, "Ours", ROOMY._replace(size=80_000), 2)


def test_the_same_pictures_give_the_same_bytes_by_any_number_of_threads(shared):
    pictures = shared(5)
    assert make_page(pictures, "Ours", ROOMY, 1) == make_page(pictures, "Ours", ROOMY, 3)


def test_words_are_text(shared):
    html = make_page(shared(1, caption='<b>"A" & B</b>'), "<script>alert(1)</script>", ROOMY, 1).html.decode()
    assert "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>" in html
    assert 'aria-label="1: &lt;b&gt;&#34;A&#34; &amp; B&lt;/b&gt;"' in html
    assert "<b>" not in html


def test_nothing_is_named_that_lies_elsewhere_and_no_loss_or_setting(shared, tmp_path):
    html = make_page(shared(2), "Ours", ROOMY, 1).html.decode()
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", html.split("!function")[0])
    assert {each.split(":")[0] for each in addresses} == {"data"}
    assert "default-src 'none'" in html
    assert not re.search(r"loss|style_weight|stylegrid/|" + re.escape(str(tmp_path)), html.split("<script>")[0])


@pytest.mark.parametrize("keep", [True, False])
def test_provenance_is_kept_or_dropped(shared, keep):
    (image,) = embedded(make_page(shared(1), "Ours", ROOMY._replace(provenance=keep), 1))
    comment = metadata.read_comment(image)
    assert bool(image.getexif()) == keep
    if keep:
        assert json.loads(comment)["content"]["path"] == "cat.png"


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_library_is_the_published_one_and_its_licence_goes_with_it(shared, name):
    data = (FOLDER / "photoswipe" / name).read_bytes()
    assert hashlib.sha256(data).hexdigest() == PUBLISHED[name]
    assert {path.name for path in (FOLDER / "photoswipe").iterdir()} == set(PUBLISHED)
    assert data.decode().replace("\r\n", "\n") in make_page(shared(1), "Ours", ROOMY, 1).html.decode()
