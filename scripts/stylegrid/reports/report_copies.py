"""Small copies of sheets and plots, for a report by Snakemake that can be sent: it holds each file whole, in base64."""

import io
from pathlib import Path

from PIL import Image

from stylegrid.pictures import images

SHEET_QUALITY = 70  # of JPEG: a twelfth of the PNG, with captions that can be read
PLOT_DPI, PLOT_COLOURS = 96, 64
FAITHFUL = Image.Quantize.FASTOCTREE  # keeps rare colours, such as a single line's; a median cut mixes them


def copy_of_sheet(path: Path) -> bytes:
    """Return a sheet as JPEG of its own size; raises ImageError when it can't be read."""
    buffer = io.BytesIO()
    images.read_image(path).save(buffer, format="JPEG", quality=SHEET_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()


def copy_of_plot(png: bytes) -> bytes:
    """Return a plot as PNG of few colours, from one of all."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as plot:
        plot.convert("RGB").quantize(PLOT_COLOURS, FAITHFUL).save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
