"""Films of pictures: animated WebP, and MP4 by ffmpeg where that is installed."""

import io
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from stylegrid import files
from stylegrid.errors import RecordError
from stylegrid.pictures import metadata
from stylegrid.pictures.encode import SRGB_PROFILE
from stylegrid.pictures.geometry import Size, fit
from stylegrid.pictures.metadata import Metadata

RATE = 8  # pictures a second
HELD = 1.0  # seconds that the first and the last are held
QUALITY = 85
_EVEN = "crop=trunc(iw/2)*2:trunc(ih/2)*2"  # sides must be even where colours have half the resolution
_COLOURS = ("-vf", f"{_EVEN},scale=out_color_matrix=bt709", "-pix_fmt", "yuv420p", "-colorspace", "bt709")
_ENCODER = ("-c:v", "libx264", "-crf", "18", "-movflags", "+faststart")


def film_size(size: Size, side: int) -> Size:
    """Return the (width, height) of a film of pictures of a size: its longest side is `side`, or theirs if smaller."""
    return size if max(size) <= side else fit(size, side)


def to_webp(frames: Sequence[Image.Image], words: Metadata | None = None) -> bytes:
    """Return frames of one size as an animated WebP without end, which browsers and programs show as a picture."""
    buffer = io.BytesIO()
    frames[0].save(
        buffer,
        format="WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=[round(1000 * seconds) for seconds in _durations(len(frames))],
        loop=0,
        quality=QUALITY,
        icc_profile=SRGB_PROFILE,
        exif=metadata.exif(words, "webp"),
    )
    return buffer.getvalue()


def find_ffmpeg() -> str | None:
    """Return the path of ffmpeg, or None where it is not installed."""
    return shutil.which("ffmpeg")


def to_mp4(frames: Sequence[Image.Image], ffmpeg: str) -> bytes:
    """Return frames of one size as MP4 (H.264), their sides cut to even numbers of pixels.

    Raises RecordError with what ffmpeg says if it can't: not all that are installed have an encoder of H.264.
    """
    width, height = frames[0].size
    shown = (
        frame.tobytes()
        for frame, time in zip(frames, _durations(len(frames)), strict=True)
        for _ in range(round(RATE * time))
    )
    taken = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(RATE), "-i", "-")
    with files.temporary_folder() as folder:
        path = folder / "film.mp4"
        command = [ffmpeg, "-loglevel", "error", *taken, *_COLOURS, *_ENCODER, str(path)]
        done = subprocess.run(command, input=b"".join(shown), capture_output=True, check=False)
        if done.returncode or not path.is_file():
            raise RecordError(f"{ffmpeg}: made no MP4 ({_reason(done.stderr)}); take it from PATH to do without")
        return path.read_bytes()


def read_words(path: Path) -> str:
    """Return the comment of a film's metadata, or ""."""
    with Image.open(path) as image:
        return metadata.read_comment(image)


def _durations(count: int) -> list[float]:
    """Return the seconds that each of so many frames is shown."""
    return [HELD if place in (0, count - 1) else 1 / RATE for place in range(count)]


def _reason(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"
