"""Words inside picture files, as other programs find them: ExifTool, ImageMagick, Pillow and tifffile."""

import io
import json
import shutil
import subprocess

import numpy as np
import pytest
import tifffile
from conftest import draw
from PIL import ExifTags, Image

from stylegrid.pictures import encode, images, metadata
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.pictures.metadata import Metadata

KINDS = tuple(SUFFIXES)
TITLE = 'née 🦊 שלום "&<'
SAID = Metadata(TITLE, f"{TITLE}: a cat", "stylegrid 1.2.3", '{"title":"\\ud83e\\udd8a"}')
IN_ASCII = Metadata("Cat", "Cat: a cat", "stylegrid 1.2.3", "{}")
IN_LATIN = Metadata("née", "née: a cat", "stylegrid 1.2.3", "{}")

needs_exiftool = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
needs_identify = pytest.mark.skipif(shutil.which("identify") is None, reason="ImageMagick is not installed")


def saved(folder, kind, said=SAID):
    path = folder / f"a{SUFFIXES[kind]}"
    picture = images.to_array(Image.fromarray(draw(40, 30)))
    path.write_bytes(encode.encode(picture, kind, 95, None, said))
    return path


def by_exiftool(path, *flags):
    command = ["exiftool", "-json", "-a", *flags, str(path)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)[0]


def by_imagemagick(path):
    return subprocess.run(["identify", "-verbose", str(path)], capture_output=True, text=True, check=True).stdout


@needs_exiftool
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", [SAID, IN_LATIN])
def test_exiftool_shows_every_word(tmp_path, kind, said):
    shown = by_exiftool(saved(tmp_path, kind, said))
    png = kind == "png"
    assert shown["Description" if png else "ImageDescription"] == said.description
    assert shown["Software"] == "stylegrid 1.2.3"
    assert shown["Comment" if png else "UserComment"] == said.comment
    assert shown.get("Title") == (said.title if png else None)


@needs_exiftool
@pytest.mark.parametrize("kind", ["png", "webp"])
def test_exiftool_finds_nothing_wrong(tmp_path, kind):
    assert by_exiftool(saved(tmp_path, kind), "-validate")["Validate"] == "OK"


@needs_exiftool
@pytest.mark.parametrize("kind", ["jpeg", "tiff"])
def test_exiftool_misses_only_what_cameras_say(tmp_path, kind):
    command = ["exiftool", "-a", "-s3", "-validate", "-warning", str(saved(tmp_path, kind))]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    missed = {"jpeg": "Missing required JPEG", "tiff": "Missing required TIFF ExifIFD tag 0xa000"}[kind]
    deflated = "Invalid value for IFD0 tag 0x0103 Compression"  # Adobe's, which EXIF does not know
    assert [line for line in found if not line.startswith(missed) and line != deflated] == []


@needs_identify
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("png", ("Description: Cat: a cat", "Software: stylegrid 1.2.3", "Title: Cat", "Comment: {}")),
        ("jpeg", ("exif:Software: stylegrid 1.2.3", "exif:ImageDescription: ", "exif:UserComment: ")),
        ("tiff", ("comment: Cat: a cat", "tiff:software: stylegrid 1.2.3")),
        ("webp", ("Profile-exif: ",)),
    ],
)
def test_imagemagick_shows_them(tmp_path, kind, fields):
    shown = by_imagemagick(saved(tmp_path, kind, IN_ASCII))
    assert [field for field in fields if field not in shown] == []


def test_tifffile_shows_them(tmp_path):
    with tifffile.TiffFile(saved(tmp_path, "tiff")) as file:
        tags = file.pages[0].tags
        assert tags["ImageDescription"].value == SAID.description
        assert tags["Software"].value == SAID.software
        assert tags["ExifTag"].value["UserComment"] == SAID.comment
        assert [tag.code for tag in tags] == sorted(tag.code for tag in tags)
        assert (file.pages[0].asarray() == np.asarray(draw(40, 30)).astype(int) * 257).all()


def test_a_tiffs_exif_begins_at_an_even_place_whatever_comes_before():
    places = set()
    for width in range(40, 60):
        picture = images.to_array(Image.fromarray(draw(width, 30)))
        data = encode.encode(picture, "tiff", 95, None, SAID)
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            place = file.pages[0].tags["ExifTag"].offset + 8
        places.add(int.from_bytes(data[place : place + 4], "little") % 2)
    assert places == {0}


@pytest.mark.parametrize("kind", ["jpeg", "webp", "tiff"])
def test_pillow_finds_exifs_fields(tmp_path, kind):
    with Image.open(saved(tmp_path, kind)) as image:
        first, second = image.getexif(), image.getexif().get_ifd(ExifTags.IFD.Exif)
    assert first[ExifTags.Base.ImageDescription].encode("latin-1").decode() == SAID.description
    assert first[ExifTags.Base.Software] == SAID.software
    assert second[ExifTags.Base.UserComment] == b"ASCII\0\0\0" + SAID.comment.encode()
    assert (second[ExifTags.Base.ExifVersion], second[ExifTags.Base.ColorSpace]) == (b"0232", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_comment_is_read_back(tmp_path, kind):
    with Image.open(saved(tmp_path, kind)) as image:
        assert metadata.read_comment(image) == SAID.comment
    with Image.open(saved(tmp_path, kind, None)) as image:
        assert metadata.read_comment(image) == ""


def test_a_png_without_a_title_has_no_chunk_for_it(tmp_path):
    with Image.open(saved(tmp_path, "png", SAID._replace(title=""))) as image:
        assert list(image.text) == ["Description", "Software", "Comment"]
