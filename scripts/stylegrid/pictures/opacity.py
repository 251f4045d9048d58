"""How opaque a picture file's pixels are."""

from pathlib import Path

from PIL import Image

from stylegrid.pictures import png

_NO_ALPHA_IF_ZERO = ("BMP", "TIFF")  # of which the fourth sample may be void


def find_opacity(image: Image.Image, path: Path) -> Image.Image | None:
    """Return the opacity of a decoded picture, 8-bit greyscale, 0 for transparent; None if it has no transparency.

    A BMP or TIFF whose alpha is 0 all over has none: programs leave the sample void that pads its pixels.
    """
    if png.has_transparent_colour(image):
        return png.opacity_by_colour(image, path)
    if not image.has_transparency_data:
        return None
    found = with_straight_alpha(image).convert("RGBA").getchannel("A")
    return None if image.format in _NO_ALPHA_IF_ZERO and not found.getbbox() else found


def with_straight_alpha(image: Image.Image) -> Image.Image:
    """Return an image whose colours aren't multiplied by its alpha; Pillow converts La to LA alone."""
    return image.convert("LA") if image.mode == "La" else image
