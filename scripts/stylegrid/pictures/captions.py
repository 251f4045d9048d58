"""Pictures with caption lines below them, the parts of contact sheets and film strips."""

from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, PALE = "#faf9f6", "#1c1b1a", "#6b6862"
MARGIN, GAP, LINE = 28, 14, 1.3
CAPTION_SIZE = 13


class Text(NamedTuple):
    """A line of text, its size in pixels, colour and weight."""

    text: str
    size: int = CAPTION_SIZE
    colour: str = INK
    bold: bool = False


class Block(NamedTuple):
    """An optional picture and the lines of text below it."""

    image: Image.Image | None
    lines: tuple[Text, ...]

    def height(self) -> int:
        """Return the height of picture and lines, in pixels."""
        picture = self.image.height + GAP // 2 if self.image else 0
        return picture + sum(_line_height(line) for line in self.lines)


def draw_block(sheet: Image.Image, place: tuple[int, int], block: Block) -> None:
    """Draw a block with its upper left corner at `place`, (x, y) in pixels."""
    x, y = place
    if block.image is not None:
        sheet.paste(block.image, (x, y))
        y += block.image.height + GAP // 2
    draw = ImageDraw.Draw(sheet)
    for line in block.lines:
        draw.text((x, y), line.text, font=load_font(line.size, line.bold), fill=line.colour)
        y += _line_height(line)


def wrap(text: str, size: int, bold: bool, width: int) -> list[str]:
    """Return text wrapped to a width in pixels, broken after spaces, hyphens and underscores if possible."""
    lines, rest = [], " ".join(text.split())
    while rest:
        end = _first_line(rest, load_font(size, bold), width)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


def _first_line(text: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """Return the number of characters on the first line: at least one, and up to the last break that fits."""
    lengths = range(1, len(text) + 1)
    end = max(1, bisect_right(lengths, float(width), key=lambda length: font.getlength(text[:length])))
    if end == len(text):
        return end
    breaks = [index + 1 for index, character in enumerate(text[:end]) if character in " -_"]
    return breaks[-1] if breaks else end


def _line_height(line: Text) -> int:
    return round(line.size * LINE)


@cache
def load_font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which covers most alphabets and comes with matplotlib."""
    import matplotlib  # here: a slow import, and most paintings draw no film strip

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)
