"""A gallery through a real Slurm of one node with two GPUs, by the profile that users take, and what goes wrong there.

It paints by the CPU: the node's GPUs are names that Slurm hands out. Needs Slurm's programs and Snakemake's plugin,
which `make slurm-test` installs; without them the tests are left out, unless STYLEGRID_REQUIRE_SLURM is set.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import REPOSITORY
from test_workflow import Gallery, edited

from stylegrid.runs import slurm

pytestmark = pytest.mark.slurm
CLUSTER = REPOSITORY / "tests" / "helpers" / "slurm-one-node.sh"
PROFILE = "checkout/workflow/profiles/slurm"
PATIENCE = 300  # seconds; a busy machine takes its time

# Goes before paint_chunk.py in a gallery's copy: notes who paints what, when and on which GPU, and has accidents happen
# to a combination's first attempt.
WITNESS = """
import atexit, json, os, pathlib, signal, sys, threading, time
name = sys.argv[1].split("/jobs/")[1].removesuffix(".json")
chunk = pathlib.Path(sys.argv[sys.argv.index("--output") + 1]).name
seen = pathlib.Path("seen")
seen.mkdir(exist_ok=True)
earlier = list(seen.glob(f"{chunk}.*"))
note = seen / f"{chunk}.{os.getpid()}"
told = {"name": name, "gpu": os.environ.get("CUDA_VISIBLE_DEVICES"), "slurm": os.environ.get("SLURM_JOB_ID")}
told["beside"] = [path.name for path in earlier if pathlib.Path("/proc", path.suffix[1:]).exists()]
told["began"] = told["ended"] = time.time()
note.write_text(json.dumps(told))
atexit.register(lambda: note.write_text(json.dumps({**told, "ended": time.time()})))
def stop_when_one_is_painted():
    while not list(pathlib.Path("results/cache").glob("*/*.json")):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGSTOP)
accident = json.loads(pathlib.Path("accidents.json").read_text()).get(name)
if accident and not earlier:
    if accident == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    elif accident == "hang":
        time.sleep(3600)
    elif accident == "stop":
        threading.Thread(target=stop_when_one_is_painted, daemon=True).start()
"""


def missing():
    """Return what a test of Slurm lacks here."""
    path = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"
    programs = [name for name in ("sbatch", "slurmctld", "slurmd", "munged") if not shutil.which(name, path=path)]
    return programs + [name for name in ("snakemake_executor_plugin_slurm",) if find_spec(name) is None]


@pytest.fixture(scope="session")
def cluster():
    """A cluster of one node with two GPUs: the environment that its clients need."""
    if missing():
        message = f"{', '.join(missing())}: not installed; make slurm-test"
        pytest.fail(message) if os.environ.get("STYLEGRID_REQUIRE_SLURM") else pytest.skip(message)
    root = Path(tempfile.mkdtemp(prefix="slurm-one-node.", dir="/tmp"))  # sockets have short names
    sizes = {"S1N_GPUS": "2", "S1N_CPUS": "8", "S1N_MEM_MB": "64000", "S1N_ANY_ADDR": "1"}
    ports = dict(zip(("S1N_CTLD_PORT", "S1N_SLURMD_PORT"), map(str, free_ports(2)), strict=True))
    path = f"{root}/bin:{os.environ['PATH']}:/usr/sbin"
    environment = {**os.environ, "S1N_ROOT": str(root), **sizes, **ports, "PATH": path}
    try:
        subprocess.run([CLUSTER, "start"], env=environment, check=True, timeout=PATIENCE)
        yield {**environment, "SLURM_CONF": f"{root}/etc/slurm.conf"}
    finally:
        subprocess.run([CLUSTER, "stop"], env=environment, check=True, timeout=PATIENCE)
        shutil.rmtree(root)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class SlurmGallery(Gallery):
    """A gallery whose jobs go to the cluster, with a witness of every painting."""

    def __init__(self, folder, weights, cluster, accidents):
        super().__init__(folder, weights)
        self.environment |= cluster
        self.state = Path(cluster["S1N_ROOT"])
        (folder / "accidents.json").write_text(json.dumps(accidents))
        program = self.checkout / "scripts" / "paint_chunk.py"
        program.write_text(WITNESS + program.read_text())
        shutil.copytree(
            REPOSITORY / "workflow" / "profiles", self.checkout / "workflow" / "profiles", dirs_exist_ok=True
        )

    def flags(self, *more):
        """Return the profile's flags, with looks at the jobs in quick succession, and one thread as runs here have."""
        quick = ("--set-threads", "paint_chunk=1", "--slurm-init-seconds-before-status-checks", "2")
        return ["--snakefile", str(self.checkout / "Snakefile"), "--profile", PROFILE, *quick, *more]

    def command(self, command, **changes):
        how = {"cwd": self.folder, "env": {**self.environment, **changes}, "capture_output": True, "text": True}
        return subprocess.run(command, check=False, timeout=PATIENCE, **how)

    def on_slurm(self, *more, **changes):
        return self.command([sys.executable, "-m", "snakemake", *self.flags(*more)], **changes)

    def begin_on_slurm(self, *more):
        """Start a run, what it says going to a file."""
        with (self.folder / "run.log").open("w") as log:
            command = [sys.executable, "-m", "snakemake", *self.flags(*more)]
            self.running = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        return self.running

    def said(self):
        return (self.folder / "run.log").read_text()

    def wait(self, until):
        """Wait for something while the run is on, and return it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.running.poll() is None:
            try:
                if found := until():
                    return found
            except (ValueError, OSError):  # a note half written, a process that just ended
                pass
            time.sleep(0.05)
        raise AssertionError(self.said())

    def seen(self):
        """Return what the witness noted, in order."""
        return sorted((json.loads(path.read_text()) for path in (self.folder / "seen").glob("*.*")), key=began)

    def wait_for(self, name):
        """Wait until a combination is being painted, and return its Slurm job."""
        return self.wait(lambda: next((note["slurm"] for note in self.seen() if note["name"] == name), None))

    def ends(self):
        """Return how Slurm's jobs ended: a dict of its words for each."""
        lines = (self.state / "log" / "jobcomp.txt").read_text().splitlines()
        jobs = [dict(word.split("=", 1) for word in line.split()) for line in lines]
        return {job["JobId"]: job for job in jobs}

    def ends_of(self, name):
        """Return how a combination's Slurm jobs ended, in order."""
        return [self.ends()[note["slurm"]] for note in self.seen() if note["name"] == name]


def began(note):
    return note["began"]


@pytest.fixture(scope="module")
def local(tmp_path_factory, weights_file):
    """The gallery as one core of this machine paints it, in one process."""
    gallery = Gallery(tmp_path_factory.mktemp("local"), weights_file)
    gallery.run("--cores", "1", "results/losses.csv")
    return gallery


CRASHES, CANCELLED, LATE, LUCKY = "cat/night/sw10-cw1", "cat/night/sw100-cw1", "cat/wave/sw10-cw2", "dog/wave/sw10-cw1"


@pytest.fixture(scope="module")
def accidents(tmp_path_factory, weights_file, cluster):
    """A gallery of four jobs, of which one crashed, one was cancelled and one ran out of time, by one command."""
    happen = {CRASHES: "crash", CANCELLED: "hang", LATE: "hang"}
    gallery = SlurmGallery(tmp_path_factory.mktemp("accidents"), weights_file, cluster, happen)
    gallery.write_config(painting={"chunk": 1})
    run = gallery.begin_on_slurm("results/losses.csv")
    try:
        # Slurm's shortest limit is a minute, which it takes long to notice: the job is told that its time is over.
        late = gallery.wait_for(LATE)
        assert not gallery.command(["scontrol", "update", f"jobid={late}", "endtime=now"]).returncode
        assert not gallery.command(["scancel", gallery.wait_for(CANCELLED)]).returncode
        assert run.wait(PATIENCE) == 0, gallery.said()
    finally:
        run.kill()
    return gallery


def test_whatever_happens_to_a_job_one_command_paints_all(accidents):
    assert accidents.outcomes() == ["finished"] * 4
    assert not (accidents.results / "run.json").exists()
    drawn = {"contact_sheet", "report_overview", "gallery", "plot_losses", "plot_tradeoff"}
    assert accidents.would_run().keys() <= {"all", *drawn}


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        (CRASHES, ["FAILED", "COMPLETED"]),
        (CANCELLED, ["CANCELLED", "COMPLETED"]),
        (LATE, ["TIMEOUT", "COMPLETED"]),
        (LUCKY, ["COMPLETED"]),
    ],
)
def test_a_job_that_fails_is_sent_again_with_more_of_everything(accidents, name, ends):
    found = accidents.ends_of(name)
    assert [end["JobState"] for end in found] == ends
    assert [re.search(r"mem=(\w+)", end["Tres"])[1] for end in found] == ["8000M", "16000M"][: len(ends)]
    if name != LATE:  # whose limit was changed
        assert [end["TimeLimit"] for end in found] == ["240", "480"][: len(ends)]


def test_slurm_and_this_machine_paint_the_same_bytes(accidents, local):
    for name in (CRASHES, CANCELLED, LATE, LUCKY):
        picture = Path("results", "pictures", f"{name}.png")
        assert (accidents.folder / picture).read_bytes() == (local.folder / picture).read_bytes()


def test_jobs_at_the_same_time_have_gpus_of_their_own(accidents):
    notes = [{**note, "ended": max(note["ended"], note["began"] + 0.01)} for note in accidents.seen()]
    assert {note["gpu"] for note in notes} == {"0", "1"}
    for note in notes:
        beside = [other["gpu"] for other in notes if other["began"] <= note["began"] < other["ended"]]
        assert len(beside) == len(set(beside)) <= 2
    assert not any(note["beside"] for note in notes)


def test_every_job_leaves_what_slurm_and_the_program_say(accidents):
    for note in accidents.seen():
        assert list((accidents.folder / "logs" / "slurm" / "rule_paint_chunk").glob(f"*/{note['slurm']}.log"))
    assert len(list((accidents.folder / "logs" / "paint").glob("*.log"))) == 4


@pytest.fixture(scope="module")
def killed(tmp_path_factory, weights_file, cluster):
    """A gallery whose Snakemake was killed when the first of its pictures was painted; the job is still there."""
    gallery = SlurmGallery(tmp_path_factory.mktemp("killed"), weights_file, cluster, {CRASHES: "stop"})
    gallery.write_rows(*edited()[:2])
    run = gallery.begin_on_slurm()
    try:
        gallery.wait(gallery.paintings)
        gallery.wait(lambda: all(stopped(path) for path in (gallery.folder / "seen").iterdir()))
    finally:
        run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
    return gallery


def stopped(note):
    """Return whether the process that a note is of stands still."""
    return (Path("/proc") / note.suffix[1:] / "stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_a_killed_run_is_taken_up_by_one_command_and_nothing_is_painted_twice(killed):
    (job,) = {note["slurm"] for note in killed.seen()}
    before = killed.paintings()
    assert len(before) == 1

    # Who unlocks by hand is stopped before a second job starts beside the first.
    assert killed.on_slurm("--unlock").returncode == 0
    refused = killed.on_slurm()
    assert refused.returncode == 1
    (sentence,) = [line for line in refused.stderr.splitlines() if line.startswith("error: ")]
    assert re.match(rf"error: results: Slurm's job {job} and process \d+ of a run that was killed, still at ", sentence)
    assert "Traceback" not in refused.stderr
    assert len(killed.seen()) == 1

    program = str(killed.checkout / "scripts" / "recover.py")
    done = killed.command([sys.executable, program, *killed.flags()])
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Slurm's job {job}: ended" in done.stderr
    assert killed.ends()[job]["JobState"] == "CANCELLED"
    after = killed.paintings()
    assert len(after) == 3 and before.items() < after.items()
    assert [note["beside"] for note in killed.seen()] == [[], []]
    assert killed.outcomes() == ["finished"] * 3
    assert killed.would_run() == {}


def test_sheets_and_gallery_are_drawn_by_slurm_too(killed):
    drawn = {path.parent.name for path in (killed.folder / "logs" / "slurm").glob("*/*/*.log")}
    assert (killed.results / "gallery" / "index.html").is_file()
    assert {"overview", "content_cat"} <= drawn


@pytest.fixture(scope="module")
def idle(tmp_path_factory, weights_file, cluster):
    """A gallery of which nothing is painted."""
    gallery = SlurmGallery(tmp_path_factory.mktemp("idle"), weights_file, cluster, {})
    gallery.write_rows(edited()[2])
    return gallery


PICTURE = f"results/pictures/{LUCKY}.png"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--default-resources", "slurm_partition=nosuch"), "sbatch: error: invalid partition specified: nosuch"),
        (("--set-resources", "paint_chunk:gpu=3"), "Requested node configuration is not available"),
        (
            ("--slurm-status-command", "sacct"),
            "error: slurm-status-command: is sacct, which fails here (Slurm accounting",
        ),
    ],
)
def test_what_slurm_cannot_do_is_said_in_one_sentence(idle, flags, sentence):
    done = idle.on_slurm(PICTURE, *flags, "--retries", "0")
    assert done.returncode == 1
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (idle.results / "run.json").exists()


def test_without_slurm_on_the_path_the_sentence_says_where_to_go(idle, tmp_path):
    for program in ("bash", "which", "sh", "env"):
        (tmp_path / program).symlink_to(shutil.which(program))
    done = idle.on_slurm(PICTURE, PATH=str(tmp_path))
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("error: ")] == [
        "error: sbatch: no such program on the PATH; run this where Slurm is installed (a login node), or without "
        "--profile workflow/profiles/slurm"
    ]


def test_jobs_are_found_by_their_name_and_cancelled(idle, monkeypatch):
    monkeypatch.setenv("PATH", idle.environment["PATH"])
    ids = {}
    for name in ("one", "other"):
        command = ["sbatch", "--parsable", "--job-name", name, "--output", "/dev/null", "--wrap", "sleep 600"]
        ids[name] = idle.command(command).stdout.strip()
    assert slurm.jobs_of("one") == [ids["one"]]
    assert slurm.cancel("one") == [ids["one"]]
    assert slurm.jobs_of("one") == []
    assert slurm.jobs_of("other") == [ids["other"]]
    assert slurm.cancel("other") == [ids["other"]]
    assert slurm.cancel("other") == []
