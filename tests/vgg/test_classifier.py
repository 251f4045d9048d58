"""The classifier, of files made by hand: what is read of them, and what they take a picture for."""

import math

import h5py
import numpy as np
import pytest

from stylegrid.errors import WeightsError
from stylegrid.vgg import classifier
from stylegrid.vgg.architecture import CLASSIFIER, Dense
from stylegrid.vgg.classifier import class_names, classify, read_classifier
from stylegrid.vgg.formats import keras_hdf5

TINY = {"fc1": (7 * 7 * 512, 2), "fc2": (2, 2), "predictions": (2, 1000)}
BLUE = 255 - 103.939  # what the network sees of blue


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Classifiers of two units instead of 4,096, which take half a gigabyte."""
    monkeypatch.setattr(keras_hdf5, "CLASSIFIER", [Dense(*layer) for layer in TINY.items()])


def made(**changes):
    """A classifier that looks at two corners of what it sees: below on the left, and above on the right."""
    arrays = {name: (np.zeros(shape, np.float32), np.zeros(shape[-1], np.float32)) for name, shape in TINY.items()}
    arrays["fc1"][0][(6 * 7 + 0) * 512, 0] = 1 / BLUE
    arrays["fc1"][0][(0 * 7 + 6) * 512, 1] = 1 / BLUE
    arrays["fc2"][0][:] = np.eye(2)
    arrays["predictions"][0][0, 281] = 5  # a tabby where it is blue on the left
    arrays["predictions"][0][1, 388] = 5  # a giant panda where it is blue on the right
    arrays["predictions"][1][208] = 1
    return {**arrays, **changes}


def save(path, layers, kind="h5"):
    with h5py.File(path, "w") as file:
        for number, (name, arrays) in enumerate(layers.items()):
            numbered = "dense" if number == 0 else f"dense_{number}"
            group = file.create_group(f"{name}/{name}" if kind == "h5" else f"layers/{numbered}/vars")
            for part, array in enumerate(arrays):
                group.create_dataset(("kernel:0", "bias:0")[part] if kind == "h5" else str(part), data=array)
    return path


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_a_made_classifier_must_see_it_sees(relay, side):
    picture = np.zeros((1, 100, 300, 3), np.float32)
    picture[:, :, slice(0, 150) if side == "left" else slice(150, 300), 2] = 1
    guesses = classify(relay, made(), picture)
    total = math.exp(5) + math.exp(1) + 998
    assert [guess.name for guess in guesses[:2]] == [
        "tabby" if side == "left" else "giant panda",
        "Labrador retriever",
    ]
    expected = [math.exp(5) / total, math.exp(1) / total, *[1 / total] * 3]
    assert [guess.probability for guess in guesses] == pytest.approx(expected, rel=1e-4)


def test_hidden_layers_let_nothing_negative_through(relay):
    layers = made()
    for name in ("fc1", "fc2"):
        changed = {**layers, name: (-layers[name][0], layers[name][1])}
        picture = np.full((1, 32, 32, 3), (0, 0, 1), np.float32)
        assert classify(relay, changed, picture, 1)[0].name == "Labrador retriever"


@pytest.mark.parametrize("kind", ["h5", "weights.h5"])
def test_a_classifier_is_read(tmp_path, kind):
    path = save(tmp_path / f"a.{kind}", made(), kind)
    found, expected = read_classifier(path), made()
    assert list(found) == list(expected)
    for name, arrays in expected.items():
        assert all(np.array_equal(*pair) for pair in zip(found[name], arrays, strict=True))


def test_a_file_without_one_has_none(weights_file, tmp_path):
    assert read_classifier(weights_file) is None
    (tmp_path / "a.pth").write_bytes(b"of another format")
    assert read_classifier(tmp_path / "a.pth") is None


def test_half_a_classifier_is_refused(tmp_path):
    layers = made()
    del layers["fc2"]
    with pytest.raises(WeightsError, match=r"a\.h5: .*fc2 is missing"):
        read_classifier(save(tmp_path / "a.h5", layers))


def test_a_classifier_of_another_shape_is_refused(tmp_path):
    other = (np.zeros((2, 10), np.float32), np.zeros(10, np.float32))
    with pytest.raises(WeightsError, match=r"predictions must have shapes .*1000.* found .*10"):
        read_classifier(save(tmp_path / "a.h5", made(predictions=other)))


@pytest.mark.parametrize(
    ("index", "name"),
    [(0, "tench"), (208, "Labrador retriever"), (281, "tabby"), (388, "giant panda"), (999, "toilet tissue")],
)
def test_classes_are_in_imagenets_order(index, name):
    assert class_names()[index] == name


def test_the_classifier_is_keras_own():
    # The kernels' and biases' share of the 143,667,240 parameters that Keras counts for VGG19; 20,024,384 without it.
    assert sum((rows + 1) * columns for _, (rows, columns) in CLASSIFIER) == 143_667_240 - 20_024_384


def test_there_are_1000_different_classes():
    assert len(set(class_names())) == len(class_names()) == 1000
    assert classifier.NAMES.stat().st_size < 30_000
