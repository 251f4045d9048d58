"""Picture files to arrays; arrays are float32, (1, height, width, 3), sRGB in [0, 1], everywhere."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import decode
from stylegrid.pictures.damage import reading
from stylegrid.pictures.opacity import find_opacity

Picture = np.ndarray  # float32, (1, height, width, 3), sRGB in [0, 1]
Alpha = np.ndarray  # float32, (1, height, width, 1), from 0, transparent, to 1, opaque
Mask = np.ndarray  # float32, (1, height, width, 1), from 0, black, to 1, white

LEAST_WHITE = 8  # of 255 levels: masks whose lightest pixel is darker are black but for a lossy file's noise
_INVISIBLE = "every pixel is fully transparent; needs one that shows; export it with its colours"
_INVISIBLE_FRAME = "every pixel of its first frame is fully transparent; save a frame that shows as a picture"
SUFFIXES = frozenset(
    {".avif", ".bmp", ".dib", ".gif", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpf", ".jpg", ".jpx", ".png", ".tif"}
    | {".tiff", ".webp"}
)


class Inspection(NamedTuple):
    """The SHA-256 of a picture file, its upright size in pixels, and whether all of it is of one colour."""

    sha256: str
    width: int
    height: int
    flat: bool = False


def inspect(path: Path) -> Inspection:
    """Decode a picture without keeping its pixels; raises ImageError if it can't be an input."""
    with decode.open_image(path) as image, reading(path):
        size = image.size
        drafted = image.draft("RGB", (1, 1))  # decodes a JPEG at an eighth of its size, but to its last byte
        decode.load(image, path)
        opacity = find_opacity(image, path)
        if opacity is not None and not opacity.getbbox():
            raise ImageError(f"{path}: {_INVISIBLE_FRAME if getattr(image, 'n_frames', 1) > 1 else _INVISIBLE}")
        flat = _is_flat(image) and (image.format != "JPEG" or _is_flat(read_image(path)))  # not only at an eighth
        return Inspection(files.sha256(path), *decode.upright_size(image, size if drafted else None), flat)


def _is_flat(image: Image.Image) -> bool:
    extrema = (image.convert("I") if image.mode == "I;16B" else image).getextrema()  # Pillow can't for this mode alone
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in bands)


def require_mask(path: Path) -> None:
    """Raise ImageError for a mask that is black everywhere, which leaves nothing to paint; or as `read` does."""
    if np.asarray(read_image(path, "black").convert("L")).max() >= LEAST_WHITE:
        return
    _, opacity = decode.decode(path)
    shape = "" if opacity is None else ", as what it shows is black: its shape is only in its transparency"
    raise ImageError(
        f"{path}: is a mask without any white{shape}; a mask is a greyscale picture, white where it applies and black "
        "elsewhere: fill the region with white"
    )


def upright_size(path: Path) -> tuple[int, int]:
    """Return a picture's upright (width, height) from its header."""
    with decode.open_image(path) as image:
        return decode.upright_size(image)


def read(path: Path, size: tuple[int, int] | None = None, crop: float = 0) -> Picture:
    """Return a picture upright, in sRGB, transparency on white, resized to (width, height) if given.

    `crop` is the share of width and height cut off at each side before resizing. Raises ImageError if the file is
    missing, damaged, or no picture.
    """
    return to_array(_resize(read_image(path), size, crop))


def read_with_alpha(path: Path, size: tuple[int, int] | None = None, crop: float = 0) -> tuple[Picture, Alpha | None]:
    """Return a picture upright, in sRGB, and its alpha, cropped and resized as by `read`.

    Alpha is None if every pixel is opaque. Fully transparent pixels take the colour of the nearest visible one, so that
    hidden colours and their edges are not painted. Raises ImageError as `read` does, and if every pixel is fully
    transparent.
    """
    colours, opacity = decode.decode(path)
    if opacity is None or opacity.getextrema() == (255, 255):
        return to_array(_resize(colours, size, crop)), None
    filled = _fill_hidden(colours, np.asarray(opacity) > 0, path)  # before resizing, which would mix in hidden colours
    return to_array(_resize(filled, size, crop)), _to_levels(opacity, size, crop)


def read_mask(path: Path, size: tuple[int, int]) -> Mask:
    """Return a picture's luma as a mask resized to (width, height); transparency counts as black.

    Luma is of ITU-R BT.601: greys keep their sRGB level. Raises ImageError as `read` does.
    """
    return _to_levels(read_image(path, "black").convert("L"), size)


def read_filling(path: Path, size: tuple[int, int]) -> Picture:
    """Return a picture scaled and cropped around its centre to fill (width, height)."""
    return to_array(fill(read_image(path), size))


def read_image(path: Path, ground: str = "white") -> Image.Image:
    """Return a picture file as an upright 8-bit sRGB image, transparency composed on `ground`."""
    colours, opacity = decode.decode(path)
    return colours if opacity is None else Image.composite(colours, Image.new("RGB", colours.size, ground), opacity)


def fill(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image scaled and cropped around its centre to fill (width, height)."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS)


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """Return a picture resized to (width, height), in 256 levels."""
    return to_array(to_image(picture).resize(size, Image.Resampling.LANCZOS))


def to_array(image: Image.Image) -> Picture:
    """Return an 8-bit RGB image as a picture."""
    return np.asarray(image, dtype=np.float32)[np.newaxis] / np.float32(255)


def to_image(picture: Picture, alpha: Alpha | None = None) -> Image.Image:
    """Return a picture as an 8-bit RGB image, or RGBA with alpha, each value rounded to the nearest of 256 levels."""
    channels = picture if alpha is None else np.concatenate([picture, alpha], axis=-1)
    levels = np.clip(np.rint(np.asarray(channels[0]) * 255), 0, 255)
    return Image.fromarray(levels.astype(np.uint8))


def _resize(image: Image.Image, size: tuple[int, int] | None, crop: float = 0) -> Image.Image:
    return image if size is None else _crop(image, crop).resize(size, Image.Resampling.LANCZOS)


def _crop(image: Image.Image, share: float) -> Image.Image:
    """Return an image cropped by a share at each side; `resize` with a box would still sample the cropped pixels."""
    across, down = round(share * image.width), round(share * image.height)
    return image.crop((across, down, image.width - across, image.height - down)) if share else image


def _to_levels(image: Image.Image, size: tuple[int, int] | None, crop: float = 0) -> np.ndarray:
    """Return an 8-bit greyscale image, resized to (width, height) if given, as float32 (1, height, width, 1)."""
    if size is not None:
        # Not Lanczos, whose ringing would lighten black beside white.
        image = _crop(image, crop).resize(size, Image.Resampling.BILINEAR)
    return to_array(image)[..., np.newaxis]


def _fill_hidden(colours: Image.Image, visible: np.ndarray, path: Path) -> Image.Image:
    """Return an image whose hidden pixels have the colour of the nearest visible one."""
    if not visible.any():
        raise ImageError(f"{path}: {_INVISIBLE}")
    from scipy import ndimage  # here: a slow import, needed only for transparency

    rows, columns = ndimage.distance_transform_edt(~visible, return_distances=False, return_indices=True)
    return Image.fromarray(np.asarray(colours)[rows, columns])
