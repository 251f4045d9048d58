"""The films of a picture: of its descent, and over the values of a setting.

    films/{content}/{style}/{variant}/descent.webp, style_weight.webp    and .mp4 beside each, where ffmpeg was there

Each WebP says in its metadata which picture it was made of: films of an earlier painting are none of a later one.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from stylegrid import VERSION, files
from stylegrid.errors import ImageError
from stylegrid.pictures import film, images
from stylegrid.pictures.metadata import Metadata
from stylegrid.store.layout import films_folder, snapshots_folder

DESCENT = "descent"
WEBP, MP4 = FILM_SUFFIXES = (".webp", ".mp4")


def snapshots(picture: Path) -> list[Path]:
    """Return the pictures of a picture's way, first to last, without itself."""
    return sorted(path for path in snapshots_folder(picture).glob("*.png") if path.stem.isdecimal())


def read_frames(pictures: Sequence[Path], side: int) -> list[Image.Image]:
    """Return picture files as frames of one size: the last one's, its longest side at most `side` pixels."""
    last = images.read_image(pictures[-1])
    size = film.film_size(last.size, side)
    read = [*map(images.read_image, pictures[:-1]), last]
    return [image if image.size == size else image.resize(size, Image.Resampling.LANCZOS) for image in read]


def write_film(
    results: Path, name: str, picture: Path, what: str, frames: Sequence[Image.Image], values: Sequence[float] = ()
) -> list[Path]:
    """Write a film of a combination's picture as WebP, as MP4 too where ffmpeg is there, and return their paths.

    `what` is DESCENT or a setting, of which `values` are those of the frames. Raises RecordError if a file can't be
    written.
    """
    told = {"film": what, "picture": name, "picture_sha256": files.sha256(picture), "values": [*values]}
    words = Metadata("", f"{name}: {what}", f"stylegrid {VERSION}", json.dumps(told))
    contents = {WEBP: film.to_webp(frames, words)}
    if ffmpeg := film.find_ffmpeg():
        contents[MP4] = film.to_mp4(frames, ffmpeg)
    folder = films_folder(results, name)
    (folder / f"{what}{MP4}").unlink(missing_ok=True)  # an earlier one, where ffmpeg has gone
    for suffix, data in contents.items():
        files.write_bytes(folder / f"{what}{suffix}", data)
    return [folder / f"{what}{suffix}" for suffix in contents]


def films_of(results: Path, name: str, picture_sha256: str | None) -> list[Path]:
    """Return the films of a combination's picture as it is now, WebP only; others are of an earlier painting."""
    return [path for path in sorted(films_folder(results, name).glob(f"*{WEBP}")) if _made_of(path) == picture_sha256]


def _made_of(path: Path) -> str | None:
    try:
        return json.loads(film.read_words(path)).get("picture_sha256")
    except (OSError, ValueError, AttributeError, ImageError):  # another program's
        return None
