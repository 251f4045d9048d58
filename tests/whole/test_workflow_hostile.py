"""The real Snakemake on tiny pictures, where everything that a stranger can name is a command: none is run."""

import csv
import json
import os
import shutil
import subprocess
import sys

import pytest
import yaml
from conftest import REPOSITORY, Project, save_picture

pytestmark = pytest.mark.slow

COMMAND = "; touch pwned; $(touch pwned) `touch pwned` | touch pwned & '\"\\ > pwned"
CONTENTS = ("$(touch pwned).png", "--output=pwned.png", "; touch pwned #.png".replace(";", "&"))
STYLES = ("`touch pwned`.png", "'; touch pwned; '.png".replace(";", "&&"), '"$(touch pwned)".png')
CALIBRATION = {
    "device": "CPU",
    "precision": "float32",
    "measured": "2026-01-02",
    "start": 1,
    "per_picture": 1,
    "rates": {"float32": {"per_step": 1, "per_operation": 1, "per_value": 1, "per_root": 0}},
    "memory_mb": 1,
    "memory_per_value": 1,
}


class Gallery(Project):
    """A gallery in a folder whose name is a command, whose inputs, results, weights and calibration are named so."""

    def __init__(self, folder, original):
        super().__init__(folder)
        self.checkout, self.results = folder / "check $(touch pwned) out", folder / "re'sults; touch pwned; \"$(x)"
        for name in ("workflow", "scripts"):
            ignored = shutil.ignore_patterns("__pycache__", "envs")
            shutil.copytree(REPOSITORY / name, self.checkout / name, ignore=ignored)
        shutil.copy(REPOSITORY / "Snakefile", self.checkout)
        shutil.copy(original, folder / "--weights $(touch pwned).h5")
        (folder / "--`touch pwned`.json").write_text(json.dumps(CALIBRATION))
        for seed, name in enumerate(CONTENTS):
            save_picture(self.content / name, seed=seed)
        for seed, name in enumerate(STYLES):
            save_picture(self.style / name, width=40, height=44, seed=seed + 5)

    def write_config(self):
        config = self.config(results=self.results.name, weights="--weights $(touch pwned).h5")
        config |= {"gallery": {"title": COMMAND}, "painting": {"calibration": "--`touch pwned`.json"}}
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config))

    def snakemake(self, *flags):
        command = [sys.executable, "-m", "snakemake", "--cores", "4", "--snakefile", str(self.checkout / "Snakefile")]
        environment = {**os.environ, "XDG_CACHE_HOME": str(self.folder / "home")}
        done = subprocess.run(
            [*command, *flags], cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def gallery(tmp_path_factory, weights_file):
    """Such a gallery, painted."""
    gallery = Gallery(tmp_path_factory.mktemp("gallery") / "a $(touch pwned) b", weights_file)
    row = {"style": " + ".join(STYLES[:2]), "init": "content", "title": COMMAND, "notes": COMMAND}
    rows = [{**row, "content": name} for name in CONTENTS]
    rows.append({**row, "content": CONTENTS[0], "style": STYLES[2], "init": f"{CONTENTS[0]}:2 + noise"})
    gallery.write_rows(*rows)
    gallery.write_config()
    gallery.snakemake()
    return gallery


def test_names_and_words_that_are_commands_are_painted_and_run_nothing(gallery):
    with (gallery.results / "losses.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["outcome"], row["title"], row["notes"]) for row in rows] == [("finished", COMMAND, COMMAND)] * 4
    assert all((gallery.results / row["picture"]).is_file() for row in rows)
    assert (gallery.results / "gallery" / "index.html").is_file()


def test_nothing_was_made_by_them(gallery):
    made = [path for path in gallery.folder.parent.rglob("*") if path.name.startswith("pwned")]
    assert made == [] and not list(REPOSITORY.glob("pwned*"))


def test_a_second_run_knows_them_all(gallery):
    assert "Nothing to be done" in gallery.snakemake("--dry-run")
