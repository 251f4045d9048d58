"""The real Snakemake on tiny pictures: what is painted again after which edit, and what a failure or a kill costs."""

import contextlib
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time

import psutil
import pytest
import yaml
from conftest import REPOSITORY, Project, save_picture, spoil_unnoticed
from PIL import Image

from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.settings.config import parse_settings
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import read_backbone

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
        self.checkout, self.results = folder / "checkout", folder / "results"
        for name in ("workflow", "scripts"):
            shutil.copytree(REPOSITORY / name, self.checkout / name, ignore=shutil.ignore_patterns("envs"))
        shutil.copy(REPOSITORY / "Snakefile", self.checkout)
        self.weights = str(weights)
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "home")}  # without this machine's calibration
        self.write_config()
        self.write_rows(*ROWS)

    def write_config(self, **changes):
        config = self.config(weights=self.weights, manifest="manifest.csv", content_dir="content", style_dir="style")
        (self.folder / "config.yaml").write_text(yaml.safe_dump({**config, "results": "results", **changes}))

    def snakemake(self, *flags):
        command = [*SNAKEMAKE, "--snakefile", str(self.checkout / "Snakefile"), *flags]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def begin(self, *flags):
        """Start a run, and return it with its output still to be read."""
        command = [*SNAKEMAKE, "--snakefile", str(self.checkout / "Snakefile"), *flags]
        pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, text=True, **pipe)

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
            wildcards = re.search(r"wildcards: \w+=([^\s,]+)", block)
            found.setdefault(rule, set()).add(wildcards[1] if wildcards else "")
        return found

    def would_paint(self):
        """Return the combinations that a dry run announces and whose paintings are not in the cache."""
        would = self.would_run()
        announced = set().union(*(names for rule, names in would.items() if rule.startswith("publish")))
        assert bool(announced) == ("paint_chunk" in would)
        backbone, cache = read_backbone(self.results / "backbone.json").sha256, Cache(self.results / "cache")
        config = {**self.config(), **yaml.safe_load((self.folder / "config.yaml").read_text())}
        with contextlib.chdir(self.folder):
            jobs = [combination.job for combination in make_plan(parse_settings(config)).combinations]
        return {job.name for job in jobs if job.name in announced and cache.get(job.key(backbone)) is None}

    def paintings(self):
        """Return when each painting in the cache was painted; one is whole once its record is beside it."""
        kept = (path for path in (self.results / "cache").glob("*/*.tif") if path.with_suffix(".json").is_file())
        return {path.name: path.stat().st_mtime_ns for path in kept}

    def rows(self):
        with (self.results / "losses.csv").open(newline="") as file:
            return list(csv.DictReader(file))

    def outcomes(self):
        return [row["outcome"] for row in self.rows()]

    def record(self, combination):
        return json.loads((self.results / "pictures" / f"{combination}.png.json").read_text())


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


def test_a_gallery_of_an_older_version_is_taken_over_and_nothing_painted_or_published_again(gallery):
    """PNGs' records were `x.json`."""
    pictures = sorted((gallery.results / "pictures").rglob("*.png"))
    for picture in pictures:
        picture.with_name(f"{picture.name}.json").rename(picture.with_suffix(".json"))
    (gallery.results / "cache").rename(gallery.folder / "cache")  # so that painting again would show
    before = [picture.stat().st_mtime_ns for picture in pictures]
    status = [sys.executable, str(gallery.checkout / "scripts" / "status.py")]
    told = subprocess.run(status, cwd=gallery.folder, capture_output=True, text=True, check=True).stdout
    assert "4 of 4" in told
    done = gallery.run()
    assert "rule paint_chunk" not in done.stdout + done.stderr
    assert [picture.stat().st_mtime_ns for picture in pictures] == before
    assert not list((gallery.results / "pictures").rglob("sw10*-cw1.json"))
    assert gallery.outcomes() == ["finished"] * 4
    assert gallery.would_run() == {}
    shutil.rmtree(gallery.results / "cache")  # begun anew by this run
    (gallery.folder / "cache").rename(gallery.results / "cache")


NAMES = ("it's a 'cat' & \"dog\".png", "-dash.png", "Gemälde $(x).png")
FORMATS = {"jpeg": ".jpg", "webp": ".webp", "tiff": ".tif", "png": ".png"}


@pytest.fixture(scope="module")
def varied(tmp_path_factory, weights_file):
    """A gallery of strange names, and of all formats, several sizes and presets, painted by one process."""
    gallery = Gallery(tmp_path_factory.mktemp("varied"), weights_file)
    row = dict.fromkeys(("content", "style", "preset", "size", "format", "optimizer", "snapshots", "title"), "")
    for seed, name in enumerate(NAMES):
        save_picture(gallery.content / name, seed=seed + 2)
    gallery.write_rows(
        *({**row, "content": name, "style": "night.png:2 + wave.png", "title": name} for name in NAMES),
        {**row, "content": "cat.png", "style": "night.png", "format": "; ".join(FORMATS)},
        {**row, "content": "dog.png", "style": "night.png", "optimizer": "adam", "snapshots": "1"},
        {**row, "content": "dog.png", "style": "wave.png", "size": "24; 40", "preset": "stylegrid; jcjohnson"},
    )
    gallery.write_config(painting={"chunk": 16})
    gallery.run()
    return gallery


def test_one_process_paints_several_sizes_presets_and_strange_names(varied):
    assert varied.outcomes() == ["finished"] * 12
    assert [row["title"].removeprefix("'") for row in varied.rows()[:3]] == list(NAMES)  # a dash may begin a formula
    assert [path.name for path in (varied.folder / "logs" / "paint").iterdir()] == ["all.log"]
    for size in (24, 40):
        for name in (f"px{size}-stylegrid", f"px{size}-jcjohnson"):
            with Image.open(varied.results / "pictures" / "dog" / "wave" / f"{name}.png") as image:
                assert max(image.size) == size
    assert not (varied.results / "chunks" / "all").exists()
    assert varied.would_run() == {}


def test_every_format_is_published_from_one_painting(varied):
    assert len(varied.paintings()) == 12 - 3
    folder = varied.results / "pictures" / "cat" / "night"
    for kind, suffix in FORMATS.items():
        path = folder / f"format={kind}{suffix}"
        assert path.read_bytes()[:4] in (b"\xff\xd8\xff\xe0", b"RIFF", b"II*\0", b"\x89PNG")
        record = path.with_name(f"{path.name}.json")
        assert json.loads(record.read_text())["settings"]["format"] == kind


def test_snapshots_and_their_film_strip_stand_beside_the_picture(varied):
    folder = varied.results / "pictures" / "dog" / "night"
    steps = folder / "adam-snapshots=1.steps"
    assert sorted(path.name for path in steps.iterdir()) == ["000001.png", "000002.png"]
    assert (folder / "adam-snapshots=1.film.png").is_file()


@pytest.mark.slow
def test_going_to_another_format_and_back_leaves_nothing_outdated(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_rows({"content": "cat.png", "style": "night.png", "style_weight": "10"})
    for kind, suffix in (("png", "png"), ("jpeg", "jpg"), ("png", "png")):
        gallery.write_config(stylize={"size": 32, "steps": 2, "format": kind})
        gallery.run("results/losses.csv")
        (row,) = gallery.rows()
        assert (row["outcome"], row["picture"].rsplit(".", 1)[1]) == ("finished", suffix)
    assert len(gallery.paintings()) == 1


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
    assert gallery.would_paint() == {"dog/wave/sw10-cw1"}
    gallery.run("--touch")  # takes the pictures that are there as made from it
    assert gallery.would_run() == {}
    os.utime(gallery.content / "dog.png", (2e9, 2e9))
    assert gallery.would_run() == {}
    save_picture(gallery.content / "dog.png", seed=1)
    gallery.run("--touch")


def test_one_edited_row_paints_one_picture(gallery):
    gallery.write_rows(*edited((2, "style_weight", "11")))
    assert gallery.would_paint() == {"dog/wave/sw11-cw1"}
    would = gallery.would_run()
    assert would["contact_sheet"] >= {"overview", "content/dog", "style/wave"}
    assert would["collect_losses"] == {""}


def test_swapped_weights_are_noticed(gallery):
    gallery.write_rows(*edited((1, "style_weight", "2"), (1, "content_weight", "10")))
    assert gallery.would_paint() == {"cat/wave/sw2-cw10"}


@pytest.mark.slow
def test_weights_swapped_in_the_config_are_noticed(gallery):
    """Names stay as they are, only two values change places; `--touch` takes what is there as made with these."""
    gallery.write_config(stylize={"size": 32, "steps": 2, "tv_weight": 0.5, "learning_rate": 0.25})
    gallery.run("--touch")
    assert gallery.would_run() == {}
    gallery.write_config(stylize={"size": 32, "steps": 2, "tv_weight": 0.25, "learning_rate": 0.5})
    assert gallery.would_paint() == ALL
    gallery.write_config()
    gallery.run("--touch")


def test_a_setting_for_all_paints_all(gallery):
    gallery.write_config(stylize={"size": 32, "steps": 3})
    assert gallery.would_paint() == ALL
    assert len(gallery.would_run()["contact_sheet"]) == 5


def test_an_added_row_paints_one_picture(gallery):
    gallery.write_rows(*ROWS, {**ROWS[2], "style": "night.png"})
    assert gallery.would_paint() == {"dog/night/sw10-cw1"}
    assert gallery.would_run()["contact_sheet"] >= {"overview", "content/dog", "style/night"}


def test_a_removed_row_paints_nothing(gallery):
    gallery.write_rows(*ROWS[:2])
    would = gallery.would_run()
    assert gallery.would_paint() == set()
    assert would["collect_losses"] == {""}
    assert would["contact_sheet"] >= {"overview", "style/wave"}


def test_another_thumbnail_size_draws_sheets_only(gallery):
    gallery.write_config(sheets={"thumbnail": 64})
    assert set(gallery.would_run()) == {"contact_sheet", "report_overview", "all"}


def test_a_replaced_photograph_paints_its_own_pictures(gallery):
    save_picture(gallery.content / "cat.png", seed=77)
    assert gallery.would_paint() == {name for name in ALL if name.startswith("cat/")}


def test_a_replaced_painting_paints_its_own_pictures(gallery):
    save_picture(gallery.style / "night.png", seed=78)
    assert gallery.would_paint() == {name for name in ALL if "/night/" in name}


def test_a_raised_recipe_paints_all(gallery):
    source = gallery.checkout / "scripts" / "stylegrid" / "plan" / "job.py"
    text = source.read_text()
    source.write_text(
        re.sub(r"^RECIPE = (\d+)$", lambda match: f"RECIPE = {int(match[1]) + 1}", text, flags=re.MULTILINE)
    )
    assert source.read_text() != text
    assert gallery.would_run()["publish"] == ALL


@pytest.mark.slow
def test_edits_are_noticed_without_snakemakes_memory(gallery):
    gallery.run("--touch", "--forceall")
    shutil.rmtree(gallery.folder / ".snakemake" / "metadata")
    assert gallery.would_run() == {}
    gallery.write_config(stylize={"size": 32, "steps": 3})
    assert gallery.would_paint() == ALL
    gallery.write_config()
    gallery.run("--touch", "--forceall")


def test_a_deleted_choice_of_weights_is_made_again_and_paints_what_it_changes(gallery):
    (gallery.folder / "results" / "backbone.json").rename(gallery.folder / "backbone.json")
    assert {"fetch_weights"} <= set(gallery.would_run())
    (gallery.folder / "backbone.json").rename(gallery.folder / "results" / "backbone.json")


def test_edited_programs_paint_nothing(gallery):
    for program in ("paint_chunk", "publish"):
        with (gallery.checkout / "scripts" / f"{program}.py").open("a") as file:
            file.write("# a comment\n")
    assert gallery.would_run() == {}


def test_how_painting_is_shared_out_paints_nothing(gallery):
    for painting in ({"chunk": 2}, {"chunk": "auto"}, {"chunk": 256}):
        gallery.write_config(painting=painting)
        assert gallery.would_paint() == set()


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
    assert "stylegrid.plan.rows_to_jobs" in done.stderr
    assert not re.search(r"\| +(tensorflow|keras)", done.stderr)


def test_faults_stop_the_run_before_anything_is_made(gallery):
    gallery.write_rows(*edited((0, "style", "gone.png"), (1, "style_weight", "many")))
    done = gallery.snakemake()
    assert done.returncode == 1
    faults = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(faults) == 2
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_new_title_reaches_record_and_table_without_painting(gallery):
    before = gallery.paintings()
    gallery.write_rows(*edited((2, "title", 'A "dog" & friends')))
    gallery.run()
    assert gallery.paintings() == before
    assert gallery.record("dog/wave/sw10-cw1")["title"] == 'A "dog" & friends'
    assert gallery.rows()[-1]["title"] == 'A "dog" & friends'
    gallery.write_rows(*ROWS)
    gallery.run()


def test_going_there_paints_one_picture_and_going_back_none(gallery):
    before = gallery.paintings()
    gallery.write_rows(*edited((2, "style_weight", "12")))
    gallery.run()
    after = gallery.paintings()
    assert len(after) == len(before) + 1 and before.items() < after.items()
    shutil.rmtree(gallery.results / "pictures" / "dog")
    gallery.write_rows(*ROWS)
    gallery.run()
    assert gallery.paintings() == after


@pytest.mark.slow
def test_without_its_cache_a_deleted_picture_is_painted_again(gallery):
    picture = gallery.results / "pictures" / "dog" / "wave" / "sw10-cw1.png"
    before = picture.read_bytes()
    shutil.rmtree(gallery.results / "cache")
    assert gallery.would_run() == {}
    picture.unlink()
    gallery.run()
    assert picture.read_bytes() == before
    assert gallery.outcomes() == ["finished"] * 4
    assert gallery.would_run() == {}


@pytest.mark.slow
def test_one_bad_combination_costs_no_other(finished, tmp_path, weights_file):
    """A photograph spoilt after it was looked at: same size and time, other bytes."""
    gallery = Gallery(tmp_path, weights_file)
    gallery.run("results/backbone.json")  # which looks at the pictures, and paints none
    put_back = spoil_unnoticed(gallery.content / "dog.png")

    done = gallery.snakemake("--keep-going")
    assert done.returncode == 1
    assert gallery.outcomes() == ["finished"] * 3 + ["failed"]
    assert "has changed since the manifest was read" in gallery.rows()[-1]["message"]
    assert "failed: dog/wave/sw10-cw1: " in done.stderr
    assert not gallery.rows()[-1]["picture"]
    assert (gallery.results / "pictures" / "dog" / "wave" / "sw10-cw1.failed.json").is_file()
    assert (gallery.results / "sheets" / "content" / "dog.png").is_file()
    painted = gallery.paintings()
    assert len(painted) == 3
    assert not [log for log in (gallery.folder / "logs" / "paint").iterdir() if "Traceback" in log.read_text()]

    gallery.write_rows(*ROWS[:2])
    gallery.run()
    assert gallery.outcomes() == ["finished"] * 3
    gallery.write_rows(*ROWS)
    put_back()
    assert gallery.would_paint() == {"dog/wave/sw10-cw1"}
    gallery.run()
    assert set(gallery.outcomes()) == {"finished"}
    assert len(gallery.paintings()) == 4 and painted.items() < gallery.paintings().items()
    assert not list(gallery.results.rglob("*.failed.json"))
    for combination in ALL:
        name = f"results/pictures/{combination}.png"
        assert (gallery.folder / name).read_bytes() == (finished.folder / name).read_bytes()  # and twice the same bytes


def wait_for(run, text):
    """Read what a run says until it says something."""
    for line in run.stdout:
        if text in line:
            return
    raise AssertionError(f"the run ended without {text!r}")


@pytest.mark.slow
def test_pictures_that_vanish_while_painting_cost_only_what_needs_them(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_rows({"content": "cat.png", "style": "*.png"}, {"content": "dog.png", "style": "night.png"})
    with gallery.begin("--keep-going") as run:
        wait_for(run, "rule fetch_weights")  # so the plan is made
        (gallery.content / "dog.png").unlink()
        (gallery.style / "wave.png").unlink()
        gallery.manifest.write_text("content,style\nno such,picture\n")
        rest = run.stdout.read()
    assert run.returncode == 1
    assert "Traceback" not in rest
    found = {(row["content"], row["style"]): (row["outcome"], row["message"]) for row in gallery.rows()}
    assert found["cat", "night"][0] == "finished"
    for names, gone in ((("cat", "wave"), "style/wave.png"), (("dog", "night"), "content/dog.png")):
        assert found[names] == ("failed", f"{gone}: no such file; it was there when the manifest was read")
    assert (gallery.results / "sheets" / "overview.png").is_file()
    for path in ("content/dog.png", "style/wave.png"):
        save_picture(gallery.folder / path, seed=9)
    gallery.write_rows({"content": "cat.png", "style": "*.png"}, {"content": "dog.png", "style": "night.png"})
    assert gallery.would_paint() == {"cat/wave/default", "dog/night/default"}


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_only_what_it_was_painting(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_config(stylize={"size": 32, "steps": 400, "optimizer": "adam"}, painting={"chunk": 16})
    with gallery.begin() as run:
        wait_for(run, "rule paint_chunk")
        while not gallery.paintings():
            time.sleep(0.01)
        for process in psutil.Process(run.pid).children(recursive=True):
            if "paint_chunk.py" in " ".join(process.cmdline()) and "python" in process.name():
                process.kill()
        rest = run.stdout.read()
    assert run.returncode == 1
    assert "Error in rule paint_chunk" in rest
    kept = gallery.paintings()
    assert 1 <= len(kept) < 4
    assert gallery.outcomes() == ["missing"] * 4
    gallery.run()
    assert gallery.outcomes() == ["finished"] * 4
    assert len(gallery.paintings()) == 4 and kept.items() < gallery.paintings().items()


@pytest.mark.slow
def test_every_picture_may_have_a_process_of_its_own_and_a_dry_run_disturbs_none(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_config(painting={"chunk": 1})
    gallery.write_rows(*ROWS[1:])
    failure = gallery.results / "chunks" / "0101" / "a.failed.json"  # as of a chunk that has failed
    with gallery.begin() as run:
        wait_for(run, "rule paint_chunk")
        failure.parent.mkdir(parents=True)
        failure.write_text("{}")
        gallery.run("--dry-run", "--rerun-incomplete")
        assert failure.exists()
        run.stdout.read()
    assert run.returncode == 0
    assert gallery.outcomes() == ["finished"] * 2
    assert len(list((gallery.folder / "logs" / "paint").iterdir())) == 2
    assert gallery.would_run() == {}
    gallery.run()
    assert not failure.exists()  # now that no run is at work
