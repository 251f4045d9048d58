"""JPEG 2000: depths that are read, and colour profiles."""

import struct

import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import images
from stylegrid.pictures.colour_profile import adobe_rgb


def levels(path) -> np.ndarray:
    images.inspect(path)
    return np.rint(images.read(path)[0] * 255)


@pytest.mark.parametrize("suffix", ["jp2", "j2k"])
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_eight_bits_are_read(tmp_path, mode, suffix):
    image, path = Image.fromarray(draw(20, 12)).convert(mode), tmp_path / f"a.{suffix}"
    image.save(path)
    assert (levels(path) == np.asarray(image.convert("RGB"))).all()


def test_transparency_is_read(tmp_path):
    image, path = Image.fromarray(draw(20, 12)), tmp_path / "a.jp2"
    image.putalpha(Image.new("L", image.size, 102))
    image.save(path)
    assert images.read_with_alpha(path)[1] == pytest.approx(0.4)


def test_sixteen_bits_of_grey_are_read(tmp_path):
    values, path = np.array([[0, 257, 32768, 65535]] * 4, np.uint16), tmp_path / "a.jp2"
    Image.fromarray(values).save(path)
    assert (levels(path)[..., 0] == [0, 1, 128, 255]).all()


@pytest.mark.parametrize("bits", [1, 4, 7, 10, 12, 16])
def test_other_depths_of_colours_are_refused(tmp_path, bits):
    path = tmp_path / "a.jp2"
    Image.fromarray(draw(20, 12)).save(path)
    data = bytearray(path.read_bytes())
    place = data.index(b"\xff\x4f\xff\x51") + 42  # of the first channel's depth, less 1, in the marker SIZ
    data[place : place + 9 : 3] = bytes([bits - 1]) * 3
    path.write_bytes(data)
    with pytest.raises(ImageError, match=rf"is a JPEG 2000 of {bits} bits a channel, of which 8 are read; export it"):
        images.inspect(path)


def test_an_embedded_profile_is_applied(tmp_path):
    path, profile = tmp_path / "a.jp2", adobe_rgb()
    Image.new("RGB", (8, 8), (200, 60, 60)).save(path)
    data = path.read_bytes()
    header, colour = data.index(b"jp2h") - 4, data.index(b"colr") - 4
    (length,) = struct.unpack_from(">I", data, colour)
    box = struct.pack(">I", 11 + len(profile)) + b"colr\2\0\0" + profile  # the restricted method: T.800, I.5.3.3
    grown = struct.pack(">I", struct.unpack_from(">I", data, header)[0] + len(box) - length)
    path.write_bytes(data[:header] + grown + data[header + 4 : colour] + box + data[colour + length :])
    assert np.abs(levels(path) - (231, 57, 57)).max() <= 1


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.jp2"
    Image.fromarray(draw(20, 12)).save(path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ImageError, match="damaged or cut short"):
        images.inspect(path)
