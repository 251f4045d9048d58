"""TIFF files: the full page of several, and kinds of samples that Pillow reads, misreads, or doesn't read."""

import logging
import struct
from pathlib import Path

import numpy as np
from PIL import Image, TiffImagePlugin
from PIL.ExifTags import Base

from stylegrid.errors import ImageError
from stylegrid.pictures import foreign
from stylegrid.pictures.damage import reading
from stylegrid.pictures.limits import size_fault
from stylegrid.pictures.tiff_pages import Page, read_pages

PREFIXES = tuple(TiffImagePlugin.PREFIXES)
TiffImagePlugin.READ_LIBTIFF = True  # Pillow's own reader takes planes of 16 bits for planes of 8

_COMPRESSIONS = {33003: "JPEG 2000", 33005: "JPEG 2000", 34712: "JPEG 2000", 34887: "LERC", 50002: "JPEG XL"}
_GREY_BY_WHITE, _GREY, _RGB = 0, 1, 2
_READ_BY_TIFFFILE = (_GREY_BY_WHITE, _GREY, _RGB)
_MOST_SAMPLES = 16  # a pixel
_REMEDY = "save it as PNG, or as RGB of 8 or 16 bits a channel"


def open_tiff(path: Path) -> Image.Image:
    """Open the first full page of a TIFF, by Pillow where it reads such samples, else by tifffile.

    Raises ImageError for camera raw files and kinds of samples that neither reads, and Pillow's errors for damage.
    """
    try:
        pages = read_pages(path)
    except (ValueError, struct.error, OverflowError):
        pages = []
    if not pages:
        return _open_by_pillow(path, 0)  # which forgives the damage, or tells it
    index = _full_page(path, pages)
    page = pages[index]
    if _is_misread_by_pillow(page):
        return _open_by_tifffile(path, index, page)
    try:
        return _open_by_pillow(path, index)
    except Exception:  # Pillow raises errors of many kinds
        return _open_by_tifffile(path, index, page)


def is_sized_upright(image: Image.Image) -> bool:
    """Return whether an opened picture's size is upright before it is decoded: Pillow swaps that of a turned TIFF."""
    return isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(Base.Orientation) in (5, 6, 7, 8)


def _full_page(path: Path, pages: list[Page]) -> int:
    """Return the index of the first full page; raises ImageError if there is none, or one is a camera's raw one."""
    if foreign.describe_name(path) == foreign.RAW or any(page.is_raw for page in pages):
        raise ImageError(f"{path}: is {foreign.RAW}")
    full = next((index for index, page in enumerate(pages) if page.is_full), None)
    if full is None:
        raise ImageError(f"{path}: holds only reduced copies of its picture, or masks; export it as JPEG or TIFF")
    return full


def _is_misread_by_pillow(page: Page) -> bool:
    """Return whether Pillow opens a kind of page, but gives wrong values, or mixes up its samples."""
    inverted = page.photometric == _GREY_BY_WHITE and page.bits > 8
    planes = page.is_planar and page.photometric in (_GREY_BY_WHITE, _GREY)
    unscaled = page.number == 2 or (page.number == 1 and page.bits not in (1, 2, 4, 8, 16))
    return inverted or planes or unscaled


def _open_by_pillow(path: Path, index: int) -> Image.Image:
    image = Image.open(path, formats=("TIFF",))
    try:
        image.seek(index)
    except BaseException:
        image.close()
        raise
    return image


def _open_by_tifffile(path: Path, index: int, page: Page) -> Image.Image:
    """Return a page decoded by tifffile; raises ImageError if it isn't read, too large, or cut short."""
    if fault := size_fault(*page.size) or _kind_fault(page) or _length_fault(path, page):
        raise ImageError(f"{path}: {fault}")
    import tifffile  # here: a slow import, needed for few files

    logging.getLogger("tifffile").setLevel(logging.CRITICAL)
    with reading(path), tifffile.TiffFile(path) as file:
        found = file.pages[index].aspage()
        planes, _, height, width, samples = found.shaped
        values = np.moveaxis(found.asarray().reshape(planes, height, width, samples), 0, 2)
        profile = found.tags.valueof(TiffImagePlugin.ICCPROFILE)
    image = _to_image(values.reshape(height, width, -1), page)
    image.info |= {"icc_profile": profile} if profile else {}
    image.getexif()[Base.Orientation] = page.value(Base.Orientation, 1)
    return image


def _kind_fault(page: Page) -> str:
    """Return why tifffile, which reads no compression safely, doesn't read a page; or ""."""
    kind = page.describe()
    if page.compression not in TiffImagePlugin.COMPRESSION_INFO:
        name = _COMPRESSIONS.get(page.compression, f"scheme {page.compression}")
        return f"is a TIFF compressed by {name}, which isn't read; save it without compression, or by LZW or ZIP"
    if page.number == 3:
        return f"is a TIFF of {kind}, which has no fixed white; tone-map it, and {_REMEDY}"
    if page.number != 1 or page.bits not in (8, 16) or page.photometric not in _READ_BY_TIFFFILE:
        return f"is a TIFF of {kind}, which isn't read; {_REMEDY}"
    if page.compression != 1 or page.is_tiled or page.value(Base.FillOrder, 1) != 1 or page.samples > _MOST_SAMPLES:
        return f"is a TIFF of {kind}, which is read only without compression and tiles; save it so, or as PNG"
    return ""


def _length_fault(path: Path, page: Page) -> str:
    """Return the fault of a file that is shorter than its page's samples, or ""; before memory is taken for them."""
    bytes_needed = page.size[0] * page.size[1] * page.samples * page.bits // 8
    return "is cut short; export or copy it again" if path.stat().st_size < bytes_needed else ""


def _to_image(samples: np.ndarray, page: Page) -> Image.Image:
    """Return samples of 8 or 16 bits, (height, width, samples), as an 8-bit image of greys or RGB with its alpha."""
    levels = samples if samples.dtype == np.uint8 else np.rint(samples / np.float32(257)).astype(np.uint8)
    colours = levels[..., : page.colours]
    if page.photometric == _GREY_BY_WHITE:
        colours = 255 - colours
    mode = "L" if page.colours == 1 else "RGB"
    if page.alpha is None:
        return Image.frombytes(mode, page.size, colours.tobytes())
    mode, place = f"{mode}A", page.colours + page.alpha
    multiplied = mode.replace("A", "a") if page.is_multiplied else mode
    with_alpha = np.concatenate([colours, levels[..., place : place + 1]], axis=-1)
    return Image.frombytes(multiplied, page.size, with_alpha.tobytes()).convert(mode)
