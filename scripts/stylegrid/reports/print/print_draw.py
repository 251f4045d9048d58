"""Sheets for print drawn: combinations grouped by photograph, to pages of one picture each at 300 dpi."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.captions import INK, PALE, Block, Text, draw_block, load_font, shorten
from stylegrid.plan.plan_contents import PrintFile
from stylegrid.reports.contact_sheet import NOTICE, placeholder
from stylegrid.reports.print.print_captions import CAPTION, SWATCH, Caption, make_caption, points
from stylegrid.reports.print.print_layout import (
    Cell,
    Frame,
    Heading,
    PrintPage,
    lay_out,
    make_frame,
    picture_height,
    to_pixels,
)
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.settings.setting_words import places
from stylegrid.settings.varying import varying
from stylegrid.store.findings import Finding, Network

WHITE, HAIRLINE = "#ffffff", "#d8d5cd"
TITLE, SUBTITLE, NAME, WORD = points(22), points(9), points(13), points(10)
HEADING = to_pixels(13)
HEADER_GAP, CAPTION_GAP = to_pixels(7), to_pixels(1.8)


class Group(NamedTuple):
    """What was found of one photograph's combinations, with captions, and the (width, height) of their boxes."""

    name: str
    photograph: Path
    findings: Sequence[Finding]
    captions: Sequence[Caption]
    box: tuple[int, int]


class Booklet(NamedTuple):
    """All that is printed: the frame of its pages, the first one's header, groups, and what stands where."""

    title: str
    frame: Frame
    header: Block
    groups: list[Group]
    pages: list[PrintPage]


def compose(file: PrintFile, findings: Sequence[Finding], network: Network) -> Booklet:
    """Return the booklet of findings by photograph, painting and settings; of pictures only the size is read."""
    names = varying(finding.combination.job.settings for finding in findings)
    by_photograph = _by_photograph(findings, names)
    counts = [len(found) for found in by_photograph.values()]
    frame = make_frame(file.paper, file.orientation, file.margin, file.columns, counts)
    header = _header(file.gallery, findings, network, frame.width - 2 * frame.margin)
    above = header.height() + HEADER_GAP
    groups = [_group(found, names, frame, above) for found in by_photograph.values()]
    heights = [[group.box[1] + CAPTION_GAP + caption.height for caption in group.captions] for group in groups]
    return Booklet(file.gallery, frame, header, groups, lay_out(frame, above, HEADING, heights))


def _by_photograph(findings: Sequence[Finding], names: Sequence[str]) -> dict[str, list[Finding]]:
    """Return findings by photograph, each one's by painting, and these by settings; pictures in their order."""
    jobs = [finding.combination.job for finding in findings]
    styles = {style: place for place, style in enumerate(dict.fromkeys(job.style for job in jobs))}
    order = places((job.settings for job in jobs), names)
    found: dict[str, list[Finding]] = {job.content.name: [] for job in jobs}
    for finding in sorted(findings, key=lambda each: _place(each, styles, order)):
        found[finding.combination.job.content.name].append(finding)
    return found


def _place(
    finding: Finding, styles: Mapping[str, int], order: Mapping[PaintSettings, tuple[int, ...]]
) -> tuple[int, ...]:
    job = finding.combination.job
    return (styles[job.style], *order[job.settings])


def draw_print_page(booklet: Booklet, number: int) -> Image.Image:
    """Return one page, the first being 1."""
    frame, page = booklet.frame, booklet.pages[number - 1]
    sheet = Image.new("RGB", (frame.width, frame.height), WHITE)
    if number == 1:
        draw_block(sheet, (frame.margin, frame.margin), booklet.header)
    for heading in page.headings:
        _draw_heading(sheet, frame, booklet.groups[heading.group], heading)
    for cell in page.cells:
        _draw_cell(sheet, booklet.groups[cell.group], cell)
    _draw_footer(sheet, frame, booklet.title, f"page {number} of {len(booklet.pages)}")
    return sheet


def _header(title: str, findings: Sequence[Finding], network: Network, width: int) -> Block:
    jobs = [finding.combination.job for finding in findings]
    contents, styles = len({job.content.name for job in jobs}), len({job.style for job in jobs})
    counts = (_count(len(jobs), "combination"), _count(contents, "photograph"), _count(styles, "style"))
    lines = [Text(line, TITLE, INK, True) for line in shorten(title, TITLE, True, width, 2)]
    lines += [Text("", CAPTION // 3)]  # a little air
    lines += [Text(line, SUBTITLE, PALE) for line in shorten("  ·  ".join(counts), SUBTITLE, False, width)]
    lines += [Text(line, SUBTITLE, PALE) for line in shorten(network.line, SUBTITLE, False, width)]
    lines += [Text("", CAPTION // 3)]
    lines += [Text(line, CAPTION, NOTICE) for line in shorten(network.warning, CAPTION, False, width, 3)]
    return Block(None, tuple(lines))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _group(findings: Sequence[Finding], names: Sequence[str], frame: Frame, header: int) -> Group:
    content = findings[0].combination.job.content
    captions = [make_caption(finding, names, frame.cell_width) for finding in findings]
    pictures = [finding.picture for finding in findings if finding.picture] or [Path(content.path)]
    shape = max(_shape(picture) for picture in pictures)
    tallest = CAPTION_GAP + max(caption.height for caption in captions)
    height = picture_height(frame, shape, header, HEADING, tallest)
    width = min(frame.cell_width, round(height / shape))
    return Group(content.shown, Path(content.path), findings, captions, (width, height))


def _shape(path: Path) -> float:
    """Return a picture's height over its width; that of a common photograph if it can't be read."""
    try:
        width, height = images.upright_size(path)
    except ImageError:
        return 0.75
    return height / width


def _draw_heading(sheet: Image.Image, frame: Frame, group: Group, heading: Heading) -> None:
    """Draw a hairline, and below it a small picture of the photograph with its name."""
    draw = ImageDraw.Draw(sheet)
    right = frame.width - frame.margin
    draw.line((frame.margin, heading.y, right, heading.y), fill=HAIRLINE, width=2)
    top = heading.y + to_pixels(3)
    small = _small(group.photograph, (HEADING - to_pixels(3), HEADING - to_pixels(3)))
    sheet.paste(small, (frame.margin, top))
    x, middle = frame.margin + small.width + to_pixels(3.5), top + small.height // 2
    words = "continued" if heading.continued else _count(len(group.findings), "combination")
    room = right - x - round(load_font(CAPTION, False).getlength(words)) - NAME
    name = "".join(shorten(group.name, NAME, True, room))
    draw.text((x, middle), name, font=load_font(NAME, True), fill=INK, anchor="lm")
    draw.text((right, middle), words, font=load_font(CAPTION, False), fill=PALE, anchor="rm")


def _draw_cell(sheet: Image.Image, group: Group, cell: Cell) -> None:
    """Draw a picture in the lower left corner of its box, and its caption below."""
    finding, caption = group.findings[cell.number], group.captions[cell.number]
    picture = _picture(finding, group.box)
    sheet.paste(picture, (cell.x, cell.y + group.box[1] - picture.height))
    top = cell.y + group.box[1] + CAPTION_GAP
    if caption.swatch:
        sheet.paste(_swatch(tuple(Path(style.path) for style in finding.combination.job.styles)), (cell.x, top))
    draw = ImageDraw.Draw(sheet)
    for x, y, text in caption.pieces:
        draw.text((cell.x + x, top + y), text.text, font=load_font(text.size, text.bold), fill=text.colour)


def _picture(finding: Finding, box: tuple[int, int]) -> Image.Image:
    if finding.picture is None:
        return placeholder(finding.outcome, box, WORD)
    return _contained(finding.picture, box)


def _contained(path: Path, box: tuple[int, int]) -> Image.Image:
    """Return a picture file as large as fits a box; one that can't be read as a marked box."""
    try:
        return ImageOps.contain(images.read_image(path), box, Image.Resampling.LANCZOS)
    except ImageError:
        return placeholder("unreadable", box, WORD)


@cache
def _small(path: Path, box: tuple[int, int]) -> Image.Image:
    """Return the square middle of a picture file; one that can't be read as a marked box."""
    try:
        return images.fill(images.read_image(path), box)
    except ImageError:
        return placeholder("", box, CAPTION)


@cache
def _swatch(paths: tuple[Path, ...]) -> Image.Image:
    """Return a small square of a painting, or of several of a blend in vertical strips."""
    joined = Image.new("RGB", (SWATCH, SWATCH), WHITE)
    edges = [SWATCH * number // len(paths) for number in range(len(paths) + 1)]
    for path, left, right in zip(paths, edges, edges[1:], strict=False):
        if right > left:
            joined.paste(_small(path, (right - left, SWATCH)), (left, 0))
    return joined


def _draw_footer(sheet: Image.Image, frame: Frame, title: str, number: str) -> None:
    draw, font = ImageDraw.Draw(sheet), load_font(CAPTION, False)
    y, right = frame.height - frame.margin, frame.width - frame.margin
    room = right - frame.margin - round(font.getlength(number)) - NAME
    draw.text((frame.margin, y), "".join(shorten(title, CAPTION, False, room)), font=font, fill=PALE, anchor="ld")
    draw.text((right, y), number, font=font, fill=PALE, anchor="rd")
