"""The kinds of picture files that are written: how their names end, and how large a picture each holds."""

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "tiff": ".tif"}
LARGEST_SIDES = {"jpeg": 65500, "webp": 16383}  # libjpeg's JPEG_MAX_DIMENSION and libwebp's WEBP_MAX_DIMENSION


def require_size(size: tuple[int, int], kind: str) -> None:
    """Raise ImageError when a kind of file holds no picture of (width, height)."""
    from stylegrid.errors import ImageError  # here: publish.py has no time for it

    largest = LARGEST_SIDES.get(kind)
    if largest is not None and max(size) > largest:
        found = f"{size[0]}x{size[1]} pixels"
        raise ImageError(f"{found} don't fit into {kind}, at most {largest} a side; paint smaller, or as png or tiff")
