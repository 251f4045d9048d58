"""A picture's snapshots, published beside it and drawn side by side as a film strip."""

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from stylegrid import files
from stylegrid.pictures import encode, images
from stylegrid.pictures.captions import CAPTION_SIZE, GAP, MARGIN, PAPER, Block, Text, draw_block
from stylegrid.pictures.geometry import fit
from stylegrid.store.layout import film_path, snapshots_folder

FRAME, ACROSS = 200, 8  # longest side of a frame in pixels, and frames in a row


def publish(picture: Path, snapshots: Iterable[tuple[str, bytes]]) -> None:
    """Write snapshots (name, PNG bytes) and their film strip beside a picture; earlier ones are removed."""
    folder = snapshots_folder(picture)
    for stale in (*folder.glob("*.png"), film_path(picture)):
        stale.unlink(missing_ok=True)
    for name, data in snapshots:
        files.write_bytes(folder / name, data)
    frames = sorted(folder.glob("*.png"))
    if frames:
        strip = images.to_array(draw_film([*frames, picture]))
        files.write_bytes(film_path(picture), encode.encode(strip, "png", 100))
        return
    with contextlib.suppress(OSError):  # there is no folder, or something else is in it
        folder.rmdir()


def draw_film(frames: Sequence[Path]) -> Image.Image:
    """Return picture files side by side in rows of ACROSS, each captioned with its step."""
    blocks = [_frame(path) for path in frames]
    across = min(ACROSS, len(blocks))
    rows = [blocks[start : start + across] for start in range(0, len(blocks), across)]
    heights = [max(block.height() for block in row) + GAP for row in rows]
    strip = Image.new("RGB", (across * (FRAME + GAP) - GAP + 2 * MARGIN, sum(heights) - GAP + 2 * MARGIN), PAPER)
    for row, blocks_of_row in enumerate(rows):
        for column, block in enumerate(blocks_of_row):
            draw_block(strip, (MARGIN + column * (FRAME + GAP), MARGIN + sum(heights[:row])), block)
    return strip


def _frame(path: Path) -> Block:
    image = images.read_image(path, PAPER)
    name = f"step {int(path.stem)}" if path.stem.isdecimal() else "the picture"
    frame = image.resize(fit(image.size, FRAME), Image.Resampling.LANCZOS)
    return Block(frame, (Text(name, CAPTION_SIZE),))
