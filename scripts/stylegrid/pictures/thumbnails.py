"""Small copies of pictures, named by the contents they are of: what is there is never made again."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.geometry import fit

SIDES = (160, 320, 640)  # longest sides in pixels, which pages choose from
LARGE = 1280  # of an input, to be laid over its picture
WHOLE = 4096  # of a picture in a format that browsers don't show
QUALITY = 82
EFFORT = 2  # of 6; 4, which is usual, takes almost twice as long for 3 % smaller files


def thumbnail_key(sha256: str) -> str:
    """Return what a picture's thumbnails are called by."""
    return sha256[:20]


def thumbnail_path(folder: Path, sha256: str, side: int) -> Path:
    """Return where the thumbnail of a longest side lies; a smaller picture is not enlarged."""
    key = thumbnail_key(sha256)
    return folder / key[:2] / f"{key}-{side}.webp"


def thumbnail_size(folder: Path, sha256: str, side: int) -> tuple[int, int]:
    """Return the (width, height) of a thumbnail that is there."""
    with Image.open(thumbnail_path(folder, sha256, side)) as image:
        return image.size


def picture_sha256(picture: Path) -> str:
    """Return the SHA-256 of a picture file; raises ImageError when it can't be read."""
    try:
        return files.sha256(picture)
    except OSError as error:
        raise ImageError(f"{picture}: cannot be read ({error.strerror})") from error


def make_thumbnails(folder: Path, picture: Path, sha256: str, sides: Iterable[int] = SIDES) -> None:
    """Make the thumbnails of a picture that aren't there yet.

    Raises ImageError when any is missing and the picture can't be read, or has other contents by now.
    """
    missing = [side for side in sides if not thumbnail_path(folder, sha256, side).is_file()]
    if not missing:
        return
    if picture_sha256(picture) != sha256:
        raise ImageError(f"{picture}: has changed since it was looked at; run again")
    image = images.read_image(picture)
    for side in missing:  # each of the picture itself, so that its bytes don't depend on which others were there
        files.write_bytes(thumbnail_path(folder, sha256, side), _encode(_reduced(image, side)))


def _reduced(image: Image.Image, side: int) -> Image.Image:
    if side >= max(image.size):
        return image
    return image.resize(fit(image.size, side), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encode(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="WEBP", quality=QUALITY, method=EFFORT)
    return buffer.getvalue()
