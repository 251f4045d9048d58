"""Printed pages as files, seen by pikepdf, poppler and Pillow."""

import io
import shutil
import subprocess
import time

import numpy as np
import pikepdf
import pytest
from conftest import draw
from PIL import Image, ImageCms

import stylegrid.reports.print.print_files
from stylegrid.errors import RecordError
from stylegrid.reports.print.print_files import page_path, remove_pages_after, to_jpeg, to_png, write_pdf


@pytest.fixture
def write(tmp_path):
    """Return a function that writes so many pages, each of another colour and small, and returns the PDF's path."""

    def write(count, size=(210.0, 297.0), title="Ours"):
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        jpegs = [scratch / f"{number}.jpg" for number in range(count)]
        for number, path in enumerate(jpegs):
            path.write_bytes(to_jpeg(Image.new("RGB", (124, 175), (number * 5, 0, 100))))
        write_pdf(tmp_path / "gallery.pdf", jpegs, size, title)
        return tmp_path / "gallery.pdf"

    return write


def profile_name(data):
    return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(data))).strip()


def test_a_png_keeps_every_level_and_says_300_dpi_and_srgb():
    page = Image.fromarray(draw(60, 80))
    with Image.open(io.BytesIO(to_png(page))) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)  # PNG counts whole pixels a metre
        assert "sRGB" in profile_name(image.info["icc_profile"])
        assert (np.asarray(image) == draw(60, 80)).all()


def test_a_jpeg_has_colours_at_full_resolution_300_dpi_and_srgb():
    page = np.zeros((64, 64, 3), np.uint8)
    page[:, ::2], page[:, 1::2] = (255, 0, 0), (0, 0, 255)  # columns of one pixel, which halved colours would blend
    with Image.open(io.BytesIO(to_jpeg(Image.fromarray(page)))) as image:
        assert image.info["dpi"] == (300, 300)
        assert "sRGB" in profile_name(image.info["icc_profile"])
        assert abs(np.asarray(image).astype(int) - page).max() < 20


@pytest.mark.parametrize(("size", "points"), [((210.0, 297.0), (595.276, 841.890)), ((279.4, 215.9), (792, 612))])
def test_a_pdf_has_pages_of_the_papers_size_with_one_srgb_picture_each(write, size, points):
    with pikepdf.open(write(3, size)) as pdf:
        assert len(pdf.pages) == 3
        for page in pdf.pages:
            assert [float(edge) for edge in page.mediabox] == pytest.approx([0, 0, *points], abs=0.01)
            (image,) = page.get_images().values()
            space, profile = image.ColorSpace
            assert space == "/ICCBased" and profile.N == 3
            assert "sRGB" in profile_name(profile.read_bytes())
            assert image.Filter == "/DCTDecode"
        assert pdf.docinfo["/Title"] == "Ours"


def test_pages_stay_in_order_when_there_are_more_than_are_joined_at_once(write):
    count = 2 * stylegrid.reports.print.print_files.TOGETHER + 3
    with pikepdf.open(write(count)) as pdf:
        reds = [
            pikepdf.PdfImage(next(iter(page.get_images().values()))).as_pil_image().getpixel((9, 9))[0]
            for page in pdf.pages
        ]
    assert reds == pytest.approx([5 * number for number in range(count)], abs=3)


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")
def test_poppler_draws_the_page_that_the_png_shows(tmp_path):
    smooth = Image.fromarray(draw(31, 44)).resize((2480, 3508), Image.Resampling.BILINEAR)
    (tmp_path / "1.jpg").write_bytes(to_jpeg(smooth))
    write_pdf(tmp_path / "gallery.pdf", [tmp_path / "1.jpg"], (210.0, 297.0), "Ours")
    command = ["pdftoppm", "-r", "300", "-singlefile", str(tmp_path / "gallery.pdf"), str(tmp_path / "drawn")]
    subprocess.run(command, check=True)
    with Image.open(tmp_path / "drawn.ppm") as drawn:
        assert drawn.size in {(2480, 3508), (2481, 3508)}  # 210 mm are 2480.3 pixels, which poppler rounds up
        shown = np.asarray(drawn.convert("RGB"), int)[:3508, :2480]
    differences = abs(shown - np.asarray(smooth, int))
    assert differences.mean() < 1.5
    assert np.percentile(differences, 99.9) < 12


def test_the_same_pages_give_the_same_pdf(write):
    first = write(3).read_bytes()
    time.sleep(1.1)  # a PDF's identifier may be of the second it was made in
    assert write(3).read_bytes() == first


@pytest.mark.parametrize("title", ["x" * 10_000, "شتاء 🎨", "(\\)", ""])
def test_a_pdf_bears_any_title(write, title):
    with pikepdf.open(write(1, title=title)) as pdf:
        assert str(pdf.docinfo["/Title"]) == title


def test_a_pdf_that_cannot_be_written_leaves_the_last_one(write, monkeypatch):
    path = write(1)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(stylegrid.reports.print.print_files, "_join", full)
    with pytest.raises(RecordError, match=r"gallery\.pdf: cannot be written \(No space left on device\)"):
        write(2)
    assert path.read_bytes() == before


def test_only_pages_after_the_last_are_removed(tmp_path):
    for number in (1, 2, 3, 1000):
        page_path(tmp_path, number).touch()
    others = {"page-x.png", "page-004.jpg", "page-9.png"}
    for name in others:
        (tmp_path / name).touch()
    remove_pages_after(tmp_path, 2)
    assert {path.name for path in tmp_path.iterdir()} == {"page-001.png", "page-002.png", *others}
