"""One HTML file of pictures, which opens from disk without any request: pictures, styles and scripts are in it.

PhotoSwipe (photoswipe/, under its own licence) shows them one by one.
"""

import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from stylegrid.errors import ConfigError
from stylegrid.pictures import encode, images
from stylegrid.pictures.thumbnails import reduce_to
from stylegrid.reports.share.shared import Shared

FOLDER = Path(__file__).parent
QUALITIES = (85, 75, 65, 55, 45)  # of WebP; in lower ones strokes turn into blocks
MEGABYTE = 1_000_000  # as mail programs count
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "page"), autoescape=True, undefined=jinja2.StrictUndefined
)


class Limits(NamedTuple):
    """A picture's longest side in pixels, the file's size in bytes, and whether pictures say how they were made."""

    side: int
    size: int
    provenance: bool


class Embedded(NamedTuple):
    """A picture as it stands in the file."""

    caption: str
    data: str  # a data URI
    width: int
    height: int


class SharePage(NamedTuple):
    """The file's contents, and the WebP quality of its pictures."""

    html: bytes
    quality: int


def make_page(pictures: Sequence[Shared], title: str, limits: Limits, threads: int) -> SharePage:
    """Return the file of pictures in the highest of QUALITIES that keeps it within its limit.

    Raises ConfigError if none does, ImageError for a picture that can't be read.
    """
    largest = 0.0
    for quality in QUALITIES:
        embedded, largest = _embed_all(pictures, limits, quality, threads)
        if len(embedded) == len(pictures) and len(html := _render(embedded, title)) <= limits.size:
            return SharePage(html, quality)
    found = f"{len(pictures)} pictures of {limits.side} px take about {spell_size(largest)} at the lowest quality"
    remedy = "share fewer, those with stars, or change --size or --megabytes"
    raise ConfigError(f"{found}, and {spell_size(limits.size)} is the limit; {remedy}")


def spell_size(count: float) -> str:
    """Return a number of bytes in megabytes, with two digits that count."""
    megabytes = count / MEGABYTE
    return f"{megabytes:.0f} MB" if megabytes >= 10 else f"{megabytes:.2g} MB"


def _embed_all(pictures: Sequence[Shared], limits: Limits, quality: int, threads: int) -> tuple[list[Embedded], float]:
    """Return the pictures in a quality, as far as they keep within the limit, and how large all would be, or about."""
    embedded: list[Embedded] = []
    size = 0
    with ThreadPoolExecutor(threads) as pool:
        for each in pool.map(partial(_embed, limits=limits, quality=quality), pictures):
            embedded.append(each)
            size += len(each.data)
            if size > limits.size:
                pool.shutdown(cancel_futures=True)
                break
    return embedded, size / len(embedded) * len(pictures)


def _embed(shared: Shared, limits: Limits, quality: int) -> Embedded:
    image = reduce_to(images.read_image(shared.picture), limits.side)
    words = shared.metadata(limits.provenance)
    data = encode.encode(images.to_array(image), "webp", quality, None, words)
    return Embedded(shared.caption, f"data:image/webp;base64,{base64.b64encode(data).decode()}", *image.size)


def _render(pictures: Sequence[Embedded], title: str) -> bytes:
    parts = dict(_parts())
    return _TEMPLATES.get_template("share.html.j2").render(title=title, pictures=pictures, **parts).encode()


def _parts() -> Iterator[tuple[str, Markup]]:
    """Yield what stands in the file as it is; nothing of a user's."""
    for name, path in {
        "library": "photoswipe/photoswipe.umd.min.js",
        "library_style": "photoswipe/photoswipe.css",
        "licence": "photoswipe/LICENSE",
        "style": "page/share.css",
        "script": "page/share.js",
    }.items():
        yield name, Markup((FOLDER / path).read_text(encoding="utf-8"))
