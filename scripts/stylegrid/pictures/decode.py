"""Picture files to upright 8-bit sRGB images, and how opaque they are."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms

from stylegrid import files
from stylegrid.errors import ImageError

LARGEST_PIXELS = 200_000_000  # decoded, 600 MB; the largest single shots of today's cameras have 150 million
SMALLEST_SIDE = 2  # a picture one pixel high has no texture and no shape
MOST_SCANS = 100  # of a progressive JPEG, which usually has ten; 300 bytes of one may take 0.15 seconds
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")  # not EPS, for which Pillow starts Ghostscript

Image.MAX_IMAGE_PIXELS = None  # the limit above is ours, and checked before decoding
_SRGB = ImageCms.createProfile("sRGB")


def decode(path: Path) -> tuple[Image.Image, Image.Image | None]:
    """Return a picture file's colours and its opacity, both upright.

    Colours are 8-bit sRGB, whatever lies beneath transparency included. Opacity is 8-bit greyscale, 0 where the picture
    is transparent, and None when the file has no transparency. Raises ImageError when the file is missing, damaged, or
    no picture.
    """
    with open_image(path) as image, reading(path):
        load(image, path)
        upright = _upright(image)
        opacity = upright.convert("RGBA").getchannel("A") if upright.has_transparency_data else None
        return _to_srgb(upright), opacity


def open_image(path: Path) -> Image.Image:
    """Open a picture and read its header, refusing with ImageError sizes that memory was not made for."""
    try:
        with warnings.catch_warnings(action="ignore"):
            _require_end(path)
            image = Image.open(path, formats=FORMATS)
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file") from None
    except Exception as error:  # Pillow's readers raise whatever they like on damaged data
        found = _found(path, error)
        raise ImageError(f"{path}: is not a picture; found {found}; use JPEG, PNG, TIFF or WebP") from error
    fault = _wrong_size(*image.size) or _too_many_scans(image, path)
    if fault:
        image.close()
        raise ImageError(f"{path}: {fault}")
    return image


def _require_end(path: Path) -> None:
    """Raise OSError for what could be read for ever, or waited for."""
    if files.special(path):
        raise OSError(0, files.special(path))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever Pillow raises on damaged data into ImageError, without a word from it besides."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{path}: needs more memory than there is; make a smaller copy") from error
    except Exception as error:
        reason = " ".join(str(error).split())
        raise ImageError(f"{path}: is damaged or cut short ({reason}); export or copy it again") from error


def load(image: Image.Image, path: Path) -> None:
    """Decode an opened picture's pixels; raises ImageError when they are damaged, or numbers that aren't finite."""
    with reading(path):
        image.load()
    if image.mode == "F" and not np.isfinite(np.asarray(image)).all():
        raise ImageError(f"{path}: holds numbers that are not finite; export it again")


def orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; damaged EXIF data, which pixels can do without, counts as upright."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return image.getexif().get(ExifTags.Base.Orientation, 1)
        except Exception:  # Pillow's EXIF reader raises whatever it likes on damaged data
            return 1


def _found(path: Path, error: Exception) -> str:
    """Return what is there instead of a picture."""
    if isinstance(error, IsADirectoryError):
        return "a folder"
    if files.special(path):
        return files.special(path)
    if isinstance(error, OSError) and error.strerror:
        return f"no readable file ({error.strerror})"
    return "an empty file" if path.stat().st_size == 0 else "something Pillow cannot read"


def _wrong_size(width: int, height: int) -> str:
    """Return what is wrong with a picture's size, if anything."""
    if width * height > LARGEST_PIXELS:
        return f"{width}x{height} pixels; at most {LARGEST_PIXELS // 1_000_000} million are read; make a smaller copy"
    if min(width, height) < SMALLEST_SIDE:
        return f"only {width}x{height} pixels; needs at least {SMALLEST_SIDE} on each side"
    return ""


def _too_many_scans(image: Image.Image, path: Path) -> str:
    """Return what is wrong with a progressive JPEG that goes over its pixels again and again, if it does."""
    if "progressive" not in image.info:
        return ""
    with path.open("rb") as file:
        scans = sum(part.count(b"\xff\xda") for part in iter(lambda: file.read(1 << 20), b""))
    return f"has {scans} scans; at most {MOST_SCANS} are read; export it again" if scans > MOST_SCANS else ""


# What EXIF's orientations 2 to 8 ask for, from the TIFF 6.0 specification's tag 274.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(image: Image.Image) -> Image.Image:
    turn = _TURNS.get(orientation(image))
    return image if turn is None else image.transpose(turn)


def _to_srgb(image: Image.Image) -> Image.Image:
    """Return an 8-bit RGB image: 16 bits reduced, transparency ignored, colour profile applied."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):  # I, I;16, I;16B, F
        image = Image.fromarray(_sixteen_to_eight(np.asarray(image)), "L")
    return _apply_profile(_without_alpha(image), profile)


def _sixteen_to_eight(values: np.ndarray) -> np.ndarray:
    """Return greyscale of more than 8 bits as 8 bits; floating point is taken as [0, 1] unless it goes beyond."""
    white = 65535 if values.dtype.kind in "iu" else 1.0 if float(values.max()) <= 1 else 255.0
    return np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8)


def _without_alpha(image: Image.Image) -> Image.Image:
    """Return an image in one of the modes that colour profiles are about: RGB, CMYK or grey."""
    if image.mode in ("RGB", "CMYK", "L"):
        return image
    return image.convert("L") if image.mode in ("LA", "La", "1") else image.convert("RGBA").convert("RGB")


_PROFILE_SPACES = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}


def _apply_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an image in sRGB by its profile; one that is damaged or of another kind is passed over, as viewers do."""
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _PROFILE_SPACES[image.mode]:
            return image.convert("RGB")
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image.convert("RGB")
    except (OSError, ImageCms.PyCMSError):
        return image.convert("RGB")
