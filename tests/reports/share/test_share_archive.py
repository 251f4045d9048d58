"""The archive of pictures: names, bytes, and what they say of themselves."""

import io
import zipfile

import numpy as np
import pytest
from conftest import draw, make_job, make_record
from PIL import Image

from stylegrid.errors import RecordError
from stylegrid.pictures import encode, images
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.reports.share.share_archive import write_archive
from stylegrid.reports.share.shared import Shared
from stylegrid.store import provenance

RECORD = make_record(make_job())


@pytest.fixture
def pictures(tmp_path):
    """A picture of every kind, as it was published."""
    shared = []
    for kind, suffix in SUFFIXES.items():
        path = tmp_path / f"x{suffix}"
        pixels = images.to_array(Image.fromarray(draw(40, 30)))
        path.write_bytes(encode.encode(pixels, kind, 90, None, provenance.describe(RECORD)))
        shared.append(Shared(f"0-夜-{kind}", "", path, RECORD))
    return shared


def unpacked(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def pixels(data, kind):
    return encode.decode_sixteen(data)[0] if kind == "tiff" else np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("keep", [True, False])
def test_every_kind_keeps_its_pixels_and_only_what_it_may_say(pictures, tmp_path, keep):
    write_archive(tmp_path / "a.zip", pictures, keep)
    files = unpacked(tmp_path / "a.zip")
    assert list(files) == [f"{each.name}{each.picture.suffix}" for each in pictures]
    for (name, data), shared, kind in zip(files.items(), pictures, SUFFIXES, strict=True):
        assert np.array_equal(pixels(data, kind), pixels(shared.picture.read_bytes(), kind))
        assert b"content/cat.png" in shared.picture.read_bytes() and b"content/" not in data
        assert (b"sha of cat" in data) == keep
        if keep:
            (tmp_path / name).write_bytes(data)
            assert provenance.read(tmp_path / name).record.content.path == "cat.png"


def test_the_same_pictures_give_the_same_bytes(pictures, tmp_path):
    for name in ("a.zip", "b.zip"):
        write_archive(tmp_path / name, pictures, False)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_archive_is_written_whole_or_not_at_all(pictures, tmp_path):
    pictures[-1].picture.unlink()
    (tmp_path / "out").mkdir()
    with pytest.raises(RecordError, match=r"x\.tif: cannot be read"):
        write_archive(tmp_path / "out" / "a.zip", pictures, False)
    assert list((tmp_path / "out").iterdir()) == []
