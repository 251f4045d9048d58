"""JPEGs without their end mark, which are read if every pixel is there."""

import io

import numpy as np
import pytest
from conftest import draw
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import images


def jpeg(**options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(draw(64, 48)).save(buffer, "JPEG", quality=90, **options)
    assert buffer.getvalue().endswith(b"\xff\xd9")
    return buffer.getvalue()


def read(path, data: bytes) -> np.ndarray:
    path.write_bytes(data)
    assert images.inspect(path)[1:3] == (64, 48)
    return images.read(path)


KINDS = {"baseline": {}, "progressive": {"progressive": True}, "fine": {"subsampling": 0, "restart_marker_blocks": 2}}


@pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end_mark_is_read(tmp_path, options, cut):
    whole = jpeg(**options)
    expected = read(tmp_path / "whole.jpg", whole)
    assert (read(tmp_path / "a.jpg", whole[:-cut]) == expected).all()


@pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_jpeg_that_lacks_pixels_is_refused(tmp_path, options, share):
    whole, path = jpeg(**options), tmp_path / "a.jpg"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ImageError, match=r"a\.jpg: is damaged or cut short"):
        images.inspect(path)


@pytest.mark.parametrize("options", KINDS.values(), ids=KINDS)
def test_wherever_a_jpeg_is_cut_it_is_read_whole_or_refused(tmp_path, options):
    whole, path, read_whole = jpeg(**options), tmp_path / "a.jpg", 0
    expected = read(tmp_path / "whole.jpg", whole)
    for cut in [*range(1, 40), *range(40, len(whole) - 2, 11)]:
        path.write_bytes(whole[:-cut])
        try:
            assert (images.read(path) == expected).all()
            read_whole += 1
        except ImageError:
            pass
    assert 2 <= read_whole <= 3  # cut in the end mark, or in the bits that fill up the last byte


@pytest.mark.parametrize("trailer", [b"SEFT", b"\0" * 100, b"\xff\xda", b"a film \xff\xda\0\xff", b"\xff\xd9"])
def test_what_follows_the_end_changes_nothing(tmp_path, trailer):
    expected = read(tmp_path / "whole.jpg", jpeg())
    assert (read(tmp_path / "a.jpg", jpeg() + trailer) == expected).all()


def test_the_thumbnails_end_is_not_the_pictures(tmp_path):
    thumbnail = io.BytesIO()
    Image.new("RGB", (8, 8)).save(thumbnail, "JPEG")
    whole = jpeg(exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + thumbnail.getvalue())
    expected = read(tmp_path / "whole.jpg", whole)
    assert (read(tmp_path / "a.jpg", whole[:-2]) == expected).all()
