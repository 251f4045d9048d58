"""Opacity that isn't any: a fourth sample that is void; and animations whose first frame is."""

import numpy as np
import pytest
from conftest import draw
from picture_files import write_bmp
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import images


def test_a_bmps_void_alpha_is_none(tmp_path):
    path = write_bmp(tmp_path / "a.bmp", np.dstack([draw(9, 6), np.zeros((6, 9))]))
    assert images.inspect(path)[1:3] == (9, 6)
    picture, alpha = images.read_with_alpha(path)
    assert alpha is None and (np.rint(picture[0] * 255) == draw(9, 6)).all()


def test_a_bmps_alpha_is_kept_where_it_shows_anything(tmp_path):
    opacity = np.zeros((6, 9))
    opacity[2:4, 3:7] = 102
    path = write_bmp(tmp_path / "a.bmp", np.dstack([draw(9, 6), opacity]))
    assert (np.rint(images.read_with_alpha(path)[1][0, ..., 0] * 255) == opacity).all()


@pytest.mark.parametrize("suffix", ["png", "webp", "avif"])
def test_other_formats_mean_their_alpha(tmp_path, suffix):
    Image.new("RGBA", (16, 16), (200, 0, 0, 0)).save(tmp_path / f"a.{suffix}")
    with pytest.raises(ImageError, match="every pixel is fully transparent; needs one that shows"):
        images.inspect(tmp_path / f"a.{suffix}")


@pytest.mark.parametrize("suffix", ["png", "webp", "gif"])
def test_a_first_frame_that_is_blank_is_told(tmp_path, suffix):
    frames = [Image.new("RGBA", (16, 16), (0, 0, 0, 0)), Image.new("RGBA", (16, 16), (200, 0, 0, 255))]
    path = tmp_path / f"a.{suffix}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with pytest.raises(ImageError, match="every pixel of its first frame is fully transparent; save a frame"):
        images.inspect(path)
