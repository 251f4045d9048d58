"""Pictures to files of every kind, and what other programs find in them."""

import datetime
import hashlib
import io
import os
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from conftest import REPOSITORY, draw
from PIL import Image, ImageCms, JpegImagePlugin

from stylegrid.errors import ImageError
from stylegrid.pictures import encode, images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.pictures.metadata import Metadata, exif

KINDS = tuple(SUFFIXES)


def picture(width: int = 40, height: int = 30) -> np.ndarray:
    """Return stripes of whole levels of 256."""
    return images.to_array(Image.fromarray(draw(width, height)))


def ramp(width: int = 40, height: int = 30) -> np.ndarray:
    """Return alpha that grows from left to right by whole levels of 256: (1, height, width, 1)."""
    row = np.rint(np.linspace(0, 255, width)) / 255
    return np.broadcast_to(row[None, None, :, None], (1, height, width, 1)).astype(np.float32)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def levels(values: np.ndarray) -> np.ndarray:
    """Return a picture or alpha as whole levels of 256: (height, width, channels)."""
    return np.rint(values[0] * 255).astype(int)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_what_its_suffix_says(kind):
    image = opened(encode.encode(picture(), kind, 95))
    assert image.format == Image.registered_extensions()[SUFFIXES[kind]] == kind.upper()
    assert (image.size, image.mode) == ((40, 30), "RGB")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_back_as_it_was_painted(tmp_path, kind):
    path = tmp_path / f"a{SUFFIXES[kind]}"
    path.write_bytes(encode.encode(picture(), kind, 100))
    tolerance = 4 if kind == "jpeg" else 1  # a colour profile may round another way
    assert np.abs(levels(images.read(path)) - draw(40, 30)).max() <= tolerance


def test_a_png_says_it_is_srgb():
    image = opened(encode.encode(picture(), "png", 95))
    assert image.info["srgb"] == 0
    assert (pixels(image) == draw(40, 30)).all()


@pytest.mark.parametrize("kind", ["jpeg", "webp", "tiff"])
@pytest.mark.parametrize("alpha", [None, ramp()])
def test_the_other_kinds_embed_an_srgb_profile(kind, alpha):
    profile = ImageCms.ImageCmsProfile(
        io.BytesIO(opened(encode.encode(picture(), kind, 95, alpha)).info["icc_profile"])
    )
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert profile.profile.creation_date == datetime.datetime(1999, 1, 1)
    colours = Image.fromarray(draw(40, 30))
    same = ImageCms.profileToProfile(colours, profile, ImageCms.createProfile("sRGB"))
    assert np.abs(pixels(same) - pixels(colours)).max() <= 1


def test_a_jpeg_has_the_full_resolution_of_colour():
    data = encode.encode(picture(), "jpeg", 95)
    assert JpegImagePlugin.get_sampling(opened(data)) == 0  # 4:4:4
    dots = np.zeros((1, 32, 32, 3), np.float32)
    dots[:, :, ::2, 0] = dots[:, :, 1::2, 2] = 1  # columns of red and blue, which 4:2:0 would make purple
    assert np.abs(pixels(opened(encode.encode(dots, "jpeg", 100))) - levels(dots)).max() <= 8


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_quality_costs_bytes_and_saves_likeness(kind):
    files = [encode.encode(picture(200, 150), kind, quality) for quality in (20, 60, 95, 100)]
    errors = [np.abs(pixels(opened(data)) - draw(200, 150)).mean() for data in files]
    assert sorted(map(len, files)) == list(map(len, files)) and len(set(map(len, files))) == 4
    assert sorted(errors, reverse=True) == errors and len(set(errors)) == 4


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_quality_is_nothing_to_files_without_loss(kind):
    assert encode.encode(picture(), kind, 1) == encode.encode(picture(), kind, 100)


def test_webp_is_lossless_at_100():
    assert (pixels(opened(encode.encode(picture(), "webp", 100))) == draw(40, 30)).all()
    assert (pixels(opened(encode.encode(picture(), "webp", 99))) != draw(40, 30)).any()


@pytest.mark.parametrize("kind", ["png", "webp", "tiff"])
def test_alpha_is_kept(kind):
    image = opened(encode.encode(picture(), kind, 100, ramp()))
    assert image.mode == "RGBA"
    shown = levels(ramp()) > 0  # what lies beneath full transparency is nobody's business
    assert (pixels(image)[..., 3:] == levels(ramp())).all()
    assert (np.where(shown, pixels(image)[..., :3], 0) == np.where(shown, draw(40, 30), 0)).all()


@pytest.mark.parametrize(("opacity", "seen"), [(1, (255, 0, 0)), (0.4, (255, 153, 153)), (0, (255, 255, 255))])
def test_a_jpeg_shows_alpha_on_white(opacity, seen):
    red = np.zeros((1, 16, 16, 3), np.float32) + np.float32([1, 0, 0])
    image = opened(encode.encode(red, "jpeg", 100, np.full((1, 16, 16, 1), opacity, np.float32)))
    assert np.abs(pixels(image) - seen).max() <= 2


@pytest.mark.parametrize("size", [(40, 30), (4, 3), (3, 4), (2, 2), (5, 1)])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_a_tiff_has_sixteen_bits_a_channel(size, with_alpha):
    alpha = ramp(*size) if with_alpha else None
    data = encode.encode(picture(*size), "tiff", 95, alpha)
    expected = levels(picture(*size)) if alpha is None else np.dstack([levels(picture(*size)), levels(alpha)])
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        page = file.pages[0]
        assert (page.dtype, page.imagewidth, page.imagelength) == (np.uint16, *size)
        assert (page.photometric.name, page.compression.name) == ("RGB", "ADOBE_DEFLATE")
        assert [sample.name for sample in page.extrasamples] == (["UNASSALPHA"] if with_alpha else [])
        assert not {"DateTime", "Software", "ImageDescription"} & {tag.name for tag in page.tags}
        assert (page.asarray() == expected * 257).all()  # 255 levels are 65535


def test_sixteen_bits_are_rounded_to_the_nearest_level():
    values = np.array([-1, 0, 0.4, 0.6, 32767.6, 65534.4, 65535, 70000]) / 65535
    data = encode.encode(np.broadcast_to(values[None, None, :, None], (1, 2, 8, 3)).astype(np.float32), "tiff", 95)
    assert tifffile.imread(io.BytesIO(data))[1, :, 2].tolist() == [0, 0, 0, 1, 32768, 65534, 65535, 65535]


@pytest.mark.parametrize("alpha", [None, ramp()])
def test_sixteen_bits_are_read_back_to_half_a_level(alpha):
    exact = np.random.default_rng(0).random((1, 30, 40, 3), dtype=np.float32)
    data = encode.encode(exact, "tiff", 95, alpha)
    assert np.abs(tifffile.imread(io.BytesIO(data))[..., :3] / 65535 - exact[0]).max() <= 0.5 / 65535
    back, opacity = encode.decode_sixteen(data)
    assert (opacity is None) == (alpha is None)
    if alpha is not None:
        np.testing.assert_allclose(opacity, alpha, atol=1e-7)  # levels of 255 are levels of 65535
    assert back.shape == exact.shape and back.dtype == np.float32
    np.testing.assert_allclose(back, exact, rtol=0, atol=0.5 / 65535 + 6e-8)  # the last, float32's own rounding
    assert encode.encode(back, "tiff", 95, opacity) == data


def digest() -> str:
    """Return what identifies the bytes of all kinds of files, with alpha and without."""
    said = Metadata("née 🦊", "née 🦊: a cat", "stylegrid 1", "{}")
    parts = [encode.encode(picture(), kind, 95, alpha, said) for kind in KINDS for alpha in (None, ramp())]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def test_another_process_writes_the_same_bytes():
    """Colour profiles and TIFF would note the second they are made, and this starts a second or two later."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{REPOSITORY}/scripts:{REPOSITORY}/tests/pictures:{REPOSITORY}/tests:{REPOSITORY}/tests/helpers",
        "TZ": "Asia/Tokyo",
    }
    command = [sys.executable, "-c", "import test_encode; print(test_encode.digest())"]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == digest()


def test_a_picture_too_large_for_its_kind_is_refused():
    with pytest.raises(ImageError, match=r"^16384x2 pixels don't fit into webp"):
        encode.encode(np.zeros((1, 2, 16384, 3), np.float32), "webp", 95)


@pytest.mark.parametrize(("kind", "side"), [("webp", 16383), ("jpeg", 65500), ("png", 65536), ("tiff", 65536)])
def test_the_largest_picture_of_each_kind_is_written(kind, side):
    assert opened(encode.encode(np.zeros((1, 2, side, 3), np.float32), kind, 95)).size == (side, 2)


def test_a_noisy_jpeg_of_the_highest_quality_is_written():
    noise = np.random.default_rng(0).random((1, 700, 900, 3), dtype=np.float32)  # more bytes than Pillow reckons with
    assert opened(encode.encode(noise, "jpeg", 100)).size == (900, 700)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("alpha", [None, ramp()])
@pytest.mark.parametrize("length", [1, 1000, 60_001])  # odd and even, short and long
def test_what_a_picture_says_changes_neither_its_pixels_nor_its_colours(kind, alpha, length):
    said = Metadata("née 🦊", "née 🦊: a cat", "stylegrid 1", "x" * length)
    silent, telling = (encode.encode(picture(), kind, 95, alpha, words) for words in (None, said))
    before, after = opened(silent), opened(telling)
    assert (before.mode, before.size) == (after.mode, after.size)
    assert (pixels(before) == pixels(after)).all()
    for key in ("icc_profile", "srgb", "jfif_density"):
        assert before.info.get(key) == after.info.get(key)
    assert len(telling) > len(silent) + length


@pytest.mark.parametrize("alpha", [None, ramp()])
def test_sixteen_bits_are_the_same_beside_words(alpha):
    said = Metadata("", "a cat", "stylegrid 1", "{}")
    silent, telling = (
        encode.decode_sixteen(encode.encode(picture(), "tiff", 95, alpha, words)) for words in (None, said)
    )
    assert (silent[0] == telling[0]).all()
    assert (silent[1] is None) == (telling[1] is None) == (alpha is None)


@pytest.mark.parametrize("kind", ["png", "webp", "tiff"])
def test_words_too_long_for_a_jpeg_fit_into_the_others(kind):
    said = Metadata("", "a cat", "stylegrid 1", "x" * 70_000)
    assert opened(encode.encode(picture(), kind, 95, None, said)).size == (40, 30)
    with pytest.raises(ImageError, match=r"at most 65533 bytes, found 70\d\d\d; .*choose format png, webp or tiff"):
        encode.encode(picture(), "jpeg", 95, None, said)


def test_a_jpeg_is_filled_to_its_last_byte():
    spare = Metadata("", "a cat", "stylegrid 1", "")
    room = 65532 - len(exif(spare, "jpeg"))  # its parts have even lengths
    opened(encode.encode(picture(), "jpeg", 95, None, spare._replace(comment="x" * room)))
    with pytest.raises(ImageError, match="found 65534"):
        encode.encode(picture(), "jpeg", 95, None, spare._replace(comment="x" * (room + 2)))
