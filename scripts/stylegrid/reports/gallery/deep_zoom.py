"""Deep Zoom: a picture too large for a browser, as tiles of its every half, and a page that shows them.

deep/ab/abcd.../index.html                      the page, named by what it is of
deep/ab/abcd.../tiles/{level}/{column}_{row}.jpg

The format is Microsoft's: level 0 is one pixel, each level twice the last, rounded up, and the highest the picture
itself. OpenSeadragon (deep/, under its own licence) shows it.
"""

import io
import math
import shutil
from collections.abc import Iterator, Set
from pathlib import Path
from urllib.parse import quote

import jinja2
from PIL import Image

from stylegrid import files
from stylegrid.pictures import images
from stylegrid.pictures.geometry import Size
from stylegrid.pictures.thumbnails import thumbnail_key

FOLDER = Path(__file__).parent / "deep"
VIEWER = "openseadragon.min.js"
LARGEST_WHOLE = 4096  # pixels of the longest side that browsers still show well in one piece
TILE, OVERLAP = 512, 1  # pixels; neighbours share the overlap, so that no seam shows between them
QUALITY = 90
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
)


def make_deep_zoom(gallery: Path, picture: Path, sha256: str, name: str, size: Size) -> dict[str, str]:
    """Return the link to a picture's page, relative to the gallery, as `deep`; nothing of one that is small enough.

    Makes what is missing, the page last. Raises ImageError if the picture can't be read.
    """
    if max(size) <= LARGEST_WHOLE:
        return {}
    folder = gallery / _place(sha256)
    if not (folder / "index.html").is_file():
        for path, tile in _tiles(images.read_image(picture)):
            files.write_bytes(folder / "tiles" / path, tile, sync=False)
        files.write_bytes(gallery / VIEWER, (FOLDER / VIEWER).read_bytes())
        files.write_text(folder / "index.html", _page(name, size))
    return {"deep": f"{_place(sha256)}/index.html"}


def discard_other_zooms(gallery: Path, shown: Set[str]) -> None:
    """Remove the tiles and pages of pictures that the gallery doesn't show any more; `shown` are their links."""
    for folder in (gallery / "deep").glob(f"??/{20 * '?'}"):  # also where a run was killed before it wrote the page
        if f"{folder.relative_to(gallery).as_posix()}/index.html" not in shown:
            shutil.rmtree(folder)


def highest_level(size: Size) -> int:
    """Return the number of the level that is the picture itself."""
    return math.ceil(math.log2(max(size)))


def _place(sha256: str) -> str:
    key = thumbnail_key(sha256)
    return f"deep/{key[:2]}/{key}"


def _tiles(image: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Yield the tiles of all levels, from the largest down, with their paths."""
    for level in range(highest_level(image.size), -1, -1):
        for column in range(math.ceil(image.width / TILE)):
            for row in range(math.ceil(image.height / TILE)):
                yield f"{level}/{column}_{row}.jpg", _encode(image.crop(_box(image.size, column, row)))
        image = image.reduce(2)


def _box(size: Size, column: int, row: int) -> tuple[int, int, int, int]:
    """Return the (left, top, right, bottom) of a tile with its overlap, within the picture."""
    left, top = (max(0, place * TILE - OVERLAP) for place in (column, row))
    right, bottom = (min(side, (place + 1) * TILE + OVERLAP) for side, place in zip(size, (column, row), strict=True))
    return left, top, right, bottom


def _encode(tile: Image.Image) -> bytes:
    buffer = io.BytesIO()
    tile.save(buffer, format="JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()


def _page(name: str, size: Size) -> str:
    width, height = size
    return _TEMPLATES.get_template("deep.html.j2").render(
        name=name, width=width, height=height, tile=TILE, overlap=OVERLAP, root="../../../", link=f"open={quote(name)}"
    )
