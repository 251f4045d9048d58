"""Scratch: the photograph's activations tile by tile on disk, where they are too many for the memory."""

import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from stylegrid.errors import RecordError
from stylegrid.vgg.features import Features


class _Place(NamedTuple):
    """Where an array of float32 lies in the file, and its shape."""

    offset: int
    shape: tuple[int, ...]


class Scratch:
    """Activations in a file without a name in `folder`, or the system's for such: it is gone with its process.

    Read when they are needed, they take no memory of the process; the system keeps in memory what it has room for.
    """

    def __init__(self, folder: Path | None = None):
        self._folder = folder or Path(tempfile.gettempdir())
        self._places: list[dict[str, _Place]] = []
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - open as long as this object is
        except OSError as error:
            raise RecordError(self._cannot_write(error)) from error
        weakref.finalize(self, self._file.close)

    def add(self, features: Mapping[str, tf.Tensor]) -> None:
        """Write the activations of the next tile; raises RecordError where they can't be written."""
        places = {}
        for layer, tensor in features.items():
            values = np.ascontiguousarray(tensor, np.float32)
            places[layer] = _Place(self._file.tell(), values.shape)
            try:
                self._file.write(values.data)
            except OSError as error:
                raise RecordError(self._cannot_write(error)) from error
        self._places.append(places)

    def read(self, tile: int) -> Features:
        """Return the activations of a tile, by its number."""
        return {layer: self._read(place) for layer, place in self._places[tile].items()}

    def _read(self, place: _Place) -> tf.Tensor:
        values = np.empty(place.shape, np.float32)
        self._file.seek(place.offset)
        self._file.readinto(values.reshape(-1).view(np.uint8).data)
        return tf.convert_to_tensor(values)

    def _cannot_write(self, error: OSError) -> str:
        return (
            f"{self._folder}: cannot hold the activations of a photograph painted in tiles ({error}); free some disk "
            "space, or paint it smaller"
        )
