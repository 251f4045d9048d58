"""An untrained VGG19: He-normal kernels from a seed, zero biases; for tests and curiosity."""

from pathlib import Path

import numpy as np

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.vgg.architecture import CONVOLUTIONS, Convolution
from stylegrid.vgg.formats.keras_hdf5 import write_keras
from stylegrid.vgg.layers import Weights
from stylegrid.vgg.weights.read import read_weights

UNTRAINED_FILE = "vgg19_untrained_notop.h5"
UNTRAINED_SEED = 7  # the least grain of three seeds compared by eye


def make_untrained(path: Path, seed: int = UNTRAINED_SEED) -> Path:
    """Return the path of an untrained VGG19 in Keras' format, written there if missing or damaged.

    Kernels are drawn from He's normal distribution, N(0, 2 / (9 * channels in)); biases are zero. The same seed gives
    the same file.
    """
    return files.make_once(path, _is_readable, lambda: write_keras(path, random_weights(seed)))


def random_weights(seed: int = UNTRAINED_SEED) -> Weights:
    """Return He-normal weights, the same for the same seed."""
    generator = np.random.default_rng(seed)
    return {conv.keras_name: _he_normal(conv, generator) for conv in CONVOLUTIONS}


def _is_readable(path: Path) -> bool:
    try:
        return bool(read_weights(path))
    except WeightsError:
        return False


def _he_normal(conv: Convolution, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    height, width, channels_in, channels_out = conv.kernel_shape
    kernel = generator.standard_normal(conv.kernel_shape, dtype=np.float32)
    return kernel * np.float32(np.sqrt(2 / (height * width * channels_in))), np.zeros(channels_out, np.float32)
