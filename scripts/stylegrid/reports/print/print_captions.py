"""Captions of sheets for print: their lines, cut to the column's width, and where each stands."""

from collections.abc import Sequence
from typing import NamedTuple

from stylegrid.pictures.captions import INK, LINE, PALE, Text, load_font, shorten, wrap
from stylegrid.reports.contact_sheet import FAILED
from stylegrid.reports.print.print_layout import DPI
from stylegrid.settings.setting_words import captions
from stylegrid.store.findings import Finding


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
MOST_TITLE, MOST_FAULT = 2, 3  # lines


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


def make_caption(finding: Finding, varying: Sequence[str], width: int) -> Caption:
    """Return a caption of this width: style, the settings that vary, title, fault if any, and final losses."""
    job, title = finding.combination.job, finding.combination.title
    swatch = width >= 4 * SWATCH
    indent = SWATCH + SWATCH_GAP if swatch else 0
    beside = _lines(job.style_shown, INK, True, width - indent)
    beside += _settings(captions(job.settings, varying), width - indent, 10 if swatch else 5)
    y = max(SWATCH if swatch else 0, len(beside) * CAPTION_LINE) + SWATCH_GAP
    below = _lines(title, INK, False, width, MOST_TITLE)
    colour = FAILED if finding.outcome == "failed" else PALE
    below += _lines(_fault(finding), colour, False, width, MOST_FAULT)
    pieces = [Piece(indent, number * CAPTION_LINE, text) for number, text in enumerate(beside)]
    pieces += [Piece(0, y + number * CAPTION_LINE, text) for number, text in enumerate(below)]
    pieces += _losses(finding, width, y + len(below) * CAPTION_LINE)
    return Caption(tuple(pieces), max(y, *(piece.y + CAPTION_LINE for piece in pieces)), swatch)


def _lines(text: str, colour: str, bold: bool, width: int, most: int = 1) -> list[Text]:
    return [Text(line, CAPTION, colour, bold) for line in shorten(text, CAPTION, bold, width, most)]


def _settings(settings: Sequence[str], width: int, most: int) -> list[Text]:
    """Return a line for each setting, or several; at most so many for all."""
    lines = [line for each in settings for line in _lines(each, PALE, False, width, most)]
    return lines if len(lines) <= most else [*lines[: most - 1], Text("…", CAPTION, PALE)]


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
