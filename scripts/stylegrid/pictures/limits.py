"""How large a picture that is read may be."""

LARGEST_PIXELS = 200_000_000  # 600 MB decoded; the largest camera sensors have 150 million
SMALLEST_SIDE = 2  # one pixel has no texture


def size_fault(width: int, height: int) -> str:
    """Return the fault of a picture's size in pixels, or ""."""
    if width * height > LARGEST_PIXELS:
        return f"{width}x{height} pixels; at most {LARGEST_PIXELS // 1_000_000} million are read; make a smaller copy"
    if min(width, height) < SMALLEST_SIDE:
        return f"only {width}x{height} pixels; needs at least {SMALLEST_SIDE} on each side"
    return ""
