"""The gallery painted by the program that shows its pictures, with the real Snakemake on tiny pictures."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from test_workflow import Gallery

import paint_gallery
from stylegrid.plan.plan_files import read_table
from stylegrid.runs.run import painters

ROWS = ({"content": "*.png", "style": "*.png", "title": ""},)
FAST = {"size": 32, "steps": 4}
SLOW = {"size": 32, "steps": 600, "optimizer": "adam"}


@pytest.fixture
def gallery(tmp_path, weights_file):
    made = Gallery(tmp_path, weights_file)
    made.write_rows(*ROWS)
    made.write_config(stylize=FAST)
    return made


def command(gallery, *flags):
    program = str(gallery.checkout / "scripts" / "paint_gallery.py")
    return [sys.executable, program, "--cores", "2", "--snakefile", str(gallery.checkout / "Snakefile"), *flags]


def paint(gallery, *flags, **variables):
    return subprocess.run(
        command(gallery, *flags),
        cwd=gallery.folder,
        env={**gallery.environment, **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


@contextlib.contextmanager
def begin(gallery, *flags):
    """Begin a run in a process group of its own, as a shell does, where Ctrl-C works."""
    run = subprocess.Popen(
        command(gallery, *flags),
        cwd=gallery.folder,
        env=gallery.environment,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        yield run
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        run.stderr.close()


def lines_until(run, pattern):
    """Return the lines up to one that is like this."""
    lines = []
    for line in run.stderr:
        lines.append(line.rstrip())
        if re.search(pattern, line):
            return lines
    raise AssertionError(lines)


def names(gallery):
    return {combination.job.name for combination in read_table(gallery.results)}


def test_each_picture_has_a_line_and_the_last_one_names_the_page(gallery):
    done = paint(gallery)
    assert (done.returncode, done.stdout) == (0, "")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("Painting on ")
    numbered = [re.match(r"(\d+)/4 (\S+): 4 steps in ", line) for line in lines]
    told = [found for found in numbered if found]
    assert [found[1] for found in told] == ["1", "2", "3", "4"]
    assert {found[2] for found in told} == names(gallery)
    assert re.fullmatch(r"Done: 4 pictures in .*\. Open results/gallery/index\.html", lines[-1])
    assert len(lines) <= 4 + len(told) + 2
    assert "rule paint_chunk" in (gallery.folder / paint_gallery.LOG).read_text()


@pytest.mark.slow
def test_where_nothing_is_to_be_painted_it_says_so(gallery):
    gallery.run()
    done = paint(gallery)
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "Nothing to paint: all 4 are there. Open results/gallery/index.html"


@pytest.mark.slow
def test_what_comes_from_the_cache_is_told_apart(gallery):
    gallery.run()
    (picture, *_) = (gallery.results / "pictures").rglob("*.png")
    picture.unlink()
    done = paint(gallery)
    assert done.returncode == 0
    # All of its chunk is put in its place again.
    assert re.match(r"Done: \d from the cache in ", done.stderr.splitlines()[-1])
    assert re.search(r"1/1 \S+: from the cache", done.stderr)


def test_faults_of_the_plan_are_all_that_is_said_of_a_run_that_never_began(gallery):
    gallery.write_config(stylize={"size": "large"})
    done = paint(gallery)
    assert done.returncode == 1
    faults = [line for line in done.stderr.splitlines() if not line.startswith("Painting on ")]
    assert len(faults) == 1
    assert faults[0].startswith("error: config.stylize.size: ")


@pytest.mark.slow
def test_a_combination_that_fails_is_told_at_once_and_at_the_end(gallery):
    with begin(gallery, "--keep-going", "--config", "stylize={size: 32, steps: 600, optimizer: adam}") as run:
        lines_until(run, " to paint; ")
        (gallery.content / "dog.png").write_bytes(b"changed")
        lines = [line.rstrip() for line in run.stderr]
        assert run.wait() == 1
    failed = [line for line in lines if re.match(r"\d/4 dog/\S+: failed: ", line)]
    assert len(failed) == 2
    assert sum(line.startswith("failed: dog/") for line in lines) == 2
    assert re.match("Done: 2 painted, 2 failed in ", lines[-2])
    assert lines[-1].endswith(str(paint_gallery.LOG))


SLOW_ONES = [pytest.param(one, marks=pytest.mark.slow) for one in (signal.SIGTERM, signal.SIGHUP)]


@pytest.mark.parametrize("one", [signal.SIGINT, *SLOW_ONES])
def test_a_run_that_is_stopped_ends_at_once_with_one_line_and_goes_on(gallery, one):
    gallery.write_config(stylize=SLOW)
    with begin(gallery) as run:
        lines_until(run, "^1/4 ")
        asked = time.monotonic()
        if one == signal.SIGINT:
            os.killpg(run.pid, one)  # as a terminal sends it: to all
        else:
            run.send_signal(one)
        lines = [line.rstrip() for line in run.stderr]
        assert run.wait() == 130
        seconds = time.monotonic() - asked
    assert seconds < 5 * max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert re.fullmatch(r"Stopped\. [1-3] of 4 (is|are) kept; `make gallery` goes on\.", lines[-1])
    assert not [line for line in lines if "Traceback" in line or "RuleException" in line]
    assert not painters(gallery.results)
    gallery.write_config(stylize=FAST)
    assert paint(gallery).returncode == 0


@pytest.mark.slow
def test_a_look_and_v_show_what_snakemake_says(gallery):
    look = paint(gallery, "--dry-run")
    assert look.returncode == 0
    assert "paint_chunk" in look.stdout + look.stderr
    assert not gallery.results.exists()
    verbose = paint(gallery, V="1")
    assert verbose.returncode == 0
    assert "rule paint_chunk" in verbose.stderr
    assert re.search(r"^Done: 4 pictures in ", verbose.stderr, re.MULTILINE)


@pytest.mark.slow
def test_the_page_grows_while_it_paints(gallery):
    gallery.write_config(stylize=SLOW)
    with begin(gallery) as run:
        lines_until(run, "^2/4 ")
        state = gallery.results / "gallery" / "state.js"
        until = time.monotonic() + 60
        while not state.is_file():
            assert run.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        assert (gallery.results / "gallery" / "index.html").is_file()
