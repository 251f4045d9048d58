"""What an installation is: versions, disk, calibration and network, with a remedy for each fault."""

import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import REPOSITORY

from stylegrid import VERSION
from stylegrid.doctor import installation
from stylegrid.doctor.installation import (
    Network,
    check_calibration,
    check_disk,
    check_fast,
    check_gallery,
    check_network,
    check_software,
    check_tensorflow,
)
from stylegrid.fast.weights import FAST_FILE
from stylegrid.plan import forecast
from stylegrid.plan.forecast import Calibration, Rate
from stylegrid.plan.job import RECIPE
from stylegrid.settings import presets
from stylegrid.vgg.weights.choice import Backbone
from stylegrid.vgg.weights.download import IMAGENET_FILE


def test_versions_and_recipe_are_told():
    stylegrid, python = check_software()
    assert (stylegrid.level, stylegrid.text) == ("ok", f"{VERSION}, recipe {RECIPE}")
    assert python.text == ".".join(map(str, sys.version_info[:3]))


def test_tensorflow_and_keras_are_told():
    import keras
    import tensorflow as tf

    check = check_tensorflow()
    assert check.level == "ok"
    assert tf.__version__ in check.text
    assert keras.__version__ in check.text


def test_two_builds_of_tensorflow_are_a_fault(monkeypatch):
    both = [SimpleNamespace(name=name) for name in ("tensorflow", "tensorflow_cpu")]
    monkeypatch.setattr(installation.metadata, "distributions", lambda: both)
    check = check_tensorflow()
    assert check.level == "fault"
    assert "make clean" in check.remedy


def test_a_tensorflow_that_cannot_be_imported_is_a_fault(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    check = check_tensorflow()
    assert check.level == "fault"
    assert "make clean" in check.remedy


@pytest.mark.parametrize(
    ("free", "level"), [(5e9, "ok"), (1e9, "ok"), (9e8, "warning"), (1e8, "warning"), (9e7, "fault")]
)
def test_room_on_disk(tmp_path, monkeypatch, free, level):
    asked = []
    monkeypatch.setattr(
        installation.psutil, "disk_usage", lambda path: asked.append(path) or SimpleNamespace(free=free)
    )
    check = check_disk("results", tmp_path / "not" / "there", "elsewhere")
    assert check.level == level
    assert ("elsewhere" in check.remedy) == (level != "ok")
    assert asked == [str(tmp_path)]
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    check = check_disk("results", tmp_path / "file" / "results", "elsewhere")
    assert (check.level, check.remedy) == ("fault", "elsewhere")
    monkeypatch.setattr(installation.os, "access", lambda path, mode: False)
    assert check_disk("results", tmp_path, "elsewhere").level == "fault"


@pytest.fixture
def calibrated(tmp_path, monkeypatch):
    """The path of this machine's calibration, which is not there."""
    monkeypatch.setattr(forecast, "calibration_path", lambda: tmp_path / "calibration.json")
    return tmp_path / "calibration.json"


def test_a_machine_that_was_not_measured(calibrated, project):
    check = check_calibration(project.settings())
    assert check.level == "slow"
    assert "make plan" in check.remedy


def test_a_calibration_says_what_a_picture_takes(calibrated, project, monkeypatch):
    house = presets.resolve({"preset": "stylegrid", "size": 64, "steps": 10, "coarsest": 0})
    monkeypatch.setattr(installation.presets, "resolve", lambda given: house)
    rate = Rate(per_step=1, per_operation=0, per_value=0, per_root=0)
    calibration = Calibration(
        device="CPU",
        precision="float32",
        measured="2026-11-28",
        start=3,
        per_picture=7,
        rates={"float32": rate},
        memory_mb=1,
        memory_per_value=1,
    )
    calibrated.write_text(calibration.model_dump_json())
    check = check_calibration(project.settings())
    assert check.level == "ok"
    assert " 18 s " in check.text  # 10 steps, a look at the inputs, and 7 seconds
    assert "2026-11-28" in check.text


def test_a_calibration_that_is_none_is_a_fault(calibrated, project):
    calibrated.write_text("{}")
    check = check_calibration(project.settings())
    assert check.level == "fault"
    assert str(calibrated) in check.text


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "vgg19"


@pytest.mark.parametrize("weights", ["auto", "imagenet"])
def test_a_network_that_is_missing_is_a_fault_and_not_fetched(folder, tmp_path, weights):
    check, network = check_network(weights, folder)
    assert (check.level, network) == ("fault", None)
    assert str(folder) in check.text
    assert IMAGENET_FILE in check.remedy
    assert not list(tmp_path.iterdir())


def test_an_untrained_network_is_warned_of_with_its_cure(folder, tmp_path):
    check, network = check_network("untrained", folder)
    assert check.level == "warning"
    assert "auto" in check.remedy
    assert (network.name, network.path) == ("untrained", None)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def gallery(project):
    """A results folder whose gallery is painted with untrained weights."""
    settings = project.settings()
    painted = Backbone(name="untrained", path="data/vgg19/u.h5", sha256="ab" * 32)
    settings.results.mkdir(parents=True, exist_ok=True)
    (settings.results / "backbone.json").write_text(painted.model_dump_json())
    return settings


def test_without_a_gallery_there_is_nothing_to_compare(project):
    assert list(check_gallery(project.settings(), None)) == []


@pytest.mark.parametrize(
    "network", [None, Network("untrained", Path("u.h5"), "ab" * 32, {}), Network("untrained", None, "", {})]
)
def test_a_gallery_names_the_network_that_painted_it(gallery, network):
    (check,) = check_gallery(gallery, network)
    assert check.level == "ok"
    assert all(found in check.text for found in ("untrained", "data/vgg19/u.h5", "ab" * 32))


def test_another_network_than_the_gallery_s_is_warned_of(gallery):
    (check,) = check_gallery(gallery, Network("imagenet-8bit", Path("8bit.h5"), "cd" * 32, {}))
    assert check.level == "warning"
    assert "untrained" in check.text and "8bit.h5" in check.text
    assert "set weights to untrained" in check.remedy and "backbone.json" in check.remedy


def test_a_gallery_whose_choice_cannot_be_read_is_warned_of(gallery):
    (gallery.results / "backbone.json").write_text("{}")
    (check,) = check_gallery(gallery, None)
    assert check.level == "warning" and "backbone.json" in check.remedy


def test_an_untrained_network_is_known_under_any_name(folder, tmp_path, weights_file):
    path = shutil.copy(weights_file, tmp_path / "trained.h5")
    check, network = check_network(str(path), folder)
    assert (check.level, network.name) == ("warning", "untrained")


def test_a_file_has_its_path_and_hash(folder, weights_file, monkeypatch):
    from stylegrid import files

    monkeypatch.setattr(installation, "identify_network", lambda path, weights: "file")
    check, network = check_network(str(weights_file), folder)
    assert (check.level, network.name, network.path) == ("ok", "file", weights_file)
    assert str(weights_file) in check.text
    assert files.sha256(weights_file) in check.text


@pytest.mark.parametrize("contents", [None, b"no archive"])
def test_networks_of_the_fast_method_that_are_missing_or_damaged_are_warned_of(tmp_path, contents):
    path = tmp_path / FAST_FILE
    if contents is not None:
        path.write_bytes(contents)
    check = check_fast(tmp_path)
    assert check.level == "warning"
    assert str(path) in check.text and "no method fast" in check.text and check.remedy


def test_networks_of_the_fast_method_have_their_path():
    check = check_fast(REPOSITORY / "data" / "fast")
    assert check.level == "ok" and FAST_FILE in check.text


@pytest.mark.parametrize("contents", [None, b"no HDF5"])
def test_a_file_that_is_missing_or_damaged_is_a_fault(folder, tmp_path, contents):
    path = tmp_path / "mine.h5"
    if contents is not None:
        path.write_bytes(contents)
    check, network = check_network(str(path), folder)
    assert (check.level, network) == ("fault", None)
    assert str(path) in check.text
    assert check.remedy
