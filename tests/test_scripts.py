"""Each program as its user meets it: what it writes, prints and returns."""

import csv
import json
import subprocess
import sys

import pytest
from conftest import REPOSITORY, save_picture
from PIL import Image

import collect_losses
import contact_sheet
import fetch_weights
import plan
import stylize
from stylegrid import handover
from stylegrid.plan import make_plan
from stylegrid.settings import PaintSettings
from stylegrid.sheet import plan_pages

PROGRAMS = ("collect_losses", "contact_sheet", "fetch_weights", "make_sample_data", "plan", "stylize")


@pytest.fixture
def pictures(tmp_path):
    content = save_picture(tmp_path / "my photo.png")
    style = save_picture(tmp_path / "-wave & co.png", 40, 44, seed=5)
    return ["--content", str(content), f"--style={style}"]


def test_painting_by_hand_writes_picture_and_record(pictures, tmp_path, weights_file):
    output, record = tmp_path / "out" / "a.png", tmp_path / "a.json"
    flags = [
        "--size",
        "40",
        "--steps",
        "3",
        "--style-weight",
        "1e2",
        "--preset",
        "tf-tutorial",
        "--weights",
        str(weights_file),
    ]
    assert stylize.main([*pictures, *flags, "--output", str(output), "--record", str(record)]) == 0
    with Image.open(output) as image:
        assert image.size == (40, 30)
    written = json.loads(record.read_text())
    assert written["settings"]["style_weight"] == 100
    assert written["settings"]["preset"] == "tf-tutorial"
    assert (written["outcome"], written["steps"], len(written["history"])) == ("finished", 3, 4)
    assert written["backbone"]["name"] == "file"
    losses, weights = written["losses"], written["settings"]
    weighted = sum(weights[f"{term}_weight"] * losses[term] for term in ("content", "style", "tv"))
    assert losses["total"] == pytest.approx(weighted, rel=1e-4)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--size", "abc"], "size: must be a valid integer"),
        (["--size", "-5"], "size: must be greater than or equal to 16, found '-5'"),
        (["--optimizer", "sgd"], "optimizer: must be 'lbfgs' or 'adam', found 'sgd'"),
        (["--preset", "monet"], "preset: must be one of stylegrid, tf-tutorial, found 'monet'"),
        (["--style-layers", "relu9_1"], "must name layers of VGG19 such as relu4_2"),
        (["--content", "gone.jpg"], "gone.jpg: no such file"),
        (["--weights", "gone.h5"], "gone.h5: no such file"),
        (["--output", "a.xyz"], "--output: must end in .png"),
        (["--init", "gone.png"], "gone.png: no such file"),
    ],
)
def test_a_users_fault_is_one_line_and_nothing_is_written(pictures, tmp_path, monkeypatch, capsys, flags, message):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert stylize.main([*pictures, "--output", "a.png", "--weights", "untrained", *flags]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1
    assert message in error
    assert sorted(path for path in tmp_path.rglob("*") if "vgg19" not in str(path)) == before


@pytest.mark.parametrize(
    "flags", [[], ["--job", "job.json"], ["--content", "a.png"], ["--content", "a", "--style", "b", "--threads", "0"]]
)
def test_wrong_usage_returns_2(flags):
    with pytest.raises(SystemExit) as stop:
        stylize.main(["--output", "a.png", *flags])
    assert stop.value.code == 2


def test_no_input_and_no_picture_is_overwritten(pictures, tmp_path, capsys):
    photograph = tmp_path / "my photo.png"
    before = photograph.read_bytes()
    fast = ["--size", "32", "--steps", "0", "--weights", "untrained", "--weights-folder", str(tmp_path)]
    assert stylize.main([*pictures, *fast, "--output", str(photograph)]) == 1
    assert (
        stylize.main([*pictures, *fast, "--output", str(tmp_path / "b.png"), "--record", str(tmp_path / "b.png")]) == 1
    )
    assert capsys.readouterr().err.count("would overwrite an input or the picture") == 2
    assert photograph.read_bytes() == before
    assert not (tmp_path / "b.png").exists()


def test_every_setting_is_a_flag(capsys):
    with pytest.raises(SystemExit):
        stylize.main(["--help"])
    shown = capsys.readouterr().out
    for name in PaintSettings.model_fields:
        assert f"--{name.replace('_', '-')} " in shown


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_needs_no_tensorflow(program):
    script = (
        f"import sys, runpy; sys.argv = ['x', '--help']; runpy.run_path('scripts/{program}.py', run_name='__main__')"
    )
    code = f"""
import sys
sys.path.insert(0, 'scripts')
try:
    {script}
except SystemExit as stop:
    assert not stop.code
assert not [name for name in sys.modules if name.split('.')[0] in ('tensorflow', 'keras')]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout


def test_plan_lists_combinations_and_counts_them(project, capsys):
    project.write_rows({"content": "*.png", "style": "night.png", "style_weight": "1;1e4"})
    assert plan.main(["--config", json.dumps(project.config())]) == 0
    shown = capsys.readouterr()
    assert [line.split("\t")[1].split("/pictures/")[1] for line in shown.out.splitlines()] == [
        f"{content}/night/{variant}.png" for content in ("cat", "dog") for variant in ("sw1", "sw1e4")
    ]
    assert "4 combinations of 2 contents and 1 styles; no faults" in shown.err


def test_plan_prints_every_fault_and_returns_1(project, capsys):
    project.write_rows(
        {"content": "cat.png", "style": "gone.png", "size": "32"}, {"content": "x*", "style": "", "size": "0"}
    )
    assert plan.main(["--config", json.dumps(project.config())]) == 1
    faults = capsys.readouterr().err.splitlines()
    assert len(faults) == 4
    assert all(fault.startswith(f"error: {project.manifest} row ") for fault in faults)


@pytest.fixture
def planned(project):
    """A results folder with a plan of two combinations, nothing painted."""
    project.write_rows({"content": "cat.png", "style": "*", "style_weight": "1"})
    settings = project.settings()
    combinations = make_plan(settings).combinations
    handover.write_plan(settings, combinations, plan_pages(combinations, settings.sheets.cells))
    return settings.results


def test_an_unpainted_gallery_can_be_collected(planned, capsys):
    """A partial gallery shows what is missing."""
    assert collect_losses.main(["--results", str(planned)]) == 0
    assert contact_sheet.main(["--results", str(planned)]) == 0
    with (planned / "losses.csv").open() as file:
        assert [row["outcome"] for row in csv.DictReader(file)] == ["missing", "missing"]
    assert sorted(path.name for path in (planned / "sheets").rglob("*.png")) == [
        "cat.png",
        "night.png",
        "overview.png",
        "wave.png",
    ]
    assert "missing: cat/night/sw1: not painted" in capsys.readouterr().err


def test_an_unknown_sheet_is_refused(planned, capsys):
    assert contact_sheet.main(["--results", str(planned), "--sheet", "content/cow"]) == 1
    assert "--sheet: must be one of content/cat, overview, style/night, style/wave" in capsys.readouterr().err


def test_collecting_without_a_plan_says_how_to_get_one(tmp_path, capsys):
    assert collect_losses.main(["--results", str(tmp_path)]) == 1
    assert "no such file; run snakemake" in capsys.readouterr().err


def test_the_choice_of_weights_is_written_down(tmp_path, weights_file, capsys):
    output = tmp_path / "backbone.json"
    flags = ["--folder", str(tmp_path), "--output", str(output)]
    assert fetch_weights.main(["--weights", "untrained", *flags]) == 0
    assert json.loads(output.read_text())["name"] == "untrained"
    assert "NOTICE: untrained network" in capsys.readouterr().err


def test_a_machine_without_network_gets_one_clear_sentence(tmp_path, monkeypatch, capsys):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # the discard port: nobody answers
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    flags = ["--folder", str(tmp_path / "weights"), "--output", str(tmp_path / "backbone.json")]
    assert fetch_weights.main(["--weights", "imagenet", *flags]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    for part in ("vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", str(tmp_path / "weights"), "untrained"):
        assert part in error
    assert not (tmp_path / "backbone.json").exists()
    assert fetch_weights.main(["--weights", "auto", *flags]) == 0
    assert json.loads((tmp_path / "backbone.json").read_text())["name"] == "untrained"
