"""Picture files to arrays and back; arrays are float32, (1, height, width, 3), sRGB in [0, 1], everywhere."""

import io
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps, PngImagePlugin

from stylegrid import files
from stylegrid.errors import ImageError

Picture = np.ndarray  # float32, (1, height, width, 3), sRGB in [0, 1]

LARGEST_PIXELS = 200_000_000  # decoded, 600 MB; the largest single shots of today's cameras have 150 million
SMALLEST_SIDE = 2  # a picture one pixel high has no texture and no shape
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")  # not EPS, for which Pillow starts Ghostscript
SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})

Image.MAX_IMAGE_PIXELS = None  # the limit above is ours, and checked before decoding
_SRGB = ImageCms.createProfile("sRGB")


class Inspection(NamedTuple):
    """What a picture file holds, without keeping its pixels: its SHA-256, and its size once turned upright."""

    sha256: str
    width: int
    height: int


def inspect(path: Path) -> Inspection:
    """Decode a picture once and return what it holds; raises ImageError when it can't be painted from."""
    with _open(path) as image:
        image.draft("RGB", (1, 1))  # a JPEG decodes at an eighth of its size, but to its last byte
        _load(image, path)
        if image.mode == "F":
            _sixteen_to_eight(np.asarray(image), path)  # whether all its numbers are finite
    return Inspection(files.sha256(path), *upright_size(path))


def upright_size(path: Path) -> tuple[int, int]:
    """Return a picture's (width, height) once turned upright, from its header alone."""
    with _open(path) as image:
        on_its_side = _orientation(image) in (5, 6, 7, 8)
        return (image.height, image.width) if on_its_side else image.size


def read(path: Path, longest_side: int | None = None) -> Picture:
    """Return a picture upright, in sRGB, on white where it was transparent, resized to its longest side if given.

    Raises ImageError when the file is missing, damaged, or no picture.
    """
    image = read_image(path)
    if longest_side is not None:
        image = image.resize(fit(image.size, longest_side), Image.Resampling.LANCZOS)
    return to_array(image)


def read_filling(path: Path, size: tuple[int, int]) -> Picture:
    """Return a picture scaled and cropped around its centre to fill (width, height)."""
    return to_array(fill(read_image(path), size))


def fill(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image scaled and cropped around its centre to fill (width, height)."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def read_image(path: Path) -> Image.Image:
    """Return a picture file as an upright 8-bit sRGB image, on white where it was transparent."""
    with _open(path) as image:
        _load(image, path)
        return _to_srgb(_upright(image), path)


def fit(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """Return (width, height) scaled so that the longest is `longest_side`, no side under one pixel."""
    scale = longest_side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def to_array(image: Image.Image) -> Picture:
    """Return an 8-bit RGB image as a picture."""
    return np.asarray(image, dtype=np.float32)[np.newaxis] / np.float32(255)


def to_image(picture: Picture) -> Image.Image:
    """Return a picture as an 8-bit RGB image, each value rounded to the nearest of 256 levels."""
    levels = np.clip(np.rint(np.asarray(picture[0]) * 255), 0, 255)
    return Image.fromarray(levels.astype(np.uint8), "RGB")


def encode_png(picture: Picture) -> bytes:
    """Return a picture as the bytes of a PNG file tagged as sRGB; the same picture gives the same bytes."""
    buffer, tags = io.BytesIO(), PngImagePlugin.PngInfo()
    tags.add(b"sRGB", b"\0")  # rendering intent: perceptual
    to_image(picture).save(buffer, format="PNG", compress_level=6, pnginfo=tags)
    return buffer.getvalue()


def _open(path: Path) -> Image.Image:
    """Open a picture and read its header, refusing sizes that memory was not made for."""
    try:
        image = Image.open(path, formats=FORMATS)
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file") from None
    except (OSError, SyntaxError, ValueError) as error:
        found = _found(path, error)
        raise ImageError(f"{path}: is not a picture; found {found}; use JPEG, PNG, TIFF or WebP") from error
    fault = _wrong_size(*image.size)
    if fault:
        image.close()
        raise ImageError(f"{path}: {fault}")
    return image


def _found(path: Path, error: Exception) -> str:
    """Return what is there instead of a picture."""
    if isinstance(error, IsADirectoryError):
        return "a folder"
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


def _orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; damaged EXIF data, which pixels can do without, counts as upright."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # Pillow's, about damaged EXIF data
        try:
            return image.getexif().get(ExifTags.Base.Orientation, 1)
        except Exception:  # Pillow's EXIF reader raises whatever it likes on damaged data
            return 1


def _upright(image: Image.Image) -> Image.Image:
    turn = _TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


def _load(image: Image.Image, path: Path) -> None:
    try:
        image.load()
    except Exception as error:  # Pillow's decoders raise whatever they like on damaged data
        raise ImageError(f"{path}: is damaged or cut short ({error}); export or copy it again") from error


def _to_srgb(image: Image.Image, path: Path) -> Image.Image:
    """Return an 8-bit RGB image: 16 bits reduced, colour profile applied, transparency laid on white."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith(("I", "F")):  # I, I;16, I;16B, F
        image = Image.fromarray(_sixteen_to_eight(np.asarray(image), path), "L")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    colours = _apply_profile(_without_alpha(image), profile)
    if alpha is None:
        return colours
    return Image.composite(colours, Image.new("RGB", image.size, "white"), alpha)


def _without_alpha(image: Image.Image) -> Image.Image:
    """Return an image in one of the modes that colour profiles are about: RGB, CMYK or grey."""
    if image.mode in ("RGB", "CMYK", "L"):
        return image
    return image.convert("L") if image.mode in ("LA", "La", "1") else image.convert("RGBA").convert("RGB")


def _sixteen_to_eight(values: np.ndarray, path: Path) -> np.ndarray:
    """Return greyscale of more than 8 bits as 8 bits; floating point is taken as [0, 1] unless it goes beyond."""
    if not np.isfinite(values).all():
        raise ImageError(f"{path}: holds numbers that are not finite; export it again")
    white = 65535 if values.dtype.kind in "iu" else 1.0 if float(values.max()) <= 1 else 255.0
    return np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8)


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
