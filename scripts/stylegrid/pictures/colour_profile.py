"""Colour profiles, embedded or told by EXIF: images brought to sRGB."""

import io
import struct
import warnings
from functools import cache

from PIL import Image, ImageCms
from PIL.ExifTags import IFD, Base, Interop

_SRGB = ImageCms.createProfile("sRGB")
_PROFILE_SPACES = {"RGB": "RGB", "CMYK": "CMYK", "L": "GRAY"}


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an image in sRGB by its profile; like viewers, ignores a damaged profile or one of another mode."""
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _PROFILE_SPACES[image.mode]:
            return image.convert("RGB")
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image.convert("RGB")
    except (OSError, ImageCms.PyCMSError):
        return image.convert("RGB")


def find_profile(image: Image.Image) -> bytes | None:
    """Return the profile embedded in an opened picture, or Adobe RGB's where EXIF alone tells it; None without either.

    Cameras write the interoperability index R03 for Adobe RGB, and a colour space that isn't sRGB (Exif 2.3, 4.6.8);
    some write the colour space 2.
    """
    if profile := image.info.get("icc_profile"):
        return profile
    return adobe_rgb() if image.mode == "RGB" and _is_adobe_rgb(image) else None


def _is_adobe_rgb(image: Image.Image) -> bool:
    with warnings.catch_warnings(action="ignore"):
        try:
            exif = image.getexif()
            space = exif.get_ifd(IFD.Exif).get(Base.ColorSpace)
            index = exif.get_ifd(IFD.Interop).get(Interop.InteropIndex, "")
            return space == 2 or (space != 1 and str(index).startswith("R03"))
        except Exception:  # Pillow raises errors of many kinds on damaged EXIF data
            return False


@cache
def adobe_rgb() -> bytes:
    """Return an ICC profile of Adobe RGB (1998): its primaries relative to D50, and the exponent 563/256."""
    white = (0.9642, 1, 0.8249)
    primaries = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
    }
    curve = b"curv" + struct.pack(">IIH", 0, 1, 563)
    tags = {name: b"XYZ \0\0\0\0" + _fixed(*xyz) for name, xyz in {b"wtpt": white, **primaries}.items()}
    return _icc(_fixed(*white), tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve))


def _icc(white: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Return a profile of an RGB display with these tags (ICC.1:2022, 7)."""
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">2I", start + len(data), len(value))
        data += value + b"\0" * (-len(value) % 4)
    head = struct.pack(">I4xI", start + len(data), 0x02100000) + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    return (head + white).ljust(128, b"\0") + table + data


def _fixed(*numbers: float) -> bytes:
    """Return numbers as ICC's s15Fixed16Number."""
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))
