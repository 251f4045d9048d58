"""Printed pages as files: a PNG of each without loss, and one PDF of them all as JPEG; sRGB and 300 dpi."""

import io
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image

from stylegrid.errors import RecordError
from stylegrid.pictures.encode import SRGB_PROFILE
from stylegrid.reports.print.print_layout import DPI

QUALITY = 95
EFFORT = 4  # of 9 at packing PNGs; 6 takes half as long again for files smaller by a thousandth
TOGETHER = 20  # pages that are in memory at once


def page_path(folder: Path, number: int) -> Path:
    """Return where the PNG of a page lies."""
    return folder / f"page-{number:03}.png"


def to_png(page: Image.Image) -> bytes:
    """Return a page as PNG."""
    buffer = io.BytesIO()
    page.save(buffer, format="PNG", compress_level=EFFORT, dpi=(DPI, DPI), icc_profile=SRGB_PROFILE)
    return buffer.getvalue()


def to_jpeg(page: Image.Image) -> bytes:
    """Return a page as JPEG, its colours at full resolution."""
    buffer = io.BytesIO()
    page.save(buffer, format="JPEG", quality=QUALITY, subsampling=0, dpi=(DPI, DPI), icc_profile=SRGB_PROFILE)
    return buffer.getvalue()


def write_pdf(path: Path, jpegs: Sequence[Path], size: tuple[float, float], title: str) -> None:
    """Write a PDF of JPEG files, each filling a page of (width, height) in millimetres; whole or not at all.

    Its parts are written beside the JPEG files, which lie in a folder of the same file system. Raises RecordError when
    the file can't be written.
    """
    whole = jpegs[0].with_name("whole.pdf")
    try:
        firsts = range(0, len(jpegs), TOGETHER)
        parts = [_write_part(jpegs[first : first + TOGETHER], size) for first in firsts]
        _join(parts, whole, title)
        whole.replace(path)
    except OSError as error:
        raise RecordError(f"{path}: cannot be written ({error.strerror}); check free space and permissions") from error


def remove_pages_after(folder: Path, last: int) -> None:
    """Remove the PNGs of pages that there are no more."""
    for path in folder.glob("page-*.png"):
        number = re.fullmatch(r"page-(\d{3,})\.png", path.name)
        if number and int(number[1]) > last:
            path.unlink()


def _write_part(jpegs: Sequence[Path], size: tuple[float, float]) -> Path:
    """Write a PDF of a few pages beside the first of them, and return its path."""
    width, height = (img2pdf.mm_to_pt(side) for side in size)
    path = jpegs[0].with_suffix(".pdf")
    with path.open("wb") as file:
        img2pdf.convert(*jpegs, layout_fun=lambda *_: (width, height, width, height), nodate=True, outputstream=file)
    return path


def _join(parts: Sequence[Path], whole: Path, title: str) -> None:
    """Write the pages of several PDF files to one; the same pages give the same bytes."""
    with pikepdf.new() as joined, ExitStack() as stack:
        for part in parts:
            joined.pages.extend(stack.enter_context(pikepdf.open(part)).pages)
        joined.docinfo["/Title"] = title
        joined.save(whole, deterministic_id=True)
