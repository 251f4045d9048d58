"""The README, the config file, the presets and the programs name the same things."""

import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest
import yaml
from conftest import REPOSITORY

from stylegrid.plan.forecast import UNMEASURED_CHUNK, chunk_size
from stylegrid.plan.manifest import COLUMNS, read_manifest
from stylegrid.plan.planner import make_plan
from stylegrid.plan.spreadsheet import FORMATS
from stylegrid.settings import presets
from stylegrid.settings.config import Gallery, Painting, Plots, Settings, Sheets, parse_settings
from stylegrid.settings.paint_settings import PaintSettings, needed

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CONFIG = (REPOSITORY / "config.yaml").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", README))


SECTIONS = {"painting": Painting, "sheets": Sheets, "plots": Plots, "gallery": Gallery}


@pytest.mark.parametrize(
    "key", [*Settings.model_fields, *(key for part in SECTIONS.values() for key in part.model_fields)]
)
def test_every_config_key_is_in_the_readme(key):
    assert key in QUOTED


@pytest.mark.parametrize("name", PaintSettings.model_fields)
def test_every_setting_is_in_the_readme(name):
    assert name in QUOTED


@pytest.mark.parametrize("name", PaintSettings.model_fields)
def test_every_word_that_a_setting_may_be_is_in_the_readme(name):
    words = {word for word in get_args(PaintSettings.model_fields[name].annotation) if isinstance(word, str)}
    assert words <= QUOTED


@pytest.mark.parametrize("column", [column for column in COLUMNS if column not in PaintSettings.model_fields])
def test_every_column_is_in_the_readme(column):
    assert column in QUOTED


@pytest.mark.parametrize("name", [*presets.preset_names(), *FORMATS])
def test_presets_and_formats_are_in_the_readme(name):
    assert name in QUOTED


def test_programs_and_readme_name_the_same():
    programs = {f"scripts/{path.name}" for path in (REPOSITORY / "scripts").glob("*.py")}
    assert {name for name in QUOTED if re.fullmatch(r"scripts/\w+\.py", name)} == programs


def test_every_outcome_is_in_the_readme():
    assert {"finished", "converged", "non_finite", "failed", "missing"} <= QUOTED


def test_the_readme_knows_the_size_of_chunks_without_a_measurement():
    assert f"at most {UNMEASURED_CHUNK} combinations" in README
    assert chunk_size([], {}, None) == UNMEASURED_CHUNK


TARGETS = (
    *("gallery", "test", "slow", "plan", "lint", "slurm", "slurm-test", "proofs", "benchmark"),
    *("status", "partial", "browser", "prune", "verify", "fuzz", "faults", "soak"),
)


@pytest.mark.parametrize("target", TARGETS)
def test_make_targets_of_the_readme_exist(target):
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize(("flavour", "other"), [("cpu", "cuda"), ("cuda", "cpu")])
def test_make_installs_one_tensorflow_never_both(tmp_path, flavour, other):
    command = ["make", "-n", "gallery", f"VENV={tmp_path / 'venv'}", f"TENSORFLOW={flavour}"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert f"-r workflow/envs/{flavour}.lock" in shown
    assert f"{other}.lock" not in shown
    assert "python scripts/recover.py --cores 4 --resources gpu=1" in shown


def test_make_refuses_to_put_one_tensorflow_over_the_other(tmp_path):
    (tmp_path / "cuda").touch()
    command = ["make", "gallery", f"VENV={tmp_path}", "TENSORFLOW=cpu"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "holds TensorFlow for cuda; make clean, then again" in done.stderr


def test_profiles_and_readme_name_the_same():
    profiles = {path.name for path in (REPOSITORY / "workflow" / "profiles").iterdir()}
    assert set(re.findall(r"workflow/profiles/(\w+)", README)) == profiles


def test_files_that_the_readme_names_exist():
    for link in re.findall(r"\]\(((?!http|#)[^)]+)\)", README):
        assert (REPOSITORY / link).is_file(), link


def test_the_config_file_explains_every_key_where_it_stands():
    lines = CONFIG.splitlines()
    keys = [index for index, line in enumerate(lines) if re.match(r"\s*\w+:", line)]
    unexplained = [lines[index] for index in keys if not _explained(lines, index)]
    assert unexplained == []


def _explained(lines: list[str], index: int) -> bool:
    """Return whether a comment stands above a key, above the group of keys it is in, or it is a section."""
    while index and re.match(r"\s*\w+:", lines[index]):
        if lines[index].endswith(":") and not lines[index].startswith(" "):
            return True
        index -= 1
    return lines[index].lstrip().startswith("#")


def test_the_config_file_is_valid_and_has_every_section():
    config = yaml.safe_load(CONFIG)
    assert set(config) == set(Settings.model_fields)
    assert parse_settings(config).manifest == Path("data/manifest.csv")
    for section, model in SECTIONS.items():
        assert set(config[section]) == set(model.model_fields)
        assert parse_settings(config).model_dump()[section] == model().model_dump()


@pytest.mark.parametrize("name", presets.preset_names())
def test_every_preset_is_complete_and_says_where_it_comes_from(name):
    preset = presets.load_preset(name)
    assert preset.source and preset.title and preset.departures
    assert set(needed()) <= set(preset.settings) <= set(PaintSettings.model_fields) - {"preset"}
    assert presets.resolve({"preset": name}).preset == name


def test_both_sample_manifests_say_the_same():
    csv, xlsx = (read_manifest(REPOSITORY / "data" / f"manifest.{suffix}") for suffix in ("csv", "xlsx"))
    assert csv.equals(xlsx)


def test_the_sample_gallery_has_at_least_twelve_combinations(tmp_path, monkeypatch):
    monkeypatch.chdir(REPOSITORY)
    plan = make_plan(parse_settings({**yaml.safe_load(CONFIG), "results": str(tmp_path)}))
    assert len(plan.combinations) >= 12
    assert not plan.notices


def test_lock_files_name_no_index():
    for path in (REPOSITORY / "workflow" / "envs").glob("*.lock"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
