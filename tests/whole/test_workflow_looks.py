"""Who does not hold a results folder writes nothing there: looks, and runs that are refused beside a living one."""

import hashlib
import json
import subprocess
import sys
import time

import psutil
import pytest
import yaml
from PIL import Image
from test_workflow import ALL, ROWS, Gallery, wait_for

pytestmark = pytest.mark.slow

LOOKS = {
    "dry run": ["--dry-run"],
    "rule graph": ["--rulegraph"],
    "summary": ["--summary"],
    "report": ["--report", "report.html"],
    "untracked files": ["--list-untracked"],
}
SLOW = {"stylize": {"size": 32, "steps": 40, "optimizer": "adam"}, "painting": {"chunk": 2}}
OTHER = {"stylize": {"size": 24, "steps": 1}, "sheets": {"paper": "A4"}}


def files_of(results):
    """Return the hash and the time of every file below a results folder."""
    paths = (path for path in results.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths}


def painters_of(run):
    """Wait for the processes that a run paints by, stop them where they are, and return them."""
    while not (painters := [child for child in psutil.Process(run.pid).children(recursive=True) if paints(child)]):
        time.sleep(0.01)
    for painter in painters:
        painter.suspend()
    return painters


def paints(process):
    try:
        return "paint_chunk.py" in " ".join(process.cmdline()) and "python" in process.name()
    except psutil.NoSuchProcess:
        return False


def edit(gallery):
    """Edit config and manifest, so that the plan is quite another."""
    gallery.write_config(**OTHER)
    gallery.write_rows(*ROWS[:1], {**ROWS[2], "style": "*.png", "title": "Another"})


def from_elsewhere(gallery, *flags):
    """Call Snakemake on the same results from another working folder."""
    elsewhere = gallery.folder / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    config = yaml.safe_load((gallery.folder / "config.yaml").read_text())
    folders = {key: str(gallery.folder / config[key]) for key in ("manifest", "content_dir", "style_dir", "results")}
    (elsewhere / "config.yaml").write_text(yaml.safe_dump({**config, **folders}))
    return gallery.snakemake("--directory", str(elsewhere), *flags)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, weights_file):
    """A gallery that is painted, with what its results folder holds; then its plan is edited."""
    gallery = Gallery(tmp_path_factory.mktemp("gallery"), weights_file)
    gallery.run()
    gallery.before = files_of(gallery.results)
    edit(gallery)
    return gallery


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_at_a_finished_gallery_changes_nothing(finished, look):
    done = finished.run(*LOOKS[look])
    assert files_of(finished.results) == finished.before
    if look == "dry run":
        announced = done.stdout + done.stderr
        assert "dog/night/sw10-cw1" in announced and "print_sheets" in announced
    if look == "summary":
        assert "update pending" in done.stdout


def test_a_look_from_another_folder_changes_nothing(finished):
    assert from_elsewhere(finished, "--dry-run").returncode == 0
    assert files_of(finished.results) == finished.before


def test_after_looks_everything_is_as_it_was_recorded(finished):
    for program in ("verify", "status"):
        command = [sys.executable, str(finished.checkout / "scripts" / f"{program}.py")]
        done = subprocess.run(command, cwd=finished.folder, env=finished.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "4 of 4" in done.stdout


def test_a_look_leaves_no_folder_of_its_own(finished, tmp_path):
    finished.environment["TMPDIR"] = str(tmp_path)
    finished.run("--dry-run")
    del finished.environment["TMPDIR"]
    assert not list(tmp_path.glob("stylegrid-plan-*"))


def test_a_look_before_the_first_run_makes_no_results(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    assert gallery.would_run()["publish"] == {"cat/night/sw10-cw1", "cat/night/sw100-cw1", "cat/wave/sw10-cw2"} | {
        "dog/wave/sw10-cw1"
    }
    gallery.run("--rulegraph")
    assert not gallery.results.exists()


def test_a_living_run_paints_what_it_was_started_with(tmp_path, weights_file):
    """Each command that parses the Snakefile beside it leaves its plan alone; runs are refused with a sentence."""
    gallery = Gallery(tmp_path, weights_file)
    gallery.write_config(**SLOW)
    with gallery.begin() as run:
        wait_for(run, "rule paint_chunk")
        paused = painters_of(run)
        plan = files_of(gallery.results / "plan")
        edit(gallery)
        for flags in (LOOKS[name] for name in LOOKS if name != "report"):  # of which there is nothing yet
            done = gallery.snakemake(*flags)
            # What is half painted counts as incomplete for a look; Snakemake may say so.
            assert done.returncode == 0 or "IncompleteFilesException" in done.stderr or "report" in flags[0], (
                done.stderr
            )
        assert from_elsewhere(gallery, "--dry-run").returncode == 0
        for refused in (gallery.snakemake(), gallery.snakemake("--touch"), from_elsewhere(gallery)):
            assert refused.returncode == 1
            (error,) = [line for line in refused.stderr.splitlines() if line.startswith("error: ")]
            assert (
                "a run is already painting here" in error and f"process {run.pid} on " in error and " since 2" in error
            )
            assert "rerun-incomplete" not in refused.stderr and "Traceback" not in refused.stderr
        assert run.poll() is None and all(painter.is_running() for painter in paused)
        assert {path: known for path, known in files_of(gallery.results / "plan").items() if path in plan} == plan
        for painter in paused:
            painter.resume()
        rest = run.stdout.read()
    assert run.returncode == 0, rest
    assert gallery.outcomes() == ["finished"] * 4
    assert {row["steps"] for row in gallery.rows()} == {"40"} and {row["width"] for row in gallery.rows()} == {"32"}
    gallery.write_config(**SLOW)
    gallery.write_rows(*ROWS)
    assert gallery.would_run() == {}


def test_a_job_on_another_machine_paints_what_it_was_sent_for(tmp_path, weights_file):
    """As a cluster calls it, when config and manifest have become others since."""
    gallery = Gallery(tmp_path, weights_file)
    gallery.run("results/backbone.json")
    edit(gallery)
    gallery.write_config(**OTHER, results="elsewhere")
    gallery.manifest.write_text("no manifest")
    gallery.environment["STYLEGRID_TABLES"] = json.dumps([str(gallery.results / "plan" / "workflow.json")])
    gallery.run(
        *("--mode", "remote", "--target-jobs", "paint_chunk:chunk=all", "--allowed-rules", "paint_chunk"),
        *("--nolock", "--force", "--target-files-omit-workdir-adjustment"),
    )
    pictures = sorted((gallery.results / "chunks" / "all").rglob("*.png"))
    assert [str(path.relative_to(gallery.results / "chunks" / "all"))[:-4] for path in pictures] == sorted(ALL)
    for picture in pictures:
        with Image.open(picture) as image:
            assert max(image.size) == 32
    assert not (gallery.folder / "elsewhere").exists()
    del gallery.environment["STYLEGRID_TABLES"]
