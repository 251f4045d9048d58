"""The pages of TIFFs and BigTIFFs of both byte orders, and of those that lead astray."""

import struct

import numpy as np
import pytest
import tifffile
from picture_files import write_tiff

from stylegrid.pictures.tiff_pages import MOST_ENTRIES, read_pages


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_pages_and_those_below_them_are_found(tmp_path, order, big):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path, byteorder=order, bigtiff=big) as writer:
        writer.write(np.zeros((3, 5, 4), np.uint16), photometric="rgb", extrasamples=["assocalpha"], subifds=1)
        writer.write(np.zeros((6, 8), np.uint8), photometric="minisblack")
        writer.write(np.zeros((9, 7), np.float32), photometric="minisblack", subfiletype=1, compression="zlib")
    first, second = read_pages(path)
    assert (first.size, first.bits, first.number, first.samples, first.alpha) == ((5, 3), 16, 1, 4, 0)
    assert first.is_full and first.is_multiplied and first.describe() == "16-bit RGB with alpha"
    assert [tags[256] for tags in first.below] == [(8,)]
    assert (second.size, second.bits, second.number, second.samples) == ((7, 9), 32, 3, 1)
    assert not second.is_full and second.alpha is None and second.describe() == "32-bit floating-point grey"


def test_pages_that_lead_in_a_circle_end(tmp_path):
    path = write_tiff(tmp_path / "a.tif", (4, 4), bytes(16), {258: 8, 262: 1})
    data = bytearray(path.read_bytes())
    (place,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, place)
    struct.pack_into("<I", data, place + 2 + 12 * count, place)  # the next page is this one
    path.write_bytes(data)
    assert len(read_pages(path)) == 1


@pytest.mark.parametrize("data", [b"II*\0", b"II*\0\x08\0\0\0" + struct.pack("<H", MOST_ENTRIES + 1)])
def test_damaged_directories_raise(tmp_path, data):
    path = tmp_path / "a.tif"
    path.write_bytes(data)
    with pytest.raises((ValueError, struct.error)):
        read_pages(path)
