"""Draw a page of a contact sheet: grid and findings in, one picture out."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.captions import (
    CAPTION_SIZE,
    GAP,
    INK,
    MARGIN,
    PALE,
    PAPER,
    Block,
    Text,
    draw_block,
    load_font,
    shorten,
    wrap,
)
from stylegrid.pictures.geometry import fit
from stylegrid.plan.sheet_pages import Head, Page
from stylegrid.settings.setting_words import captions
from stylegrid.store.findings import Finding, Network

FAILED, FAILED_PAPER, MISSING_PAPER = "#a3231d", "#f7dfdc", "#e9e7e1"
NOTICE = "#5c4100"
TITLE_SIZE, HEAD_SIZE = 28, 17
LONGEST_TITLE = 3  # lines of a picture's title


def draw_page(page: Page, findings: Mapping[str, Finding], thumbnail: int, title: str, network: Network) -> Image.Image:
    """Return a page of a contact sheet as a picture.

    `findings` are by job name; one that failed or is missing becomes a crossed box. Heads show the input pictures.
    `thumbnail` is the longest side of each picture, in pixels. The network is named below the title.
    """
    grid = _grid_of_blocks(page, findings, thumbnail)
    widths = [thumbnail + GAP] * (len(page.columns) + 1)
    heights = [_row_height(row) for row in grid]
    width = max(sum(widths) + 2 * MARGIN, 620)
    header = _header(title, page.title, network, width - 2 * MARGIN)
    top = MARGIN + header.height() + 2 * GAP
    sheet = Image.new("RGB", (width, top + sum(heights) + MARGIN), PAPER)
    draw_block(sheet, (MARGIN, MARGIN), header)
    for row, blocks in enumerate(grid):
        for column, block in enumerate(blocks):
            lowered = heights[0] - GAP - block.height() if row == 0 else 0  # heads stand just above their column
            draw_block(sheet, (MARGIN + sum(widths[:column]), top + sum(heights[:row]) + lowered), block)
    return sheet


def _grid_of_blocks(page: Page, findings: Mapping[str, Finding], thumbnail: int) -> list[list[Block]]:
    """Return the blocks by row and column: corner and column heads first, then each row's head and cells."""
    rows = [[_head_block(page.corner, thumbnail), *_column_heads(page.columns, thumbnail)]]
    for row, head in enumerate(page.rows):
        blocks = [_head_block(head, thumbnail)]
        for column in range(len(page.columns)):
            there = page.cells.get((row, column))
            blocks.append(_cell_block(findings[there.job.name], page.varying, thumbnail) if there else Block(None, ()))
        rows.append(blocks)
    return rows


def _column_heads(heads: Sequence[Head], thumbnail: int) -> list[Block]:
    """Return the heads of columns, whose settings begin at one height: as many lines of each stand below that."""
    blocks = [_head_block(head, thumbnail) for head in _unrepeated(heads)]
    lines = [sum(not line.bold for line in block.lines) for block in blocks]
    most = max(lines)
    return [
        block._replace(lines=block.lines + (Text("", HEAD_SIZE),) * (most - own))
        for block, own in zip(blocks, lines, strict=True)
    ]


def _unrepeated(heads: Sequence[Head]) -> list[Head]:
    """Return heads where only the first of several of one painting shows it; the others keep their settings."""
    same = [before is not None and before[:2] == head[:2] for before, head in zip([None, *heads], heads, strict=False)]
    return [Head("", (), head.settings) if repeats else head for repeats, head in zip(same, heads, strict=True)]


def _header(title: str, page_title: str, network: Network, width: int) -> Block:
    lines = [Text(line, TITLE_SIZE, INK, True) for line in wrap(title, TITLE_SIZE, True, width)]
    lines += [Text(line, HEAD_SIZE, PALE) for line in wrap(page_title, HEAD_SIZE, False, width)]
    lines += [Text(line, CAPTION_SIZE, PALE) for line in wrap(network.line, CAPTION_SIZE, False, width)]
    lines += [Text(line, CAPTION_SIZE, NOTICE) for line in wrap(network.warning, CAPTION_SIZE, False, width)]
    return Block(None, tuple(lines))


def _head_block(head: Head, thumbnail: int) -> Block:
    lines = [Text(line, HEAD_SIZE, INK, True) for line in wrap(head.text, HEAD_SIZE, True, thumbnail)]
    lines += [Text(line, HEAD_SIZE) for each in head.settings for line in wrap(each, HEAD_SIZE, False, thumbnail)]
    return Block(_side_by_side(head.pictures, thumbnail) if head.pictures else None, tuple(lines))


def _side_by_side(paths: tuple[Path, ...], thumbnail: int) -> Image.Image:
    """Return an input picture as a thumbnail, or the pictures of a blend in vertical strips of equal width."""
    if len(paths) == 1:
        return _thumbnail(paths[0], thumbnail)
    joined = Image.new("RGB", (thumbnail, thumbnail), PAPER)
    edges = [thumbnail * number // len(paths) for number in range(len(paths) + 1)]
    for path, left, right in zip(paths, edges, edges[1:], strict=False):
        joined.paste(images.fill(_thumbnail(path, 2 * thumbnail), (right - left, thumbnail)), (left, 0))
    return joined


@cache
def _thumbnail(path: Path, longest_side: int) -> Image.Image:
    """Return a picture file as a thumbnail, or a crossed box if it can't be read."""
    try:
        image = images.read_image(path)
    except ImageError:
        return placeholder("unreadable", (longest_side, longest_side * 3 // 4))
    return image.resize(fit(image.size, longest_side), Image.Resampling.LANCZOS)


def _cell_block(finding: Finding, varying: Sequence[str], thumbnail: int) -> Block:
    """Return a combination's picture with its title, the settings that vary, and its losses; or what is wrong."""
    settings = captions(finding.combination.job.settings, varying)
    lines = [
        *(Text(line, bold=True) for line in _titled(finding, thumbnail)),
        *(Text(line) for each in settings for line in wrap(each, CAPTION_SIZE, False, thumbnail)),
        *(Text(line, colour=PALE) for text in _below(finding) for line in wrap(text, CAPTION_SIZE, False, thumbnail)),
    ]
    if finding.picture is None:
        return Block(placeholder(finding.outcome, (thumbnail, thumbnail * 3 // 4)), tuple(lines))
    return Block(_thumbnail(finding.picture, thumbnail), tuple(lines))


def _titled(finding: Finding, thumbnail: int) -> list[str]:
    return shorten(finding.combination.title, CAPTION_SIZE, True, thumbnail, LONGEST_TITLE)


def _below(finding: Finding) -> list[str]:
    """Return the message of a picture that isn't finished, and the final losses if there are any."""
    losses = finding.record.losses if finding.record and finding.picture else None
    lines = [] if finding.finished else [finding.message]
    if losses is not None:
        lines += [
            f"content {losses.content:.3g}  style {losses.style:.3g}",
            f"tv {losses.tv:.3g}  total {losses.total:.3g}",
        ]
    return lines


def placeholder(outcome: str, size: tuple[int, int], letters: int = HEAD_SIZE) -> Image.Image:
    """Return a crossed box of `size` pixels with its outcome in `letters` pixels, for a cell without a picture."""
    colour, paper = (FAILED, FAILED_PAPER) if outcome in ("failed", "unreadable") else (PALE, MISSING_PAPER)
    box = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(box)
    draw.line((0, 0, *box.size), fill=colour)
    draw.line((0, box.height, box.width, 0), fill=colour)
    centre = (box.width // 2, box.height // 2)
    left, top, right, bottom = draw.textbbox(centre, outcome, font=load_font(letters, True), anchor="mm")
    draw.rectangle((left - 6, top - 4, right + 6, bottom + 4), fill=paper)
    draw.text(centre, outcome, font=load_font(letters, True), fill=colour, anchor="mm")
    return box


def _row_height(blocks: Iterable[Block]) -> int:
    return max(block.height() for block in blocks) + GAP
