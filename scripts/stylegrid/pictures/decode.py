"""Picture files decoded to upright 8-bit sRGB images with opacity."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures.colour_profile import to_srgb

LARGEST_PIXELS = 200_000_000  # 600 MB decoded; the largest camera sensors have 150 million
SMALLEST_SIDE = 2  # one pixel has no texture
MOST_SCANS = 100  # of a progressive JPEG; ten are usual, and a scan of 300 bytes may take 0.15 seconds
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")  # not EPS: Pillow runs Ghostscript for it

Image.MAX_IMAGE_PIXELS = None  # LARGEST_PIXELS is checked instead, before decoding


def decode(path: Path) -> tuple[Image.Image, Image.Image | None]:
    """Return a picture file's colours and its opacity, both upright.

    Colours are 8-bit sRGB, also of transparent pixels. Opacity is 8-bit greyscale, 0 for transparent, or None if the
    file has no transparency. Raises ImageError if the file is missing, damaged, or no picture.
    """
    with open_image(path) as image, reading(path):
        load(image, path)
        upright = _turn_upright(image)
        opacity = upright.convert("RGBA").getchannel("A") if upright.has_transparency_data else None
        return _to_srgb(upright), opacity


def open_image(path: Path) -> Image.Image:
    """Open a picture and read its header; raises ImageError if it is no picture, too large or too small."""
    try:
        with warnings.catch_warnings(action="ignore"):
            _refuse_special(path)
            image = Image.open(path, formats=FORMATS)
    except FileNotFoundError:
        raise ImageError(files.lost_link(path) or f"{path}: no such file") from None
    except Exception as error:  # Pillow raises errors of many kinds on damaged data
        found = _describe(path, error)
        raise ImageError(f"{path}: is not a picture; found {found}; use JPEG, PNG, TIFF or WebP") from error
    fault = _size_fault(*image.size) or _scans_fault(image, path)
    if fault:
        image.close()
        raise ImageError(f"{path}: {fault}")
    return image


def _refuse_special(path: Path) -> None:
    """Raise OSError for pipes, sockets and devices, which reading could block on."""
    if files.special(path):
        raise OSError(0, files.special(path))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Context manager: turn Pillow's errors on damaged data into ImageError; silences its warnings."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{path}: needs more memory than is free; make a smaller copy") from error
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ImageError(f"{path}: is damaged or cut short ({reason}); export or copy it again") from error


def load(image: Image.Image, path: Path) -> None:
    """Decode an opened picture's pixels; raises ImageError if they are damaged or not finite."""
    with reading(path):
        image.load()
    if image.mode == "F" and not np.isfinite(np.asarray(image)).all():
        raise ImageError(f"{path}: holds numbers that are not finite; export it again")


def orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; 1, upright, if the EXIF data are damaged."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return image.getexif().get(ExifTags.Base.Orientation, 1)
        except Exception:  # Pillow raises errors of many kinds on damaged EXIF data
            return 1


def _describe(path: Path, error: Exception) -> str:
    """Return a description of a file that is no picture."""
    if isinstance(error, IsADirectoryError):
        return "a folder"
    if files.special(path):
        return files.special(path)
    if isinstance(error, OSError) and error.strerror:
        return f"no readable file ({error.strerror})"
    return "an empty file" if path.stat().st_size == 0 else "something Pillow cannot read"


def _size_fault(width: int, height: int) -> str:
    """Return the fault of a picture's size, or ""."""
    if width * height > LARGEST_PIXELS:
        return f"{width}x{height} pixels; at most {LARGEST_PIXELS // 1_000_000} million are read; make a smaller copy"
    if min(width, height) < SMALLEST_SIDE:
        return f"only {width}x{height} pixels; needs at least {SMALLEST_SIDE} on each side"
    return ""


def _scans_fault(image: Image.Image, path: Path) -> str:
    """Return the fault of a progressive JPEG with too many scans, or ""."""
    if "progressive" not in image.info:
        return ""
    with path.open("rb") as file:
        scans = sum(part.count(b"\xff\xda") for part in iter(lambda: file.read(1 << 20), b""))
    return f"has {scans} scans; at most {MOST_SCANS} are read; export it again" if scans > MOST_SCANS else ""


# EXIF's orientations 2 to 8 (TIFF 6.0, tag 274).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turn_upright(image: Image.Image) -> Image.Image:
    turn = _TURNS.get(orientation(image))
    return image if turn is None else image.transpose(turn)


def _to_srgb(image: Image.Image) -> Image.Image:
    """Return an 8-bit sRGB image: 16 bits reduced, transparency ignored, colour profile applied."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):  # I, I;16, I;16B, F
        image = Image.fromarray(_sixteen_to_eight(np.asarray(image)), "L")
    return to_srgb(_drop_alpha(image), profile)


def _sixteen_to_eight(values: np.ndarray) -> np.ndarray:
    """Return greyscale of more than 8 bits as 8 bits; floats are in [0, 1], or [0, 255] if any exceeds 1."""
    white = 65535 if values.dtype.kind in "iu" else 1.0 if float(values.max()) <= 1 else 255.0
    return np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8)


def _drop_alpha(image: Image.Image) -> Image.Image:
    """Return an image in a mode that has colour profiles: RGB, CMYK or grey."""
    if image.mode in ("RGB", "CMYK", "L"):
        return image
    return image.convert("L") if image.mode in ("LA", "La", "1") else image.convert("RGBA").convert("RGB")
