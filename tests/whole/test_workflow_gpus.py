"""The real Snakemake on a machine with GPUs, which are fake: what it says at its start, and which GPU paints what."""

import itertools
import json
import re
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest
from test_workflow import Gallery

# Paints nothing: holds a GPU as painting does, for a while, and writes down from when to when.
STAND_IN = """
import json, os, sys, time
from pathlib import Path
from stylegrid.painting import gpu_lock as gpus
gpus.claim()
began = time.monotonic()
time.sleep(0.3)
Path(sys.argv[sys.argv.index("--output") + 1]).mkdir(parents=True)
with open(os.environ["TIMES"], "a") as file:
    file.write(json.dumps([os.environ[gpus.VISIBLE], began, time.monotonic()]) + "\\n")
"""
# The same where every process takes a GPU by its number, whoever may hold it.
WITHOUT_LOCKS = STAND_IN.replace("gpus.claim()", "os.environ[gpus.VISIBLE] = str(os.getpid() % 2)")
LOCAL = "workflow/profiles/local"


class Use(NamedTuple):
    """A GPU in use by a process, in seconds since some time."""

    gpu: str
    began: float
    ended: float


class Box(Gallery):
    """A gallery on a machine with fake GPUs, whose locks are its own."""

    def __init__(self, folder, weights, gpus="0,1"):
        super().__init__(folder, weights)
        (folder / "temporary").mkdir()
        self.times = folder / "times"
        mine = {"CUDA_VISIBLE_DEVICES": gpus, "TMPDIR": str(folder / "temporary"), "TIMES": str(self.times)}
        self.environment = {
            name: value for name, value in self.environment.items() if not name.startswith(("SLURM_", "SNAKEMAKE_"))
        } | mine

    def write_jobs(self, count):
        """Write a manifest of so many pictures, each of which has a process of its own."""
        weights = ";".join(str(weight) for weight in range(1, count + 1))
        self.write_rows({"content": "cat.png", "style": "night.png", "style_weight": weights})
        self.write_config(painting={"chunk": 1}, stylize={"size": 16, "steps": 1})

    def snakemake(self, *flags):
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(self.checkout / "Snakefile"), *flags]
        given = {"cwd": self.folder, "env": self.environment}
        return subprocess.run(command, **given, capture_output=True, text=True, check=False)

    def uses_of_stand_ins(self, count, program, *flags):
        """Return the uses of GPUs by so many jobs, done by a program that stands for the one that paints."""
        self.write_jobs(count)
        (self.checkout / "scripts" / "paint_chunk.py").write_text(program)
        self.run("--cores", "4", "--until", "paint_chunk", *flags)
        uses = [Use(*json.loads(line)) for line in self.times.read_text().splitlines()]
        assert len(uses) == count
        return uses

    def notes(self, *flags):
        """Return what a dry run notes and finds wrong."""
        said = self.snakemake("--dry-run", *flags).stderr.splitlines()
        return [line for line in said if line.lower().startswith(("note: ", "error: ", "painting "))]


def at_once(uses):
    """Return the pairs of uses that were at the same time."""
    return [
        (one, other)
        for one, other in itertools.combinations(uses, 2)
        if one.began < other.ended and other.began < one.ended
    ]


def collisions(uses):
    """Return the pairs of uses of one GPU at the same time."""
    return [(one, other) for one, other in at_once(uses) if one.gpu == other.gpu]


@pytest.fixture
def box(tmp_path, weights_file):
    return Box(tmp_path, weights_file)


def test_uses_at_once_are_told_from_others():
    first, second, third = Use("0", 0, 2), Use("0", 2, 3), Use("1", 1, 2.5)
    assert at_once([first, second, third]) == [(first, third), (second, third)]
    assert collisions([first, second, third]) == []
    assert collisions([first, second, Use("0", 1, 2.5)]) == [(first, Use("0", 1, 2.5)), (second, Use("0", 1, 2.5))]


@pytest.mark.slow
def test_two_gpus_share_forty_jobs_and_none_has_two_at_once(box):
    uses = box.uses_of_stand_ins(40, STAND_IN, "--resources", "gpu=2")
    assert collisions(uses) == []
    assert {use.gpu for use in uses} == {"0", "1"}
    assert min(sum(use.gpu == name for use in uses) for name in "01") >= 0.4 * len(uses)
    assert len(at_once(uses)) >= 10


@pytest.mark.slow
def test_without_locks_gpus_have_two_at_once(box):
    """Then what the other tests look for is found."""
    assert collisions(box.uses_of_stand_ins(12, WITHOUT_LOCKS, "--resources", "gpu=2"))


@pytest.mark.slow
@pytest.mark.parametrize("flags", [(), ("--set-threads", "paint_chunk=1")], ids=["as it comes", "four at once"])
def test_without_a_limit_nothing_collides(box, flags):
    uses = box.uses_of_stand_ins(12, STAND_IN, *flags)
    assert collisions(uses) == []
    assert bool(at_once(uses)) == bool(flags)
    logs = [path.read_text() for path in (box.folder / "logs" / "paint").iterdir()]
    assert any("waiting for a GPU: all of 0, 1 are in use" in log for log in logs) == bool(flags)


@pytest.mark.slow
def test_paintings_hold_a_gpu_each_and_say_which(box):
    box.write_jobs(6)
    box.run("--cores", "2", "--resources", "gpu=2")
    assert box.outcomes() == ["finished"] * 6
    logs = [path.read_text() for path in (box.folder / "logs" / "paint").iterdir()]
    painted_on = [re.findall(r"^painting on GPU (.+)$", log, re.MULTILINE) for log in logs]
    assert sorted(painted_on)[0] == ["0"] and sorted(painted_on)[-1] == ["1"]
    assert [len(names) for names in painted_on] == [1] * 6


@pytest.mark.parametrize(
    ("gpus", "flags", "notes"),
    [
        ("0,1,2,3", ["--cores", "4", "--resources", "gpu=2"], ["Painting on 2 of 4 GPUs, 2 pictures at a time."]),
        ("", ["--cores", "4"], ["Painting on the CPU, one picture at a time."]),
        (
            "0,1",
            ["--workflow-profile", LOCAL, "--resources", "gpu=4"],
            [
                f"Painting on 2 of 2 GPUs, 2 pictures at a time. Profile {LOCAL}/profile.yaml.",
                "gpu=4, but only 2 found here: 2 paint at once, the others wait, and 4 share the cores",
            ],
        ),
        (
            "",
            ["--workflow-profile", LOCAL, "--profile", "none"],
            [f"the CPU, one picture at a time. Profile {LOCAL}/profile.yaml."],
        ),
        (
            "",
            ["--workflow-profile", "none", "--cores", "1", "--resources", "gpu=2"],
            ["Painting on the CPU, 2 pictures at a time."],
        ),
    ],
)
def test_a_run_says_what_it_runs_with(box, gpus, flags, notes):
    box.environment["CUDA_VISIBLE_DEVICES"] = gpus
    shutil.copytree(box.checkout / "workflow" / "profiles", box.folder / "workflow" / "profiles")
    found = box.notes(*flags)
    assert len(found) == len(notes)
    assert all(part in line for part, line in zip(notes, found, strict=True))


def test_a_profile_of_the_environment_is_named(box):
    box.environment["SNAKEMAKE_PROFILE"] = str(box.checkout / LOCAL)
    assert box.notes() == [
        f"Painting on 1 of 2 GPUs, one picture at a time. Profile {box.checkout / LOCAL}/profile.yaml."
    ]


def test_what_a_run_says_of_itself_leaves_its_output_alone(box):
    done = box.run("--cores", "1", "--summary")
    assert "Painting on 1 of 2 GPUs" in done.stderr
    assert "Painting" not in done.stdout


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        (["--workflow-profile", "workflow/profiles/loacl"], {}),
        (["--workflow-profile", "local"], {}),
        (["--workflow-prof=local", "--profile", LOCAL], {}),
        (["--workflow-profile", "local", "--profile", "none"], {}),
        ([], {"SNAKEMAKE_PROFILE": "loacl"}),
    ],
)
def test_a_profile_that_is_not_there_ends_the_run_before_anything_is_written(box, flags, environment):
    box.environment |= environment
    shutil.copytree(box.checkout / "workflow" / "profiles", box.folder / "workflow" / "profiles")
    done = box.snakemake("--cores", "1", *flags)
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.lower().startswith("error: ")]
    assert ("local" in line) or ("loacl" in line)
    assert "Traceback" not in done.stderr
    assert not box.results.exists()


def test_the_profiles_there_are_come_with_the_error(box):
    profiles = sorted((box.checkout / "workflow" / "profiles").iterdir())
    allowed = ", ".join(str(path.relative_to(box.folder)) for path in profiles)
    error = f"error: --workflow-profile nothing-like-it: no such profile. Allowed are {allowed}"
    assert box.notes("--workflow-profile", "nothing-like-it") == [error]


@pytest.mark.parametrize(("flags", "threads"), [((), 4), (("--resources", "gpu=1"), 4), (("--resources", "gpu=2"), 2)])
def test_paintings_share_all_cores(box, flags, threads):
    box.environment["CUDA_VISIBLE_DEVICES"] = ""
    box.write_jobs(2)
    text = box.run("--cores", "4", "--dry-run", *flags).stdout
    (rule, *_) = re.findall(r"^rule paint_chunk:$(.*?)(?=^(?:local)?rule |\Z)", text, re.MULTILINE | re.DOTALL)
    assert f"threads: {threads}" in rule
