"""Every command on the pages runs as it is written, in a small clone of this repository that has painted its gallery.

What would take long is cut short where it can't change how a command is read: Snakemake adds `--dry-run` to its own,
painting by hand gets a small size, and make shows what it would do for targets that install or run for minutes.
In the same clone, readers that go away, full disks and lost links are tried.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY, save_manifest

from stylegrid.cli.entry_point import READER_GONE

PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
PAGES += [REPOSITORY / folder / "README.md" for folder in ("config", "data")] + [REPOSITORY / "CONTRIBUTING.md"]
PLUGIN = "snakemake_executor_plugin_slurm"
# Bash looks for functions before programs, also after `activate`.
CUT_SHORT = """
set -eu
snakemake() {
    case " $* " in *" --report "*) command snakemake "$@" ;; *) command snakemake "$@" --dry-run ;; esac
}
python() {
    case "$1" in
        scripts/paint_gallery.py | scripts/recover.py) command python "$@" --dry-run ;;
        scripts/stylize.py) case "$*" in *"--method fast"*) ;; *) set -- "$@" --steps 2 ;; esac
            command python "$@" --size 32 ;;
        *) command python "$@" ;;
    esac
}
make() {
    case "$1" in
        test | lint | fuzz | faults | soak | proofs | benchmark | slurm) command make --dry-run "$@" ;;
        advise) command make --dry-run "$@" && command make advise ARGS="--by drafts --pairs 1" ;;
        *) command make "$@" ;;
    esac
}
pipx() { test "$1" = run; }  # asks the network
"""
BLOCK = re.compile(r"^( *)```console\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


def blocks():
    """Yield each block of commands with the page and line where it stands."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in BLOCK.finditer(text):
            where = f"{page.relative_to(REPOSITORY)}:{text[: found.start()].count(chr(10)) + 1}"
            yield pytest.param(found[2], id=where)


def copy_checkout(folder):
    """Copy what git knows of this checkout, older than anything that is installed."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, folder / name)
            os.utime(folder / name, (10**9, 10**9))


def install(folder):
    """Give a clone this Python's environment as its own."""
    (folder / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        (folder / ".venv" / part.name).symlink_to(part)
    for marker in ("cpu", "test"):
        (folder / ".venv" / marker).unlink(missing_ok=True)
        (folder / ".venv" / marker).touch()
    for weights in (Path("data/vgg19/vgg19_imagenet_8bit_notop.h5"), Path("data/fast/magenta_arbitrary_8bit.npz")):
        (folder / weights).parent.mkdir(exist_ok=True)
        (folder / weights).symlink_to((REPOSITORY / weights).resolve())


def shrink(folder):
    """Have a clone paint twelve tiny pictures; the pages make ten batches."""
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["stylize"] |= {"size": 32, "steps": 2}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    save_manifest(folder / "data/manifest.csv", [{"content": "*.jpg", "style": "mosaic.jpg; *w*.jpg"}])


def bring_what_is_named(folder):
    """Make the files that the pages take as examples of one's own."""
    shutil.copytree(folder / "results", folder / "elsewhere", symlinks=True)
    (folder / "mine.yaml").write_text("stylize: {size: 40}\n")
    shutil.copy(folder / "data/content/chelsea.jpg", folder / "photo.jpg")
    stars = {"gallery": "stylegrid", "stars": {"chelsea/mosaic/default": 4}}
    (folder / "home" / "Downloads").mkdir(parents=True, exist_ok=True)
    (folder / "home" / "Downloads" / "stylegrid-stars.json").write_text(json.dumps(stars))
    picture, steps = (folder / "results/pictures/chelsea/mosaic" / name for name in ("default.png", "default.steps"))
    (folder / "results/pictures/a/b").mkdir(parents=True)
    shutil.copy(picture, folder / "results/pictures/a/b/sw10.png")
    steps.mkdir()
    shutil.copy(picture, steps / "000001.png")


def attempt(folder, commands):
    outer = ("MAKEFLAGS", "MFLAGS", "ARGS")  # of the make that may run this test, which hands them on
    environment = {
        **{name: value for name, value in os.environ.items() if name not in outer},
        "TENSORFLOW": "cpu",
        "XDG_CACHE_HOME": str(folder / "home"),
        "HOME": str(folder / "home"),
    }
    environment["PATH"] = f"{folder}/.venv/bin:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", CUT_SHORT + commands], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def run(folder, commands):
    done = attempt(folder, commands)
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    assert "Traceback" not in told and "\nerror: " not in told


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    if not (Path(sys.prefix) / "bin" / "activate").is_file():
        pytest.skip("needs an environment that can be activated, as make installs it")
    folder = tmp_path_factory.mktemp("clone")
    copy_checkout(folder)
    install(folder)
    shrink(folder)
    run(folder, "make gallery")
    assert len(list(folder.glob("results/pictures/*/*/*.png"))) == 12
    bring_what_is_named(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("commands", list(blocks()))
def test_a_block_of_commands_runs_as_it_is_written(clone, commands):
    if find_spec(PLUGIN) is None:
        commands = "\n".join(line for line in commands.splitlines() if "profiles/slurm" not in line)
    run(clone, commands)


@pytest.mark.slow
def test_a_command_that_snakemake_reads_otherwise_is_found(clone):
    with pytest.raises(AssertionError, match="Traceback"):
        run(clone, "snakemake --cores 4 --resources gpu=1 pictures --batch pictures=1/10")


PRINTING = ["plan.py", "verify.py", "status.py", "prune.py", "show.py results/pictures/*/*/default.png"]


@pytest.mark.slow
@pytest.mark.parametrize("program", PRINTING)
def test_a_program_whose_reader_goes_or_whose_disk_is_full_has_no_traceback(clone, program):
    done = attempt(clone, f"python scripts/{program} | head -c 1; exit ${{PIPESTATUS[0]}}")
    assert len(done.stdout) == 1 and done.returncode in (0, READER_GONE)
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    done = attempt(clone, f"python scripts/{program} >/dev/full")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: the output cannot be written (No space left on device)")


@pytest.mark.slow
def test_a_mistyped_target_is_answered_with_the_one_that_is_close(clone):
    done = attempt(clone, "snakemake --cores 1 results/pictures/chelsae/mosaic/default.png")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "error: results/pictures/chelsae/mosaic/default.png: no such combination; did you mean " in done.stderr
    assert done.stderr.splitlines()[-1].endswith("results/pictures/chelsea/mosaic/default.png?")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "python scripts/plan.py --configfile gone.yaml",
        "python scripts/verify.py --results gone",
        "snakemake --cores 1 --configfile gone.yaml",
        "python scripts/recover.py --cores 1 --configfile gone.yaml",
    ],
)
def test_results_on_a_disk_that_is_not_mounted_are_named_with_where_they_are(clone, command):
    (clone / "gone").unlink(missing_ok=True)
    (clone / "gone").symlink_to("/nowhere/gone")
    (clone / "gone.yaml").write_text("results: gone\n")
    done = attempt(clone, command)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "gone points to /nowhere/gone, which isn't there; mount its disk" in done.stderr.splitlines()[-1]
