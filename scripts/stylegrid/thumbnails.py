"""Small copies of pictures, named by the contents they are of: what is there is never made again."""

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from stylegrid import files, images
from stylegrid.scales import fit

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


def make_thumbnails(folder: Path, picture: Path, sha256: str, sides: Iterable[int] = SIDES) -> None:
    """Make the thumbnails of a picture that aren't there yet; raises ImageError when it can't be read."""
    missing = sorted((side for side in sides if not thumbnail_path(folder, sha256, side).is_file()), reverse=True)
    if not missing:
        return
    image = images.read_image(picture)
    for side in missing:  # the largest first: each is made of the last
        if side < max(image.size):
            image = image.resize(fit(image.size, side), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        image.save(buffer, format="WEBP", quality=QUALITY, method=EFFORT)
        files.write_bytes(thumbnail_path(folder, sha256, side), buffer.getvalue())
