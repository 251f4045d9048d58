"""Pictures with lines of text below them, which contact sheets and film strips are drawn of."""

from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, PALE = "#faf9f6", "#1c1b1a", "#6b6862"
MARGIN, GAP, LINE = 28, 14, 1.3
CAPTION_SIZE = 13


class Text(NamedTuple):
    """A piece of text: what it says, its size in pixels, colour, and whether it is bold."""

    text: str
    size: int = CAPTION_SIZE
    colour: str = INK
    bold: bool = False


class Block(NamedTuple):
    """A picture, if there is one, and the lines of text below it."""

    image: Image.Image | None
    lines: tuple[Text, ...]

    def height(self) -> int:
        """Return the height of picture and lines, in pixels."""
        picture = self.image.height + GAP // 2 if self.image else 0
        return picture + sum(_line_height(line) for line in self.lines)


def draw_block(sheet: Image.Image, place: tuple[int, int], block: Block) -> None:
    """Draw a block with its upper left corner at a place."""
    x, y = place
    if block.image is not None:
        sheet.paste(block.image, (x, y))
        y += block.image.height + GAP // 2
    draw = ImageDraw.Draw(sheet)
    for line in block.lines:
        draw.text((x, y), line.text, font=load_font(line.size, line.bold), fill=line.colour)
        y += _line_height(line)


def wrap(text: str, size: int, bold: bool, width: int) -> list[str]:
    """Return text in lines that fit a width in pixels, broken after spaces, hyphens and underscores if possible."""
    lines, rest = [], " ".join(text.split())
    while rest:
        end = _fitting(rest, load_font(size, bold), width)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """Return how many characters of a text stand on one line: at least one, and up to the last good break."""
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
    """Return DejaVu Sans, which has the letters of most alphabets and comes with matplotlib."""
    import matplotlib  # here: it takes long to import, and most paintings draw no film strip

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)
