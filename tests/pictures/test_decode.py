"""Files that may not be read, and numbers whose white isn't known."""

import errno
from pathlib import Path

import numpy as np
import pytest
from conftest import save_picture
from PIL import Image

from stylegrid.errors import ImageError
from stylegrid.pictures import decode, images


def test_a_file_that_may_not_be_read_is_told_so(tmp_path, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    path = save_picture(tmp_path / "a.png")
    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, who may read everything
    with pytest.raises(ImageError) as caught:
        images.inspect(path)
    assert str(caught.value) == f"{path}: may not be read (Permission denied); change permissions"


@pytest.mark.parametrize("most", [1.1, 2, 15.9])
def test_floating_point_of_an_unknown_white_is_refused(tmp_path, most):
    path = tmp_path / "a.tif"
    Image.fromarray(np.linspace(0, most, 16, dtype=np.float32).reshape(4, 4)).save(path)
    for read in (images.inspect, decode.decode):
        with pytest.raises(ImageError, match=rf"holds numbers up to {most:.4g}, neither 0 to 1 nor 0 to 255; save it"):
            read(path)


def test_floating_point_rounded_above_one_is_white(tmp_path):
    path = tmp_path / "a.tif"
    Image.fromarray(np.full((4, 4), 1.0000002, np.float32)).save(path)
    assert decode.decode(path)[0].getpixel((0, 0)) == (255, 255, 255)
