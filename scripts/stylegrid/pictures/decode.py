"""Picture files decoded to upright 8-bit sRGB images with opacity."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import foreign, jpeg, jpeg2000, png, tiff
from stylegrid.pictures.colour_profile import find_profile, to_srgb
from stylegrid.pictures.damage import reading
from stylegrid.pictures.limits import size_fault
from stylegrid.pictures.opacity import find_opacity, with_straight_alpha

FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "TIFF", "WEBP")  # not EPS: Pillow runs Ghostscript for it

Image.MAX_IMAGE_PIXELS = None  # size_fault checks instead, before decoding


def decode(path: Path) -> tuple[Image.Image, Image.Image | None]:
    """Return a picture file's colours and its opacity, both upright.

    Colours are 8-bit sRGB, also of transparent pixels. Opacity is 8-bit greyscale, 0 for transparent, or None if the
    file has no transparency. Raises ImageError if the file is missing, damaged, or no picture.
    """
    with open_image(path) as image, reading(path):
        early = find_profile(image) if image.format == "TIFF" else None  # once it is decoded, its EXIF can't be read
        load(image, path)
        profile = early or find_profile(image)
        turn = _TURNS.get(orientation(image))
        opacity = find_opacity(image, path)
        colours = to_srgb(_to_colours(image), profile)
        if turn is not None:
            colours, opacity = colours.transpose(turn), opacity and opacity.transpose(turn)
        return colours, opacity


def open_image(path: Path) -> Image.Image:
    """Open a picture and read its header; raises ImageError if it is no picture, too large or too small."""
    try:
        with warnings.catch_warnings(action="ignore"):
            image = _open(path)
    except ImageError:
        raise
    except FileNotFoundError:
        raise ImageError(files.lost_link(path) or f"{path}: no such file") from None
    except PermissionError as error:
        raise ImageError(f"{path}: may not be read ({error.strerror}); change permissions") from error
    except Exception as error:  # Pillow raises errors of many kinds on damaged data
        raise ImageError(f"{path}: {_describe(path, error)}") from error
    fault = size_fault(*image.size) or _format_fault(image, path)
    if fault:
        image.close()
        raise ImageError(f"{path}: {fault}")
    return _with_end(image, path)


def _open(path: Path) -> Image.Image:
    """Open a picture by the reader of its format; raises ImageError if its first bytes tell that it isn't read."""
    if files.special(path):
        raise OSError(0, files.special(path))  # which reading could block on
    with path.open("rb") as file:
        head = file.read(foreign.HEAD)
    if what := foreign.describe(head):
        raise ImageError(f"{path}: is {what}")
    if head.startswith(tiff.PREFIXES):
        return tiff.open_tiff(path)
    return png.open_png(path) if head.startswith(png.SIGNATURE) else Image.open(path, formats=FORMATS)


def _format_fault(image: Image.Image, path: Path) -> str:
    """Return the fault of an opened picture that only its format has, or ""."""
    if image.format == "JPEG2000":
        return jpeg2000.prepare(image, path)
    return jpeg.scans_fault(image, path)


def _with_end(image: Image.Image, path: Path) -> Image.Image:
    """Return an opened picture; a JPEG that lacks its end mark but no pixel is opened with one."""
    if image.format != "JPEG":
        return image
    with reading(path):
        mended = jpeg.with_end(path)
    if mended is None:
        return image
    image.close()
    return Image.open(io.BytesIO(mended), formats=("JPEG",))


def load(image: Image.Image, path: Path) -> None:
    """Decode an opened picture's pixels; raises ImageError if they are damaged, or numbers whose white isn't known."""
    with reading(path):
        image.load()
    if image.mode == "F" and (fault := _range_fault(np.asarray(image))):
        raise ImageError(f"{path}: {fault}")


def _range_fault(values: np.ndarray) -> str:
    """Return the fault of floating-point greys, which are in [0, 1], or in [0, 255] if any exceeds 1; or ""."""
    if not np.isfinite(values).all():
        return "holds numbers that are not finite; export it again"
    most = float(values.max())
    if _ROUNDED_ONE < most < _LEAST_OF_255:
        return f"holds numbers up to {most:.4g}, neither 0 to 1 nor 0 to 255; save it as grey of 8 or 16 bits"
    return ""


def orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; 1, upright, if the EXIF data are damaged."""
    with warnings.catch_warnings(action="ignore"):
        try:
            return image.getexif().get(ExifTags.Base.Orientation, 1)
        except Exception:  # Pillow raises errors of many kinds on damaged EXIF data
            return 1


def upright_size(image: Image.Image, size: tuple[int, int] | None = None) -> tuple[int, int]:
    """Return the upright (width, height) of an opened picture; `size` is its own, if it is decoded at a smaller one."""
    width, height = size or image.size
    rotated = orientation(image) in (5, 6, 7, 8) and not tiff.is_sized_upright(image)
    return (height, width) if rotated else (width, height)


def _describe(path: Path, error: Exception) -> str:
    """Return the fault of a file that can't be opened as a picture."""
    if what := foreign.describe_name(path):
        return f"is {what}"
    return f"is not a picture; found {_found(path, error)}; use JPEG, PNG, TIFF or WebP"


def _found(path: Path, error: Exception) -> str:
    """Return a description of a file that is no picture."""
    if isinstance(error, IsADirectoryError):
        return "a folder"
    if files.special(path):
        return files.special(path)
    if isinstance(error, OSError) and error.strerror:
        return f"no readable file ({error.strerror})"
    return "an empty file" if path.stat().st_size == 0 else "something Pillow cannot read"


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
_ROUNDED_ONE, _LEAST_OF_255 = 1.001, 16


def _to_colours(image: Image.Image) -> Image.Image:
    """Return an image in an 8-bit mode that has colour profiles: RGB, CMYK or grey, without its alpha."""
    if image.mode.startswith(("I", "F")):  # I;16, I;16B, F
        return Image.fromarray(_sixteen_to_eight(np.asarray(image)), "L")
    if image.mode in ("RGB", "CMYK", "L"):
        return image
    grey = image.mode in ("LA", "La", "1")
    return with_straight_alpha(image).convert("L") if grey else image.convert("RGBA").convert("RGB")


def _sixteen_to_eight(values: np.ndarray) -> np.ndarray:
    """Return greyscale of more than 8 bits as 8 bits; floats are in [0, 1], or [0, 255] if any exceeds 1."""
    white = 65535 if values.dtype.kind in "iu" else 1.0 if float(values.max()) <= _ROUNDED_ONE else 255.0
    return np.rint(np.clip(values / white, 0, 1) * 255).astype(np.uint8)
