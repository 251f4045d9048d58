"""Pictures looked at once."""

import os

import pytest
from conftest import save_picture

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.plan import picture_index
from stylegrid.plan.picture_index import PictureIndex


@pytest.fixture
def memory(tmp_path):
    return tmp_path / "cache" / "pictures.json"


def damage(path):
    """Overwrite a file with zeros, without changing its size and time of change."""
    status = path.stat()
    path.write_bytes(bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def remembered(memory, path):
    inspector = PictureIndex(memory)
    found = inspector.inspect(path)
    inspector.save()
    return found


def test_a_picture_is_inspected(tmp_path, memory):
    path = save_picture(tmp_path / "a.png", 8, 6)
    assert PictureIndex(memory).inspect(path) == (files.sha256(path), 8, 6, False)


def test_a_picture_is_not_decoded_again_in_the_next_run(tmp_path, memory):
    path = save_picture(tmp_path / "a.png", 8, 6)
    found = remembered(memory, path)
    damage(path)
    assert PictureIndex(memory).inspect(path) == found


def test_a_picture_is_looked_at_again_once_pictures_are_read_differently(tmp_path, memory, monkeypatch):
    path = save_picture(tmp_path / "a.png", 8, 6)
    remembered(memory, path)
    damage(path)
    monkeypatch.setattr(picture_index, "READING", picture_index.READING + 1)
    with pytest.raises(ImageError, match="is not a picture"):
        PictureIndex(memory).inspect(path)


def test_a_picture_that_has_changed_is_looked_at_again(tmp_path, memory):
    path = save_picture(tmp_path / "a.png", 8, 6)
    remembered(memory, path)
    save_picture(path, 10, 6)
    assert PictureIndex(memory).inspect(path) == (files.sha256(path), 10, 6, False)


def test_a_picture_that_has_gone_is_a_fault(tmp_path, memory):
    path = save_picture(tmp_path / "a.png")
    remembered(memory, path)
    path.unlink()
    with pytest.raises(ImageError, match="no such file"):
        PictureIndex(memory).inspect(path)


def test_a_fault_is_reported_every_time_but_not_remembered(tmp_path, memory):
    inspector = PictureIndex(memory)
    (tmp_path / "a.png").write_bytes(b"no picture")
    for _ in range(2):
        with pytest.raises(ImageError, match="is not a picture"):
            inspector.inspect(tmp_path / "a.png")
    inspector.save()
    assert memory.read_text() == "{}"


def test_other_pictures_stay_remembered(tmp_path, memory):
    first, second = save_picture(tmp_path / "a.png"), save_picture(tmp_path / "b.png")
    found = remembered(memory, first)
    remembered(memory, second)
    damage(first)
    assert PictureIndex(memory).inspect(first) == found


def test_nothing_is_written_when_nothing_is_new(tmp_path, memory):
    path = save_picture(tmp_path / "a.png")
    remembered(memory, path)
    before = memory.stat()
    remembered(memory, path)
    assert memory.stat().st_ino == before.st_ino


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"a": 5}', b'{"a": [1]}'])
def test_a_damaged_memory_only_costs_looking_again(tmp_path, memory, content):
    memory.parent.mkdir()
    memory.write_bytes(content)
    path = save_picture(tmp_path / "a.png", 8, 6)
    assert remembered(memory, path)[1:3] == (8, 6)
