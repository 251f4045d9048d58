"""A config of a manifest and folders, by the real Snakemake and by plan.py."""

import subprocess
import sys

import pytest
import yaml
from conftest import save_manifest
from test_workflow import Gallery

SMALLEST = {"manifest": "manifest.csv", "content_dir": "content", "style_dir": "style"}


@pytest.fixture
def smallest(tmp_path, weights_file):
    """A gallery whose config has no other keys, and whose columns are spelt as people write them."""
    gallery = Gallery(tmp_path, weights_file)
    (gallery.folder / "config.yaml").write_text(yaml.safe_dump(SMALLEST))
    save_manifest(
        gallery.manifest, [{"Content": "*.png", "Style": "night.png", "Style weight": "1;2", "tv-weight": "3"}]
    )
    return gallery


def test_a_manifest_and_folders_are_a_whole_config(smallest):
    plan = [sys.executable, str(smallest.checkout / "scripts" / "plan.py")]
    shown = subprocess.run(plan, cwd=smallest.folder, env=smallest.environment, capture_output=True, text=True)
    assert shown.returncode == 0, shown.stderr
    names = {line.partition("results/pictures/")[2].removesuffix(".png") for line in shown.stdout.splitlines()}
    assert names == {f"{content}/night/sw{weight}-tv3" for content in ("cat", "dog") for weight in (1, 2)}
    assert smallest.would_run()["publish"] == names
