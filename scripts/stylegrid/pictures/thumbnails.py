"""Thumbnails of pictures, named by the picture's SHA-256, so that none is made twice."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.geometry import fit

SIDES = (160, 320, 640)  # longest sides in pixels, of which pages choose
LARGE = 1280  # for an input compared with its picture
WHOLE = 4096  # for a picture in a format that browsers don't show
QUALITY = 82
EFFORT = 2  # WebP method of 0 to 6; 4, the default, takes almost twice as long for 3 % smaller files


def thumbnail_key(sha256: str) -> str:
    """Return the beginning of the names of a picture's thumbnails."""
    return sha256[:20]


def thumbnail_path(folder: Path, sha256: str, side: int) -> Path:
    """Return the path of the thumbnail with a longest side; smaller pictures are not enlarged."""
    key = thumbnail_key(sha256)
    return folder / key[:2] / f"{key}-{side}.webp"


def thumbnail_size(folder: Path, sha256: str, side: int) -> tuple[int, int]:
    """Return the (width, height) of an existing thumbnail."""
    with Image.open(thumbnail_path(folder, sha256, side)) as image:
        return image.size


def picture_sha256(picture: Path) -> str:
    """Return the SHA-256 of a picture file; raises ImageError if it can't be read."""
    try:
        return files.sha256(picture)
    except OSError as error:
        raise ImageError(f"{picture}: cannot be read ({error.strerror})") from error


def make_thumbnails(folder: Path, picture: Path, sha256: str, sides: Iterable[int] = SIDES) -> None:
    """Make the missing thumbnails of a picture.

    Raises ImageError if one is missing and the picture can't be read, or has changed.
    """
    missing = [side for side in sides if not thumbnail_path(folder, sha256, side).is_file()]
    if not missing:
        return
    if picture_sha256(picture) != sha256:
        raise ImageError(f"{picture}: has changed since it was looked at; run again")
    image = images.read_image(picture)
    for side in missing:  # each from the picture itself: its bytes must not depend on which others exist
        files.write_bytes(thumbnail_path(folder, sha256, side), _encode(reduce_to(image, side)))


def reduce_to(image: Image.Image, side: int) -> Image.Image:
    """Return an image with a longest side; smaller ones are not enlarged."""
    if side >= max(image.size):
        return image
    return image.resize(fit(image.size, side), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encode(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", quality=QUALITY, method=EFFORT)
    return buffer.getvalue()
