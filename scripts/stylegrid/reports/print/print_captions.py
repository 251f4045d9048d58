"""Captions of sheets for print: their lines, cut to the column's width, and where each stands."""

from typing import NamedTuple

from stylegrid.pictures.captions import INK, LINE, PALE, Text, load_font, wrap
from stylegrid.reports.contact_sheet import FAILED
from stylegrid.reports.print.print_layout import DPI
from stylegrid.store.findings import Finding

MOST_ON_A_LINE = 400  # characters; longer text is cut before measuring it, which is slow


def points(size: float) -> int:
    """Convert a font size from points to pixels at 300 dpi.

    >>> points(8)
    33
    """
    return round(size / 72 * DPI)


CAPTION = points(8)
CAPTION_LINE = round(CAPTION * LINE)
SWATCH = 2 * CAPTION_LINE  # side of the small picture of a painting: as high as the two lines beside it
SWATCH_GAP = CAPTION // 2


class Piece(NamedTuple):
    """A piece of text and its upper left corner below a picture, in pixels."""

    x: int
    y: int
    text: Text


class Caption(NamedTuple):
    """The text below a picture, its height, and whether a swatch of the painting stands left of it."""

    pieces: tuple[Piece, ...]
    height: int
    swatch: bool


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


def make_caption(finding: Finding, width: int) -> Caption:
    """Return a caption of this width: style and variant, title, fault if any, and final losses."""
    job, title = finding.combination.job, finding.combination.title
    swatch = width >= 4 * SWATCH
    indent = SWATCH + SWATCH_GAP if swatch else 0
    beside = [_line(job.style, INK, True, width - indent), _line(job.variant, PALE, False, width - indent)]
    pieces = [Piece(indent, number * CAPTION_LINE, text) for number, text in enumerate(beside)]
    y = SWATCH + SWATCH_GAP
    below = [Text(line, CAPTION, INK) for line in shorten(title, CAPTION, False, width, 2)]
    colour = FAILED if finding.outcome == "failed" else PALE
    below += [Text(line, CAPTION, colour) for line in shorten(_fault(finding), CAPTION, False, width, 3)]
    pieces += [Piece(0, y + number * CAPTION_LINE, text) for number, text in enumerate(below)]
    losses = _losses(finding, width, y + len(below) * CAPTION_LINE)
    pieces += losses
    return Caption(tuple(pieces), max(piece.y for piece in pieces) + CAPTION_LINE, swatch)


def _line(text: str, colour: str, bold: bool, width: int) -> Text:
    return Text("".join(shorten(text, CAPTION, bold, width)), CAPTION, colour, bold)


def _fault(finding: Finding) -> str:
    return "" if finding.finished else finding.message


def _losses(finding: Finding, width: int, y: int) -> list[Piece]:
    """Return the final losses, two on a line where they fit; a number may wrap below its name, but is never cut."""
    losses = finding.record.losses if finding.record and finding.picture else None
    if losses is None:
        return []
    words = [f"{name} {value:.3g}" for name, value in losses.model_dump().items()]
    widest = max(load_font(CAPTION, False).getlength(each) for each in words)
    across = 2 if widest + SWATCH_GAP <= width // 2 else 1
    lines = [line for each in words for line in wrap(each, CAPTION, False, width)]
    return [
        Piece(number % across * (width // 2), y + number // across * CAPTION_LINE, Text(line, CAPTION, PALE))
        for number, line in enumerate(lines)
    ]
