"""Variants' names of an earlier version, taken over by the real Snakemake."""

import base64
import contextlib
import json
import shutil
import subprocess
import sys

import pytest
from test_workflow import Gallery

from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.store.layout import film_path, picture_path, record_path, snapshots_folder

pytestmark = pytest.mark.slow

LAYERS = "relu1_1 + relu2_1; relu1_1:0.5 + relu3_1"


def earlier_jobs(gallery):
    with contextlib.chdir(gallery.folder):
        return list(make_plan(gallery.settings()).earlier_jobs())


def give_earlier_names(gallery):
    """Undo what the names of today changed: in pictures, records, the plan, and what Snakemake knows."""
    for job, earlier in earlier_jobs(gallery):
        new, old = picture_path(gallery.results, job), picture_path(gallery.results, earlier)
        for place in (snapshots_folder, film_path):
            place(new).rename(place(old))
        record = json.loads(record_path(new).read_text())
        record_path(old).write_text(json.dumps({**record, "variant": earlier.variant}))
        record_path(new).unlink()
        new.rename(old)
        plan = gallery.results / "plan" / "jobs"
        (plan / f"{job.name}.json").unlink()
        (plan / f"{earlier.name}.json").write_text(earlier.to_json())
        for path in (gallery.folder / ".snakemake" / "metadata").rglob("*"):
            if path.is_file() and job.variant in base64.b64decode(path.name).decode():
                path.unlink()
            elif path.is_file():  # among them the chunk's, with the job files that it was painted from
                path.write_text(path.read_text().replace(job.name, earlier.name))


@pytest.fixture
def earlier(tmp_path, weights_file):
    """A finished gallery of two pictures, one of which was named otherwise; both have snapshots."""
    gallery = Gallery(tmp_path, weights_file)
    row = {"content": "cat.png", "style": "night.png", "style_layers": LAYERS, "style_weight": "5", "snapshots": "1"}
    gallery.write_rows(row)
    gallery.run()
    assert [row["variant"] for row in gallery.rows()] == ["sw5-snapshots=1-sl1-2", "sw5-snapshots=1-sl1_1x0.5-3_1"]
    give_earlier_names(gallery)
    return gallery


def pictures(gallery):
    return {path.name: path.read_bytes() for path in (gallery.results / "pictures").glob("*/*/*.png")}


def test_pictures_of_earlier_names_are_renamed_and_neither_painted_nor_published(earlier):
    before = pictures(earlier)
    assert all("style_layers=" in name for name in before) and len(before) == 4  # with their film strips
    (earlier.results / "cache").rename(earlier.folder / "cache")  # so that painting again would show
    done = earlier.run()
    assert "rule paint_chunk" not in done.stdout + done.stderr and "rule publish" not in done.stdout + done.stderr
    after = pictures(earlier)
    assert sorted(after.values()) == sorted(before.values()) and all("-sl1" in name for name in after)
    assert [row["outcome"] for row in earlier.rows()] == ["finished"] * 2
    assert not list((earlier.results / "pictures").rglob("*style_layers=*"))
    assert earlier.would_run() == {}
    shutil.rmtree(earlier.results / "cache")
    (earlier.folder / "cache").rename(earlier.results / "cache")
    verify = [sys.executable, str(earlier.checkout / "scripts" / "verify.py")]
    done = subprocess.run(verify, cwd=earlier.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pictures_of_earlier_names_and_other_titles_come_from_the_cache(earlier):
    painted = earlier.paintings()
    row = {"content": "cat.png", "style": "night.png", "style_layers": LAYERS, "style_weight": "5", "snapshots": "1"}
    earlier.write_rows({**row, "title": "{content}: {variant}"})
    earlier.run()
    assert earlier.paintings() == painted and len(painted) == 2
    assert [row["title"] for row in earlier.rows()] == [f"cat: {row['variant']}" for row in earlier.rows()]
    assert len(pictures(earlier)) == 8  # those of the earlier names stay until they are pruned


def test_pruning_before_the_next_run_takes_no_picture_of_an_earlier_name(earlier):
    before = pictures(earlier)
    prune = [sys.executable, str(earlier.checkout / "scripts" / "prune.py"), "--apply"]
    done = subprocess.run(prune, cwd=earlier.folder, capture_output=True, text=True, check=True)
    assert "removed 0 files" in done.stdout and pictures(earlier) == before
