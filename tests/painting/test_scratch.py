"""Scratch: tiles' activations come back as they went, and a disk without room is said."""

import errno
import gc

import numpy as np
import pytest
import tensorflow as tf

from stylegrid.errors import RecordError
from stylegrid.painting.scratch import Scratch

RANDOM = np.random.default_rng(0)


def features(height: int) -> dict[str, tf.Tensor]:
    return {layer: tf.constant(RANDOM.normal(size=(1, height, 5, 3)), tf.float32) for layer in ("relu1_1", "conv2_1")}


def test_what_is_read_is_what_was_written_in_any_order(tmp_path):
    scratch, written = Scratch(tmp_path / "new"), [features(height) for height in (2, 0, 7)]
    for each in written:
        scratch.add(each)
    for tile in (2, 0, 1, 2):
        found = scratch.read(tile)
        assert found.keys() == written[tile].keys()
        assert all(np.array_equal(found[layer], values) for layer, values in written[tile].items())


def test_nothing_is_left_of_it(tmp_path):
    scratch = Scratch(tmp_path)
    scratch.add(features(3))
    assert not list(tmp_path.iterdir())
    del scratch
    gc.collect()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecordError, match=r"file: cannot hold the activations of a photograph painted in tiles \("):
        Scratch(tmp_path / "file")


class Full:
    """A file on a disk that is full."""

    def tell(self):
        return 0

    def write(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        pass


def test_a_full_disk_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("stylegrid.painting.scratch.tempfile.TemporaryFile", lambda dir: Full())
    with pytest.raises(RecordError, match=r"No space left on device\); free some disk space, or paint it smaller$"):
        Scratch(tmp_path).add(features(2))
