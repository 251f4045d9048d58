"""Small copies for a report."""

import io

import numpy as np
from conftest import save_picture
from PIL import Image

from stylegrid.pictures.captions import PAPER
from stylegrid.reports.plots import plot_style
from stylegrid.reports.report_copies import copy_of_plot, copy_of_sheet


def test_a_sheets_copy_is_a_jpeg_of_its_size_that_looks_like_it(tmp_path):
    path = save_picture(tmp_path / "sheet.png", 300, 200)
    with Image.open(io.BytesIO(copy_of_sheet(path))) as copy, Image.open(path) as sheet:
        assert (copy.format, copy.size) == ("JPEG", (300, 200))
        difference = np.asarray(copy, np.float32) - np.asarray(sheet, np.float32)
    assert np.abs(difference).mean() < 20


def test_a_plots_copy_keeps_the_colour_of_a_single_line():
    plot = Image.new("RGB", (400, 300), PAPER)
    for row, colour in enumerate(plot_style.COLOURS):
        plot.paste(colour, (0, 20 * row, 400, 20 * row + 1))
    plot.paste(Image.linear_gradient("L"), (0, 200))  # many colours more
    buffer = io.BytesIO()
    plot.save(buffer, format="PNG")
    with Image.open(io.BytesIO(copy_of_plot(buffer.getvalue()))) as copy:
        assert copy.format == "PNG" and len(copy.getcolors()) <= 64
        lines = np.asarray(copy.convert("RGB"), int)[: 20 * len(plot_style.COLOURS) : 20, 0]
    assert np.abs(lines - np.asarray(plot, int)[: 20 * len(plot_style.COLOURS) : 20, 0]).max() <= 16
