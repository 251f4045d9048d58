"""The real Snakemake on tiny pictures: what is painted again after which edit, and what one failure costs."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from conftest import REPOSITORY, Project, save_picture
from PIL import Image

SNAKEMAKE = [sys.executable, "-m", "snakemake", "--cores", "4", "--resources", "gpu=1"]
ROWS = (
    {"content": "cat.png", "style": "night.png", "style_weight": "10;100", "content_weight": "1", "title": ""},
    {"content": "cat.png", "style": "wave.png", "style_weight": "10", "content_weight": "2", "title": "A cat"},
    {"content": "dog.png", "style": "wave.png", "style_weight": "10", "content_weight": "1", "title": ""},
)
ALL = {"cat/night/sw10-cw1", "cat/night/sw100-cw1", "cat/wave/sw10-cw2", "dog/wave/sw10-cw1"}


class Gallery(Project):
    """A project beside a copy of the workflow, run by the real Snakemake."""

    def __init__(self, folder, weights):
        super().__init__(folder)
        self.checkout = folder / "checkout"
        for name in ("workflow", "scripts"):
            shutil.copytree(
                REPOSITORY / name, self.checkout / name, ignore=shutil.ignore_patterns("__pycache__", "envs")
            )
        shutil.copy(REPOSITORY / "Snakefile", self.checkout)
        self.weights = str(weights)
        self.write_config()
        self.write_rows(*ROWS)

    def write_config(self, **changes):
        config = self.config(weights=self.weights, manifest="manifest.csv", content_dir="content", style_dir="style")
        (self.folder / "config.yaml").write_text(yaml.safe_dump({**config, "results": "results", **changes}))

    def snakemake(self, *flags):
        command = [*SNAKEMAKE, "--snakefile", str(self.checkout / "Snakefile"), *flags]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)

    def run(self, *flags):
        done = self.snakemake(*flags)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def would_run(self):
        """Return what a dry run announces: a set of combinations for each rule, sheets by their names."""
        text = self.run("--dry-run").stdout
        jobs = re.findall(r"^(?:local)?rule (\w+):$(.*?)(?=^(?:local)?rule |\Z)", text, re.MULTILINE | re.DOTALL)
        found: dict[str, set[str]] = {}
        for rule, block in jobs:
            wildcards = re.search(r"wildcards: \w+=(\S+)", block)
            found.setdefault(rule, set()).add(wildcards[1] if wildcards else "")
        return found

    def painted(self):
        """Return how many pictures were ever painted here: the cache keeps each."""
        return len(list((self.folder / "results" / "cache").glob("*/*.tif")))

    def rows(self):
        with (self.folder / "results" / "losses.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def record(self, combination):
        return json.loads((self.folder / "results" / "pictures" / f"{combination}.json").read_text())


@pytest.fixture(scope="module")
def finished(tmp_path_factory, weights_file):
    """A gallery of four pictures, painted once; tests put back what they edit."""
    gallery = Gallery(tmp_path_factory.mktemp("gallery"), weights_file)
    gallery.run()
    return gallery


@pytest.fixture
def gallery(finished):
    """The finished gallery, its inputs put back afterwards."""
    kept = finished.folder / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    names = ("content", "style", "manifest.csv", "config.yaml", "checkout")
    for name in names:
        path = finished.folder / name
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept / name)
    yield finished
    for name in names:
        path = finished.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.move(kept / name, path)


def edited(*changes):
    """Return the rows with changes, each (row index, column, value)."""
    rows = [dict(row) for row in ROWS]
    for index, column, value in changes:
        rows[index][column] = value
    return rows


def test_a_run_makes_pictures_records_table_and_sheets(finished):
    results = finished.folder / "results"
    for combination in ALL:
        with Image.open(results / "pictures" / f"{combination}.png") as image:
            assert max(image.size) == 32
        assert finished.record(combination)["outcome"] == "finished"
    assert [row["style_weight"] for row in finished.rows()] == ["10.0", "100.0", "10.0", "10.0"]
    assert {row["outcome"] for row in finished.rows()} == {"finished"}
    sheets = {str(path.relative_to(results / "sheets")) for path in (results / "sheets").rglob("*.png")}
    assert sheets == {"overview.png", "content/cat.png", "content/dog.png", "style/night.png", "style/wave.png"}


def test_every_format_is_published_from_one_painting(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    row = {"content": "cat.png", "style": "night.png", "style_weight": "10", "content_weight": "1", "title": ""}
    gallery.write_rows({**row, "style_weight": "55", "format": "jpeg; webp; tiff; png"})
    assert len(gallery.would_run()) > 4  # a rule for each format
    gallery.run()
    assert gallery.painted() == 1
    folder = gallery.folder / "results" / "pictures" / "cat" / "night"
    for kind, suffix in (("jpeg", "jpg"), ("webp", "webp"), ("tiff", "tif"), ("png", "png")):
        path = folder / f"sw55-cw1-format={kind}.{suffix}"
        assert path.read_bytes()[:4] in (b"\xff\xd8\xff\xe0", b"RIFF", b"II*\0", b"\x89PNG")
        record = path.with_suffix(".json") if kind == "png" else path.with_name(f"{path.name}.json")
        assert json.loads(record.read_text())["settings"]["format"] == kind
    assert [row["outcome"] for row in gallery.rows()] == ["finished"] * 4
    assert gallery.would_run() == {}


def test_going_to_another_format_and_back_leaves_nothing_outdated(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_rows({"content": "cat.png", "style": "night.png", "style_weight": "10"})
    for kind, suffix in (("png", "png"), ("jpeg", "jpg"), ("png", "png")):
        gallery.write_config(stylize={"size": 32, "steps": 2, "format": kind})
        gallery.run()
        (row,) = gallery.rows()
        assert (row["outcome"], row["picture"].rsplit(".", 1)[1]) == ("finished", suffix)
    assert gallery.painted() == 1


def test_snapshots_and_their_film_strip_stand_beside_the_picture(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_rows(
        {"content": "cat.png", "style": "night.png", "optimizer": "adam", "steps": "6", "snapshots": "2"}
    )
    gallery.run()
    folder = gallery.folder / "results" / "pictures" / "cat" / "night"
    variant = "adam-snapshots=2-steps6"
    assert sorted(path.name for path in (folder / f"{variant}.steps").iterdir()) == [
        "000002.png",
        "000004.png",
        "000006.png",
    ]
    assert (folder / f"{variant}.film.png").is_file()


def test_nothing_runs_when_nothing_changed(gallery):
    assert gallery.would_run() == {}


def test_touched_files_paint_nothing(gallery):
    for path in gallery.folder.rglob("*"):
        if path.is_file() and not path.is_relative_to(gallery.folder / ".snakemake"):
            os.utime(path)
    assert gallery.would_run() == {}


def test_a_large_photograph_touched_paints_nothing(gallery):
    """Snakemake compares inputs of over 1 MB by time, not by content."""
    save_picture(gallery.content / "dog.png", 1000, 900)
    assert (gallery.content / "dog.png").stat().st_size > 1_000_000
    assert gallery.would_run()["stylize"] == {"dog/wave/sw10-cw1"}
    gallery.run("--touch")  # takes the pictures that are there as made from it
    assert gallery.would_run() == {}
    os.utime(gallery.content / "dog.png", (2e9, 2e9))
    assert gallery.would_run() == {}
    save_picture(gallery.content / "dog.png", seed=1)
    gallery.run("--touch")


def test_one_edited_row_paints_one_picture(gallery):
    gallery.write_rows(*edited((2, "style_weight", "11")))
    would = gallery.would_run()
    assert would["stylize"] == {"dog/wave/sw11-cw1"}
    assert would["contact_sheet"] == {"overview", "content/dog", "style/wave"}
    assert would["collect_losses"] == {""}


def test_swapped_weights_are_noticed(gallery):
    gallery.write_rows(*edited((1, "style_weight", "2"), (1, "content_weight", "10")))
    assert gallery.would_run()["stylize"] == {"cat/wave/sw2-cw10"}


def test_weights_swapped_in_the_config_are_noticed(gallery):
    """Names stay as they are, only two values change places; `--touch` takes what is there as made with these."""
    gallery.write_config(stylize={"size": 32, "steps": 2, "tv_weight": 0.5, "learning_rate": 0.25})
    gallery.run("--touch")
    assert gallery.would_run() == {}
    gallery.write_config(stylize={"size": 32, "steps": 2, "tv_weight": 0.25, "learning_rate": 0.5})
    assert gallery.would_run()["stylize"] == ALL
    gallery.write_config()
    gallery.run("--touch")


def test_a_setting_for_all_paints_all(gallery):
    gallery.write_config(stylize={"size": 32, "steps": 3})
    would = gallery.would_run()
    assert would["stylize"] == ALL
    assert len(would["contact_sheet"]) == 5


def test_an_added_row_paints_one_picture(gallery):
    gallery.write_rows(*ROWS, {**ROWS[2], "style": "night.png"})
    would = gallery.would_run()
    assert would["stylize"] == {"dog/night/sw10-cw1"}
    assert would["contact_sheet"] == {"overview", "content/dog", "style/night"}


def test_a_removed_row_paints_nothing(gallery):
    gallery.write_rows(*ROWS[:2])
    would = gallery.would_run()
    assert "stylize" not in would
    assert would["collect_losses"] == {""}
    assert would["contact_sheet"] == {"overview", "style/wave"}


def test_another_thumbnail_size_draws_sheets_only(gallery):
    gallery.write_config(sheets={"thumbnail": 64})
    assert set(gallery.would_run()) == {"contact_sheet", "all"}


def test_a_replaced_photograph_paints_its_own_pictures(gallery):
    save_picture(gallery.content / "cat.png", seed=77)
    assert gallery.would_run()["stylize"] == {name for name in ALL if name.startswith("cat/")}


def test_a_replaced_painting_paints_its_own_pictures(gallery):
    save_picture(gallery.style / "night.png", seed=78)
    assert gallery.would_run()["stylize"] == {name for name in ALL if "/night/" in name}


def test_a_raised_recipe_paints_all(gallery):
    source = gallery.checkout / "scripts" / "stylegrid" / "job.py"
    text = source.read_text()
    source.write_text(
        re.sub(r"^RECIPE = (\d+)$", lambda match: f"RECIPE = {int(match[1]) + 1}", text, flags=re.MULTILINE)
    )
    assert source.read_text() != text
    assert gallery.would_run()["stylize"] == ALL


def test_edits_are_noticed_without_snakemakes_memory(gallery):
    gallery.run("--touch", "--forceall")
    shutil.rmtree(gallery.folder / ".snakemake" / "metadata")
    assert gallery.would_run() == {}
    gallery.write_config(stylize={"size": 32, "steps": 3})
    assert gallery.would_run()["stylize"] == ALL
    gallery.write_config()
    gallery.run("--touch", "--forceall")


def test_a_deleted_choice_of_weights_is_made_again_and_paints_what_it_changes(gallery):
    (gallery.folder / "results" / "backbone.json").rename(gallery.folder / "backbone.json")
    assert {"fetch_weights"} <= set(gallery.would_run())
    (gallery.folder / "backbone.json").rename(gallery.folder / "results" / "backbone.json")


def test_edited_programs_paint_nothing(gallery):
    with (gallery.checkout / "scripts" / "stylize.py").open("a") as file:
        file.write("# a comment\n")
    assert gallery.would_run() == {}


def test_a_dry_run_does_not_import_tensorflow(gallery):
    command = [
        sys.executable,
        "-X",
        "importtime",
        *SNAKEMAKE[1:],
        "--dry-run",
        "--snakefile",
        str(gallery.checkout / "Snakefile"),
    ]
    done = subprocess.run(command, cwd=gallery.folder, capture_output=True, text=True, check=True)
    assert "stylegrid.plan" in done.stderr
    assert not re.search(r"\| +(tensorflow|keras)", done.stderr)


def test_faults_stop_the_run_before_anything_is_made(gallery):
    gallery.write_rows(*edited((0, "style", "gone.png"), (1, "style_weight", "many")))
    done = gallery.snakemake()
    assert done.returncode == 1
    faults = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(faults) == 2
    assert "Traceback" not in done.stderr


def test_a_new_title_reaches_record_and_table_without_painting(gallery):
    painted = gallery.painted()
    gallery.write_rows(*edited((2, "title", 'A "dog" & friends')))
    gallery.run()
    assert gallery.painted() == painted
    assert gallery.record("dog/wave/sw10-cw1")["title"] == 'A "dog" & friends'
    assert gallery.rows()[-1]["title"] == 'A "dog" & friends'
    gallery.write_rows(*ROWS)
    gallery.run()


def test_going_back_to_earlier_settings_paints_nothing(gallery):
    gallery.write_rows(*edited((2, "style_weight", "12")))
    gallery.run()
    painted = gallery.painted()
    shutil.rmtree(gallery.folder / "results" / "pictures" / "dog")
    gallery.write_rows(*ROWS)
    gallery.run()
    assert gallery.painted() == painted


def test_one_bad_combination_costs_no_other(finished, tmp_path, weights_file):
    """A photograph spoilt after it was looked at: same size and time, other bytes."""
    gallery = Gallery(tmp_path, weights_file)
    gallery.run("--dry-run")
    dog = gallery.content / "dog.png"
    good, status = dog.read_bytes(), dog.stat()
    dog.write_bytes(bytes(len(good)))
    os.utime(dog, ns=(status.st_atime_ns, status.st_mtime_ns))

    done = gallery.snakemake("--keep-going")
    assert done.returncode == 1
    assert [row["outcome"] for row in gallery.rows()] == ["finished"] * 3 + ["failed"]
    assert "has changed since the manifest was read" in gallery.rows()[-1]["message"]
    assert "failed: dog/wave/sw10-cw1: " in done.stderr
    assert not gallery.rows()[-1]["picture"]
    assert (gallery.folder / "results" / "sheets" / "content" / "dog.png").is_file()
    assert gallery.painted() == 3
    assert "Traceback" not in (gallery.folder / "logs" / "stylize" / "dog" / "wave" / "sw10-cw1.log").read_text()

    gallery.write_rows(*ROWS[:2])
    gallery.run()
    assert [row["outcome"] for row in gallery.rows()] == ["finished"] * 3
    gallery.write_rows(*ROWS)
    dog.write_bytes(good)
    os.utime(dog, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert gallery.would_run()["stylize"] == {"dog/wave/sw10-cw1"}
    gallery.run()
    assert {row["outcome"] for row in gallery.rows()} == {"finished"}
    assert gallery.painted() == 4
    assert not list((gallery.folder / "results").rglob("*.failed.json"))
    for combination in ALL:
        name = f"results/pictures/{combination}.png"
        assert (gallery.folder / name).read_bytes() == (finished.folder / name).read_bytes()  # and twice the same bytes


def test_a_photograph_that_vanishes_while_painting_costs_only_its_own_pictures(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_rows(*ROWS[1:])
    command = [*SNAKEMAKE, "--keep-going", "--snakefile", str(gallery.checkout / "Snakefile")]
    with subprocess.Popen(
        command, cwd=gallery.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as run:
        for line in run.stdout:
            if "wildcards: combination=" in line:  # the first of two has begun, so the plan is made
                first = "cat" if "=cat/" in line else "dog"
                break
        other = {"cat": "dog", "dog": "cat"}[first]
        (gallery.content / f"{other}.png").unlink()
        gallery.manifest.write_text("content,style\nno such,picture\n")
        rest = run.stdout.read()
    assert run.returncode == 1
    assert "Traceback" not in rest
    outcomes = {row["content"]: row["outcome"] for row in gallery.rows()}
    assert outcomes == {first: "finished", other: "failed"}
    assert (gallery.folder / "results" / "sheets" / "overview.png").is_file()


def test_strange_names_are_painted(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    names = ("it's a 'cat' & \"dog\".png", "-dash.png", "Gemälde $(x).png")
    for name in names:
        save_picture(gallery.content / name)
    gallery.write_rows(
        *({"content": name, "style": "night.png:2 + wave.png", "style_weight": "10", "title": name} for name in names)
    )
    gallery.run()
    assert [row["outcome"] for row in gallery.rows()] == ["finished"] * 3
    assert [row["title"] for row in gallery.rows()] == list(names)
