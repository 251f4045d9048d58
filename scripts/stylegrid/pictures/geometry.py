"""Sizes of pictures: (width, height) in pixels."""

Size = tuple[int, int]  # width, height in pixels


def fit(size: Size, side: int) -> Size:
    """Return (width, height) scaled so that the longest is `side`, no side under one pixel."""
    scale = side / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
