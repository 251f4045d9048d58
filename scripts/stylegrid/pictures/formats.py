"""The picture formats that are written: their suffixes and largest sizes."""

SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "tiff": ".tif"}
LARGEST_SIDES = {"jpeg": 65500, "webp": 16383}  # libjpeg's JPEG_MAX_DIMENSION and libwebp's WEBP_MAX_DIMENSION


def require_size(size: tuple[int, int], kind: str) -> None:
    """Raise ImageError if a picture of (width, height) is too large for a kind of file."""
    from stylegrid.errors import ImageError  # here: publish.py must start fast

    largest = LARGEST_SIDES.get(kind)
    if largest is not None and max(size) > largest:
        found = f"{size[0]}x{size[1]} pixels"
        raise ImageError(f"{found} don't fit into {kind}, at most {largest} a side; paint smaller, or as png or tiff")
