"""Printed pages as files: a PNG of each without loss, and one PDF of them all as JPEG; sRGB and 300 dpi."""

import io
import re
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image

from stylegrid import files
from stylegrid.encode import SRGB_PROFILE
from stylegrid.errors import RecordError
from stylegrid.print_layout import DPI

QUALITY = 95
TOGETHER = 20  # pages that are in memory at once


def page_path(folder: Path, number: int) -> Path:
    """Return where the PNG of a page lies."""
    return folder / f"page-{number:03}.png"


def to_png(page: Image.Image) -> bytes:
    """Return a page as PNG."""
    buffer = io.BytesIO()
    page.save(buffer, format="PNG", dpi=(DPI, DPI), icc_profile=SRGB_PROFILE)
    return buffer.getvalue()


def to_jpeg(page: Image.Image) -> bytes:
    """Return a page as JPEG, its colours at full resolution."""
    buffer = io.BytesIO()
    page.save(buffer, format="JPEG", quality=QUALITY, subsampling=0, dpi=(DPI, DPI), icc_profile=SRGB_PROFILE)
    return buffer.getvalue()


def write_pdf(path: Path, jpegs: Sequence[Path], size: tuple[float, float], title: str) -> None:
    """Write a PDF of JPEG files, each filling a page of (width, height) in millimetres; whole or not at all.

    Work goes on beside the JPEG files. Raises RecordError when the file can't be written.
    """
    width, height = (img2pdf.mm_to_pt(side) for side in size)
    parts = []
    for first in range(0, len(jpegs), TOGETHER):
        parts.append(jpegs[0].with_name(f"part-{first}.pdf"))
        with parts[-1].open("wb") as file:
            img2pdf.convert(
                *jpegs[first : first + TOGETHER],
                layout_fun=lambda *_: (width, height, width, height),
                nodate=True,
                outputstream=file,
            )
    whole = jpegs[0].with_name("whole.pdf")
    _join(parts, whole, title)
    _move(whole, path)


def remove_pages_after(folder: Path, last: int) -> None:
    """Remove the PNGs of pages that there are no more."""
    for path in folder.glob("page-*.png"):
        number = re.fullmatch(r"page-(\d{3,})\.png", path.name)
        if number and int(number[1]) > last:
            path.unlink()


def _join(parts: Sequence[Path], whole: Path, title: str) -> None:
    """Write the pages of several PDF files to one; the same pages give the same bytes."""
    with pikepdf.new() as joined, ExitStack() as stack:
        for part in parts:
            joined.pages.extend(stack.enter_context(pikepdf.open(part)).pages)
        joined.docinfo["/Title"] = title
        joined.save(whole, deterministic_id=True)


def _move(source: Path, target: Path) -> None:
    """Put a file in its place, whole or not at all."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        raise RecordError(f"{target}: cannot be written ({error.strerror}); check free space and permissions") from error
    finally:
        part.unlink(missing_ok=True)
