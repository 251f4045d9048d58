"""A night of painting survives whatever happens to it: every fault is followed by the one command, and by nothing else.

A chain is one gallery that is disturbed again and again, each time at a later point; each command that follows a fault
is disturbed in its turn, and the last one is not. Seeds make the moments the same in every run.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import REPOSITORY, save_picture
from disturbing import ROWS, Disturbed, Fault, rng_of, sha256
from figures import Tally

from stylegrid.runs import recovery

pytestmark = pytest.mark.faults

KILL, TERM, INT, HUP = signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP
REFUSALS = ("LockException", "IncompleteFilesException", "error: results: ")

PAINTING, RECORD = ("replace", r"results/cache/../\w+\.tif$"), ("replace", r"results/cache/../\w+\.json$")
SYNCING = ("fsync", r"/results/cache/../\.")
HANDED, HANDED_RECORD = ("replace", r"results/chunks/.*\.png$"), ("replace", r"results/chunks/.*/sw\d\.png\.json$")
PICTURE, PICTURE_RECORD = ("replace", r"results/pictures/.*\.png$"), ("replace", r"results/pictures/.*\.json$")
DIGEST, TABLE = ("replace", r"plan/records/"), ("replace", r"losses\.csv$")
SHEET, PLOT = ("replace", r"results/sheets/"), ("replace", r"results/plots/")
THUMBNAIL, PAGE = ("replace", r"thumbnails/"), ("replace", r"gallery/index\.html$")
WEIGHTS, NOTE = ("replace", r"backbone\.json$"), ("replace", r"run\.json$")
SELECTING = ("remove", r"-pulp\.mps$")  # Snakemake has just asked its solver which jobs to run
PLANNED, MARKER = ("replace", r"plan/table\.json$"), ("remove", r"\.snakemake/incomplete/")

CHAINS = {
    "snakemake alone, by SIGKILL": [
        Fault(PLANNED, "snakemake", KILL),
        Fault(PAINTING, "snakemake", KILL, 2),
        Fault(PICTURE, "snakemake", KILL, 2),
        Fault(SHEET, "snakemake", KILL),
    ],
    "the whole group, by SIGKILL": [
        Fault(NOTE, "group", KILL),
        Fault(PAINTING, "group", KILL, 1, "after"),
        Fault(PICTURE, "group", KILL, 3, "after"),
        Fault(PAGE, "group", KILL),
    ],
    "a program alone, by SIGKILL": [
        Fault(SYNCING, "self", KILL, 3),
        Fault(HANDED, "self", KILL, 2, "after"),
        Fault(PICTURE_RECORD, "self", KILL, 2),
        Fault(TABLE, "self", KILL),
    ],
    "a closed terminal": [
        Fault(WEIGHTS, "group", HUP),
        Fault(RECORD, "snakemake", HUP, 1),
        Fault(PICTURE, "group", HUP, 1, "after"),
        Fault(THUMBNAIL, "group", HUP, 3),
    ],
    "Ctrl-C": [
        Fault(PLANNED, "group", INT),
        Fault(PAINTING, "group", INT, 2, "after"),
        Fault(PICTURE, "snakemake", INT, 2),
        Fault(PLOT, "group", INT),
    ],
    "a machine that is shut down": [
        Fault(SELECTING, "snakemake", TERM, 2),
        Fault(RECORD, "group", TERM, 2),
        Fault(HANDED_RECORD, "self", TERM, 1),
        Fault(PICTURE_RECORD, "snakemake", TERM, 1, "after"),
        Fault(DIGEST, "group", TERM),
    ],
    "painters": [
        Fault(0.3, "painter", KILL),
        Fault(0.6, "painter", TERM),
        Fault(0.9, "painter", HUP),
        Fault(0.95, "painter", INT),
    ],
    "Snakemake's own notes": [
        Fault(NOTE, "snakemake", KILL, 1, "after"),
        Fault(MARKER, "group", KILL, 1),
        Fault(MARKER, "snakemake", KILL, 3, "after"),
        Fault(TABLE, "group", KILL, 1, "after"),
    ],
}
for number, struck in enumerate(([("group", KILL), ("snakemake", TERM)], [("snakemake", INT), ("group", HUP)])):
    rng = rng_of(number)
    CHAINS[f"any moment {number}"] = [Fault(rng.uniform(0.05, 0.6), who, kind) for who, kind in struck]


@pytest.fixture(scope="session")
def reference(tmp_path_factory, weights_file):
    """A gallery that nothing disturbs, and how long it took; all others begin as copies of what it was before."""
    before = Disturbed(tmp_path_factory.mktemp("before"), weights_file)
    gallery = before.copied_to(tmp_path_factory.mktemp("reference"))
    began = time.monotonic()
    assert gallery.go_on() == 0, gallery.said
    gallery.before, gallery.seconds, gallery.expected = before, time.monotonic() - began, gallery.made()
    assert len(gallery.finished_paintings()) == len(gallery.rows()) == 6
    return gallery


@pytest.fixture(scope="session")
def painted(reference, tmp_path_factory):
    """A gallery killed when all was painted and published and nothing was collected."""
    gallery = reference.copied_to(tmp_path_factory.mktemp("painted"))
    for name in ("sheets", "plots", "gallery", "plan/records"):
        shutil.rmtree(gallery.results / name)
    (gallery.results / "losses.csv").unlink()
    assert gallery.disturb(Fault(TABLE, "group", KILL), 0, rng_of(0))
    return gallery


@pytest.fixture(scope="session")
def half(reference, tmp_path_factory):
    """A gallery killed when one of two chunks was painted and partly published."""
    gallery = reference.before.copied_to(tmp_path_factory.mktemp("half"))
    assert gallery.disturb(Fault(PICTURE, "group", KILL, 2), 0, rng_of(0))
    return gallery


@pytest.fixture
def tally(record_property):
    """What this test's faults came to."""
    tally = Tally()
    yield tally
    record_property("faults", vars(tally))


def check_after_a_fault(gallery, tally):
    tally.strike()
    tally.partial += len(gallery.partial_files())
    assert not gallery.partial_files()


def check_the_end(gallery, reference, before, tally, faults=1):
    """Check what one command has come to: the same gallery, nothing lost, painted again or left over."""
    check_what_is_left(gallery, before, tally, faults)
    assert gallery.made() == reference.expected


def check_what_is_left(gallery, before, tally, faults=1):
    assert "Traceback" not in gallery.said
    tally.compare(before, gallery.finished_paintings())
    tally.partial += len(gallery.partial_files())
    assert (tally.lost, tally.twice, tally.partial) == (0, 0, 0)
    assert not recovery.parts(gallery.results, partial=True)
    assert not (gallery.results / "run.json").exists()
    assert not [path for path in (gallery.folder / ".snakemake" / "incomplete").rglob("*") if path.is_file()]
    assert not gallery.processes()
    tally.recovered += faults


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_of_faults(reference, tmp_path, tally, name):
    gallery, rng, before, struck = reference.before.copied_to(tmp_path), rng_of(name), {}, 0
    for fault in CHAINS[name]:
        hit = gallery.disturb(fault, reference.seconds, rng)
        tally.compare(before, gallery.finished_paintings())
        assert hit or isinstance(fault.at, float), f"{fault}: did not strike\n{gallery.said}"
        assert not any(word in gallery.said for word in REFUSALS), f"{fault}\n{gallery.said}"
        if hit:
            struck += 1
            check_after_a_fault(gallery, tally)
        if rng.random() < 0.5:  # otherwise the next command comes at once
            assert gallery.painters_end(), f"{fault}: something paints on"
        before = gallery.finished_paintings()
    assert gallery.go_on() == 0, gallery.said
    check_the_end(gallery, reference, before, tally, struck)


def boot_anew(gallery):
    """Have the last run seem to be of before the machine's last start."""
    path = gallery.results / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "boot": "the one before"}))


def tear(path, share):
    """Truncate a file, as one that was not on the disk when power failed; nothing else of it changes."""
    times = path.stat()
    os.truncate(path, int(times.st_size * share))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def newest(gallery, count):
    """Return the files below results and .snakemake that were written last, but for the note that a run was on."""
    folders = (gallery.results, gallery.folder / ".snakemake")
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.name != "run.json"]
    return sorted(paths, key=lambda path: path.stat().st_mtime_ns)[-count:]


def some(pattern):
    return lambda gallery: [path for path in gallery.folder.glob(pattern) if path.is_file()]


TEARS = {
    "the 12 newest": ("half", lambda gallery: newest(gallery, 12), 0.5),
    "the 30 newest": ("painted", lambda gallery: newest(gallery, 30), 0),
    "Snakemake's notes": ("painted", some(".snakemake/**/*"), 0.5),
    "the note of the run": ("half", some("results/run.json"), 0),
    "the plan": ("painted", some("results/plan/**/*"), 0),
    "pictures and records": ("painted", some("results/pictures/**/*"), 0.5),
    "the choice of weights": ("painted", some("results/backbone.json"), 0),
}


@pytest.mark.parametrize("name", TEARS)
def test_power_that_fails(request, reference, tmp_path, tally, name):
    state, chosen, share = TEARS[name]
    gallery = request.getfixturevalue(state).copied_to(tmp_path)
    boot_anew(gallery)
    whole = gallery.finished_paintings()
    for path in chosen(gallery):
        tear(path, share)
    torn = [path.stem for path in (gallery.results / "cache").glob("*/*") if is_torn(path, whole)]
    tally.strike()
    assert gallery.go_on() == 0, gallery.said
    before = {key: painted for key, painted in whole.items() if key not in torn}
    check_the_end(gallery, reference, before, tally)


def is_torn(path, whole):
    """Return whether a painting, or its record, is no more what it was."""
    if path.suffix == ".json":
        return not path.read_bytes().endswith(b"}\n")
    return path.stem in whole and whole[path.stem][1] != sha256(path)


@pytest.mark.parametrize("seconds", [86400, -86400])
def test_a_clock_that_is_set(half, reference, tmp_path, tally, seconds):
    gallery = half.copied_to(tmp_path)
    for path in gallery.results.rglob("*"):
        times = path.stat()
        os.utime(path, (times.st_atime + seconds, times.st_mtime + seconds))
    before = gallery.finished_paintings()
    tally.strike()
    assert gallery.go_on() == 0, gallery.said
    check_the_end(gallery, reference, before, tally)


def sentences(text):
    return {line for line in text.splitlines() if line.startswith("error: ")}


@contextmanager
def file_system(gallery, size):
    """Have the results on a file system of their own, of a size."""
    kept, mount = gallery.folder / "kept", ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", gallery.results]
    gallery.results.rename(kept)
    gallery.results.mkdir()
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a file system, and not in every container")
    try:
        shutil.copytree(kept, gallery.results, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", gallery.results], check=True)


def logs(gallery):
    return "".join(path.read_text() for path in (gallery.folder / "logs").rglob("*.log"))


@pytest.mark.parametrize(("state", "room"), [("half", 100_000), ("painted", 60_000)])
def test_a_full_disk(request, reference, tmp_path, tally, state, room):
    """There is room for some of the painting, or for some of what is collected."""
    gallery = request.getfixturevalue(state).copied_to(tmp_path)
    with file_system(gallery, "24M"):
        filler, before = gallery.results / "filler", gallery.finished_paintings()
        with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(2048))
        os.truncate(filler, filler.stat().st_size - room)
        tally.strike()
        assert gallery.go_on() == 1
        assert any("No space left on device" in sentence for sentence in sentences(gallery.said + logs(gallery)))
        assert "Traceback" not in gallery.said + logs(gallery)
        filler.unlink()
        assert gallery.go_on() == 0, gallery.said
        check_the_end(gallery, reference, before, tally)


def test_a_folder_that_may_not_be_written(painted, reference, tmp_path, tally):
    gallery = painted.copied_to(tmp_path)
    with file_system(gallery, "64M"):
        before = gallery.finished_paintings()
        subprocess.run(["mount", "-o", "remount,ro", gallery.results], check=True)
        tally.strike()
        assert gallery.go_on() == 1
        (sentence,) = sentences(gallery.said)
        assert re.match(
            r"error: results/\S+: cannot be written \(Read-only file system\); check the folder's", sentence
        )
        assert "Traceback" not in gallery.said
        subprocess.run(["mount", "-o", "remount,rw", gallery.results], check=True)
        assert gallery.go_on() == 0, gallery.said
        check_the_end(gallery, reference, before, tally)


def test_a_photograph_that_vanishes(painted, reference, tmp_path, tally):
    gallery = painted.copied_to(tmp_path)
    elk = save_picture(gallery.content / "elk.png", seed=3)
    gallery.write_rows(*ROWS, {**ROWS[0], "content": "elk.png", "style_weight": "4"})
    kept, before = elk.read_bytes(), gallery.finished_paintings()
    assert gallery.wait(gallery.start("--keep-going", fault=Fault(NOTE, "content/elk.png", 0, 1, "after"))) == 1
    tally.strike()
    assert gallery.outcomes() == ["finished"] * 6 + ["failed"]
    gone = "content/elk.png: no such file; it was there when the manifest was read"
    assert f"error: elk/night/sw4: {gone}" in sentences(gallery.said + logs(gallery))
    assert "Traceback" not in gallery.said + logs(gallery)
    elk.write_bytes(kept)
    assert gallery.go_on() == 0, gallery.said
    assert gallery.outcomes() == ["finished"] * 7
    check_what_is_left(gallery, before, tally)
    for name, made in reference.expected.items():
        if name.endswith(".png") and name.startswith("pictures/"):
            assert gallery.made()[name] == made


@pytest.fixture
def made_by_make(painted, tmp_path):
    """A gallery and what `make gallery` needs to run there: the Makefile, and an installation, which is this one."""
    gallery = painted.copied_to(tmp_path)
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    for name in ("Snakefile", "scripts", "workflow"):
        (tmp_path / name).symlink_to(gallery.checkout / name)
    (tmp_path / "venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        (tmp_path / "venv" / part.name).symlink_to(part)
    (tmp_path / "envs").mkdir()
    (tmp_path / "envs" / "cpu.lock").touch()
    (tmp_path / "venv" / "cpu").unlink(missing_ok=True)
    (tmp_path / "venv" / "cpu").touch()
    for name in ("weights.h5", "fast.npz"):  # there already, so that neither run gets them first
        (tmp_path / name).touch()
    return gallery


def make(gallery):
    variables = ["VENV=venv", "ENVS=envs", "TENSORFLOW=cpu", "WEIGHTS=weights.h5", "FAST=fast.npz"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    # Without what the make that may run this test hands on.
    own = {name: value for name, value in gallery.environment.items() if name not in ("MAKEFLAGS", "MFLAGS", "ARGS")}
    return subprocess.Popen(["make", "gallery", *variables], cwd=gallery.folder, env=own, **pipes)


def test_two_at_the_same_moment(made_by_make, reference, tally):
    before = made_by_make.finished_paintings()
    for folder in ("sheets", "plots"):  # longer to make than the second one waits for the first
        shutil.rmtree(made_by_make.results / folder, ignore_errors=True)
    runs = [make(made_by_make) for _ in range(2)]
    said = [process.communicate(timeout=240)[0] for process in runs]
    tally.strike()
    codes = [process.returncode for process in runs]
    assert sorted(codes) == [0, 2], said  # make's own code for a command that failed
    (refusal,) = sentences(said[codes.index(2)])
    assert "a run is already painting here" in refusal and "`kill " in refusal
    assert "Traceback" not in said[0] + said[1]
    check_the_end(made_by_make, reference, before, tally)


@pytest.mark.parametrize("point", [PLANNED, NOTE])
def test_a_run_that_has_not_said_yet_that_it_runs_is_left_alone(painted, reference, tmp_path, tally, point):
    """It stands still before its plan, or its note, is written, and shows nothing but that it holds the folder."""
    gallery = painted.copied_to(tmp_path)
    (gallery.results / "plan" / "table.json").unlink()
    before = gallery.finished_paintings()
    first = gallery.start(fault=Fault(point, "snakemake", signal.SIGSTOP))
    while not gallery.has_struck():
        time.sleep(0.05)
    tally.strike()
    locks = sorted((gallery.folder / ".snakemake" / "locks").glob("*"))
    for program in ("recover.py", "snakemake"):
        assert gallery.wait(gallery.start(program=program)) == 1
    assert sorted((gallery.folder / ".snakemake" / "locks").glob("*")) == locks
    first.send_signal(signal.SIGCONT)
    assert gallery.wait(first) == 0
    check_the_end(gallery, reference, before, tally)
