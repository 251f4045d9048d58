"""Pictures with caption lines below them, the parts of contact sheets and film strips."""

from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, PALE = "#faf9f6", "#1c1b1a", "#6b6862"
MARGIN, GAP, LINE = 28, 14, 1.3
CAPTION_SIZE = 13
MOST_ON_A_LINE = 400  # characters; longer text is cut before measuring it, which is slow


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
    """Return text wrapped to a width in pixels, broken at spaces, else after hyphens and underscores if possible."""
    lines, rest = [], " ".join(text.split())
    while rest:
        end = _first_line(rest, load_font(size, bold), width)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


def shorten(text: str, size: int, bold: bool, width: int, most: int = 1) -> list[str]:
    """Return text as at most `most` lines of at most `width` pixels; an ellipsis ends text that is cut."""
    lines = wrap(text[: most * MOST_ON_A_LINE], size, bold, width)
    if len(lines) <= most and len(text) <= most * MOST_ON_A_LINE:
        return lines
    font, last = load_font(size, bold), lines[most - 1 : most]
    words = last[0] if last else ""
    while words and font.getlength(f"{words}…") > width:
        words = words[:-1].rstrip()
    return [*lines[: most - 1], f"{words}…"]


def _first_line(text: str, font: ImageFont.FreeTypeFont, width: int) -> int:
    """Return the number of characters on the first line: at least one, and up to the last break that fits."""
    lengths = range(1, len(text) + 1)
    end = max(1, bisect_right(lengths, float(width), key=lambda length: font.getlength(text[:length])))
    if end == len(text):
        return end
    space = text.rfind(" ", 0, end + 1)
    return (space if space > 0 else max(text.rfind(sign, 0, end) for sign in "-_")) + 1 or end


def _line_height(line: Text) -> int:
    return round(line.size * LINE)


@cache
def load_font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    """Return DejaVu Sans, which covers most alphabets and comes with matplotlib."""
    import matplotlib  # here: a slow import, and most paintings draw no film strip

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name, size)
