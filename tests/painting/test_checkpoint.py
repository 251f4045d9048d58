"""Checkpoints and snapshots: what is written comes back, and what is damaged counts as nothing."""

import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from stylegrid.errors import RecordError
from stylegrid.method.evaluation import Step
from stylegrid.method.objective import Losses
from stylegrid.method.optimizer_state import OptimizerState
from stylegrid.painting.checkpoint import Checkpoint, CheckpointFiles

RANDOM = np.random.default_rng(0)
ARRAYS = RANDOM.random((4, 1, 4, 5, 3), dtype=np.float32)
STATE = OptimizerState(*map(tf.constant, ARRAYS[:3]), 7, tf.constant(ARRAYS[3]), 0.1 + 0.2)
HISTORY = (Step(0, 32, Losses(1 / 3, 2.0, 3e-30, 4e20)), Step(2, 32, Losses(1.0, 0.0, 0.1, 1.1)))
CHECKPOINT = Checkpoint(32, 9, 3, STATE, HISTORY, 1.25, 2)


@pytest.fixture
def stem(tmp_path):
    return tmp_path / "cache" / "abc.def"


@pytest.fixture
def file(stem):
    CheckpointFiles(stem, 0).save(CHECKPOINT)
    return stem.with_name("abc.def.checkpoint.npz")


def test_a_checkpoint_comes_back_as_it_was(stem, file):
    loaded = CheckpointFiles(stem).load()
    for name, value in STATE._asdict().items():
        np.testing.assert_array_equal(getattr(loaded.optimizer, name), value)
    assert all(tf.is_tensor(value) for value in loaded.optimizer if not isinstance(value, int | float))
    assert loaded.optimizer.pixels.dtype == tf.float32
    assert loaded._replace(optimizer=STATE) == CHECKPOINT


def test_the_newest_checkpoint_counts(stem, file):
    CheckpointFiles(stem, 0).save(CHECKPOINT._replace(taken=9, scale=64))
    assert CheckpointFiles(stem).load()[:2] == (64, 9)
    assert list(file.parent.iterdir()) == [file]


def test_what_an_optimiser_remembers_comes_back_bit_for_bit(stem):
    arrays = {"row3": ARRAYS[0], "products": np.random.default_rng(2).normal(size=(3, 3)), "pairs": np.array([4, 5])}
    CheckpointFiles(stem, 0).save(CHECKPOINT, arrays.items())
    loaded = CheckpointFiles(stem).load()
    assert loaded.arrays.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(loaded.arrays[name], array)
        assert loaded.arrays[name].dtype == array.dtype
    assert loaded._replace(optimizer=STATE, arrays={}) == CHECKPOINT


def test_a_checkpoint_waits_until_it_is_time(stem):
    assert not CheckpointFiles(stem, 1000).is_due()
    assert CheckpointFiles(stem, 0).is_due()


def test_time_counts_from_the_last_checkpoint(stem, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("stylegrid.painting.checkpoint.time.monotonic", lambda: now[0])
    progress, written = CheckpointFiles(stem, 20), []
    for now[0] in (5.0, 19.0, 25.0, 44.0, 45.0, 46.0):
        if progress.is_due():
            progress.save(CHECKPOINT._replace(taken=int(now[0])))
        written.append(loaded.taken if (loaded := CheckpointFiles(stem).load()) else None)
    assert written == [None, None, 25, 25, 45, 45]


def test_one_that_takes_long_to_write_is_written_less_often(stem, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("stylegrid.painting.checkpoint.time.monotonic", lambda: now[0])
    progress = CheckpointFiles(stem, 20)

    def slow():
        now[0] += 3
        yield from ()

    now[0] = 20
    progress.save(CHECKPOINT, slow())
    due = []
    for now[0] in (43.0, 23 + 74.0, 23 + 75.0):
        due.append(progress.is_due())
    assert due == [False, False, True]  # 3 seconds are 4 % of 75
    progress.save(CHECKPOINT)
    now[0] += 20
    assert progress.is_due()


def test_nothing_is_kept_without_a_stem(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    progress = CheckpointFiles(None, 0)
    assert not progress.is_due()
    progress.snapshot(1, ARRAYS[:1, 0], None)
    progress.finish()
    assert progress.load() is None
    assert not list(tmp_path.iterdir())


def test_a_finished_painting_leaves_no_checkpoint(stem, file):
    CheckpointFiles(stem).finish()
    assert not file.exists()
    CheckpointFiles(stem).finish()


def test_snapshots_are_png_files_named_by_their_step(stem):
    picture = np.zeros((1, 4, 5, 3), np.float32)
    picture[..., 0] = 1
    CheckpointFiles(stem).snapshot(120, picture, None)
    (path,) = stem.with_name("abc.def.steps").iterdir()
    assert path.name == "000120.png"
    with Image.open(path) as image:
        assert (image.format, image.size, image.getpixel((2, 2))) == ("PNG", (5, 4), (255, 0, 0))


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written"):
        CheckpointFiles(tmp_path / "file" / "stem", 0).save(CHECKPOINT)


def npz(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=True, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        b"PK\x03\x04 and no more",
        npz(),
        npz(rest=np.array("null")),
        npz(rest=np.array("[]")),
        npz(rest=np.array("{}")),
        npz(rest=np.array("{")),
        npz(rest=np.array([None])),
        npz(**{**STATE._asdict(), "rest": np.array('{"scale": 1}')}),
    ],
    ids=range(10),
)
def test_other_files_count_as_nothing(stem, file, data):
    file.write_bytes(data)
    assert CheckpointFiles(stem).load() is None


def test_a_checkpoint_cut_short_counts_as_nothing(stem, file):
    data = file.read_bytes()
    for length in range(0, len(data), 17):
        file.write_bytes(data[:length])
        assert CheckpointFiles(stem).load() is None


def test_a_damaged_checkpoint_counts_as_nothing_or_changes_nothing(stem, file):
    """Archives have bytes that nobody reads; all others are under a checksum."""
    data = file.read_bytes()
    for place in range(0, len(data), 3):
        file.write_bytes(data[:place] + bytes([data[place] ^ 9]) + data[place + 1 :])
        loaded = CheckpointFiles(stem).load()
        assert loaded is None or loaded._replace(optimizer=STATE) == CHECKPOINT
        assert loaded is None or np.array_equal(loaded.optimizer.pixels, STATE.pixels)


def test_a_folder_in_its_place_counts_as_nothing(stem):
    stem.with_name("abc.def.checkpoint.npz").mkdir(parents=True)
    assert CheckpointFiles(stem).load() is None


def test_rewinding_removes_the_pictures_after_a_step(stem):
    progress = CheckpointFiles(stem)
    for step in (10, 20, 30):
        progress.snapshot(step, np.zeros((1, 2, 2, 3), np.float32), None)
    progress.rewind(20)
    assert sorted(path.name for path in stem.with_name(f"{stem.name}.steps").iterdir()) == ["000010.png", "000020.png"]
