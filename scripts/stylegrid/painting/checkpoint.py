"""Checkpoints, from which a painting that was interrupted resumes bit for bit, and snapshots of it."""

import io
import json
import time
import zipfile
import zlib
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid import files
from stylegrid.method.evaluation import Arrays, Step
from stylegrid.method.objective import Losses
from stylegrid.method.optimise import NO_ARRAYS
from stylegrid.method.optimizer_state import OptimizerState
from stylegrid.pictures import encode
from stylegrid.pictures.images import Alpha, Picture

PREFIX = "memory."  # of the names of L-BFGS's arrays
WRITING = 0.04  # share of the time that may go into checkpoints


class Checkpoint(NamedTuple):
    """How far a painting has come, and what resumes it bit for bit."""

    scale: int  # longest side in pixels
    limit: int  # steps after which this scale ends
    taken: int
    optimizer: OptimizerState
    history: tuple[Step, ...]
    seconds: float
    exact_from: int | None = None  # step from which on float32 replaces a precision that stopped L-BFGS
    arrays: Mapping[str, np.ndarray] = NO_ARRAYS  # of L-BFGS; written one after another


class CheckpointFiles:
    """The files `<stem>.checkpoint.npz` and `<stem>.steps/000100.png`, each written atomically; none without a stem.

    A checkpoint is due `seconds` after the last, or later where writing would take more than 4 % of the time; with 0
    seconds after every step.
    """

    def __init__(self, stem: Path | None = None, seconds: float = 0):
        self._checkpoint = stem and stem.with_name(f"{stem.name}.checkpoint.npz")
        self._steps = stem and stem.with_name(f"{stem.name}.steps")
        self._seconds, self._pause, self._last = seconds, seconds, time.monotonic()

    def load(self) -> Checkpoint | None:
        """Return the checkpoint of an earlier run; None where there is none or it is damaged."""
        if self._checkpoint is None or not self._checkpoint.is_file():
            return None
        try:
            # From memory: of a damaged archive, NumPy leaves the file open.
            with np.load(io.BytesIO(self._checkpoint.read_bytes()), allow_pickle=False) as file:
                return _unpack(dict(file))
        except (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile):
            return None

    def is_due(self) -> bool:
        """Return whether it is time for a checkpoint."""
        return self._checkpoint is not None and time.monotonic() - self._last >= self._pause

    def save(self, checkpoint: Checkpoint, arrays: Arrays = ()) -> None:
        """Write a checkpoint and L-BFGS's arrays; raises RecordError when the folder can't be written."""
        assert self._checkpoint is not None
        began = time.monotonic()
        kept = ((f"{PREFIX}{name}", array) for name, array in arrays)
        files.write_by(self._checkpoint, lambda file: _write_arrays(file, chain(_pack(checkpoint).items(), kept)))
        self._last = time.monotonic()
        if self._seconds:
            self._pause = max(self._seconds, (self._last - began) / WRITING)

    def snapshot(self, step: int, picture: Picture, alpha: Alpha | None) -> None:
        """Write a snapshot, named by its step."""
        if self._steps is not None:
            files.write_bytes(self._steps / f"{step:06d}.png", encode.encode(picture, "png", 100, alpha))

    def rewind(self, step: int) -> None:
        """Remove the snapshots after a step, left by a run that was killed after its last checkpoint."""
        for picture in self._steps.glob("*.png") if self._steps is not None else ():
            if int(picture.stem) > step:
                picture.unlink()

    def finish(self) -> None:
        """Remove the checkpoint of a painting that is finished."""
        if self._checkpoint is not None:
            self._checkpoint.unlink(missing_ok=True)


def _write_arrays(file: BinaryIO, arrays: Arrays) -> None:
    """Write arrays as NumPy's savez does, but one after another, as they are yielded."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays:
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _pack(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    state = checkpoint.optimizer
    arrays = {name: value.numpy() for name, value in state._asdict().items() if tf.is_tensor(value)}
    rest = {
        "scale": checkpoint.scale,
        "limit": checkpoint.limit,
        "taken": checkpoint.taken,
        "updates": state.updates,
        "missing": state.missing,
        "seconds": checkpoint.seconds,
        "exact_from": checkpoint.exact_from,
        "history": [(step.step, step.scale, *step.losses) for step in checkpoint.history],
    }
    return {**arrays, "rest": np.array(json.dumps(rest))}


def _unpack(arrays: dict[str, np.ndarray]) -> Checkpoint:
    rest = json.loads(str(arrays.pop("rest")))
    history = tuple(Step(step, scale, Losses(*terms)) for step, scale, *terms in rest["history"])
    kept = {name.removeprefix(PREFIX): array for name, array in arrays.items() if name.startswith(PREFIX)}
    tensors = {name: tf.constant(array) for name, array in arrays.items() if not name.startswith(PREFIX)}
    state = OptimizerState(**tensors, updates=rest["updates"], missing=rest["missing"])
    progress = rest["scale"], rest["limit"], rest["taken"]
    return Checkpoint(*progress, state, history, rest["seconds"], rest["exact_from"], kept)
