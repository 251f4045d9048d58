"""doctor.py as its user meets it: lines with remedies, a table, JSON, exit codes; and nothing is written."""

import json

import numpy as np
import pytest
from conftest import save_picture

import doctor
from stylegrid.doctor import known_numbers
from stylegrid.plan import forecast
from stylegrid.vgg import classifier


@pytest.fixture
def run(project, tmp_path, monkeypatch, capsys):
    """Return a function that runs the program, and returns its exit code and what it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(known_numbers, "SIDE", 64)
    picture = save_picture(tmp_path / "picture.png")

    def start(*flags, **config):
        configured = ["--configfile", json.dumps(project.config(**config)), "--picture", str(picture)]
        before = sorted(tmp_path.rglob("*"))
        code = doctor.main([*configured, "--weights-folder", str(tmp_path / "vgg19"), *flags])
        assert sorted(tmp_path.rglob("*")) == before
        return code, *capsys.readouterr()

    return start


def line(said, topic):
    (found,) = [line for line in said.splitlines() if line.split()[1:2] == [topic]]
    return found


def test_each_check_has_a_line_and_an_untrained_network_a_warning(run):
    code, said, complained = run()
    assert (code, complained) == (0, "")
    for topic in ("stylegrid", "Python", "TensorFlow", "processor", "memory", "results", "calibration", "GPU"):
        assert line(said, topic).split()[0] in ("ok", "slow")
    assert line(said, "network").startswith("warning")
    assert "remedy: set weights to auto" in line(said, "network")
    assert line(said, "layers").startswith("warning")


def test_every_layer_stands_beside_the_tutorial_and_the_table_says_how_it_is_read(run):
    _, said, _ = run()
    for name, known in known_numbers.KNOWN.items():
        activations, gram = [row.split() for row in said.splitlines() if row.split()[:1] == [name]]
        assert f"{known.mean:.6g}" in activations
        assert f"{known.maximum:.6g}" in activations
        assert len(gram) == 1 + 3 + 3  # name, c x c, and three numbers
    assert doctor.HOW_TO_READ in said
    assert doctor.NO_CLASSIFIER in said


@pytest.mark.parametrize("weights", ["auto", "gone.h5"])
def test_a_missing_network_is_a_fault_and_the_rest_is_told_all_the_same(run, weights):
    code, said, complained = run("--weights", weights)
    assert code == 1
    assert line(said, "network").startswith("fault")
    assert "remedy:" in line(said, "network")
    assert line(said, "TensorFlow").startswith("ok")
    assert complained.startswith("error: ") and "network" in complained
    assert "block1_conv1" not in said


def test_the_network_is_the_configs_unless_a_flag_names_another(run, weights_file):
    assert run(weights="gone.h5")[0] == 1
    code, said, _ = run("--weights", str(weights_file), weights="gone.h5")
    assert code == 0
    assert str(weights_file) in line(said, "network")


def test_programs_get_json(run):
    code, said, _ = run("--json")
    found = json.loads(said)
    assert code == 0
    assert {"level", "topic", "text", "remedy"} == set(found["checks"][0])
    levels = {check["topic"]: check["level"] for check in found["checks"]}
    assert levels["network"] == "warning"
    first = found["layers"][0]
    assert first["name"] == "block1_conv1"
    assert first["activations"]["shape"] == [48, 64, 64]
    assert first["ratio"] == pytest.approx(first["activations"]["mean"] / first["known"]["mean"])
    assert found["classes"] is None


def test_faults_in_json_give_exit_code_1_too(run):
    code, said, _ = run("--json", "--weights", "gone.h5")
    assert code == 1
    assert {check["topic"]: check["level"] for check in json.loads(said)["checks"]}["network"] == "fault"
    assert "layers" not in json.loads(said)


def test_classes_are_named_where_the_file_has_a_classifier(run, weights_file, monkeypatch):
    import stylegrid.vgg.classifier

    shapes = {"fc1": (7 * 7 * 512, 1), "fc2": (1, 1), "predictions": (1, 1000)}
    layers = {name: (np.zeros(shape, np.float32), np.zeros(shape[-1], np.float32)) for name, shape in shapes.items()}
    layers["predictions"][1][999] = 20
    monkeypatch.setattr(stylegrid.vgg.classifier, "read_classifier", lambda path: layers)
    _, said, _ = run("--weights", str(weights_file))
    assert "100.0%  toilet tissue" in said
    guesses = json.loads(run("--weights", str(weights_file), "--json")[1])["classes"]
    assert len(guesses) == 5
    assert guesses[0]["name"] == classifier.class_names()[999]


def test_a_picture_that_cannot_be_read_is_one_finding_of_a_whole_report(run, tmp_path):
    code, said, complained = run("--picture", str(tmp_path / "gone.png"))
    assert (code, complained) == (0, "")
    assert line(said, "picture").startswith("warning") and "gone.png" in line(said, "picture")
    assert "--picture" in line(said, "picture")
    assert line(said, "network") and line(said, "TensorFlow")
    found = json.loads(run("--picture", str(tmp_path / "gone.png"), "--json")[1])
    assert found["checks"][-1]["topic"] == "picture" and "layers" not in found


def test_little_memory_is_a_fault(run, monkeypatch):
    from stylegrid.plan import memory

    monkeypatch.setattr(memory, "free_mb", lambda: 1.0)
    code, said, _ = run()
    assert code == 1
    assert line(said, "memory").startswith("fault")
    assert "remedy:" in line(said, "memory")


def test_a_calibration_is_found(run, monkeypatch, tmp_path):
    assert line(run()[1], "calibration").startswith("slow")
    assert forecast.calibration_path().is_relative_to(tmp_path)
