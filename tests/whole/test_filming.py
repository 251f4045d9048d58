"""The program that makes films, in a small gallery that the untrained network has painted."""

import json
import shutil

import pytest
from conftest import Project, held_by_another
from PIL import Image

import film as program
import gallery
from stylegrid import files
from stylegrid.painting.paint_chunk import paint_chunk
from stylegrid.painting.painter import Painter
from stylegrid.pictures import film
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs import lock
from stylegrid.store.cache import Cache
from stylegrid.store.layout import Layout
from stylegrid.vgg.weights.choice import Backbone

FIRST, SECOND, WITHOUT = "cat/night/sw5-snapshots=1", "cat/night/sw20-snapshots=1", "cat/wave/sw5"


@pytest.fixture(scope="module")
def painted(tmp_path_factory, weights_file):
    """Two pictures with snapshots, one without, one that isn't painted, and their page."""
    project = Project(tmp_path_factory.mktemp("filmed"))
    rows = [("night.png", "5; 20", "1"), ("wave.png", "5", ""), ("wave.png", "7", "")]
    columns = ("style", "style_weight", "snapshots")
    project.write_rows(*({"content": "cat.png", **dict(zip(columns, row, strict=True))} for row in rows))
    strides = {"optimizer": "adam", "learning_rate": 0.1}  # that are seen, or frames would be equal
    settings = project.settings(stylize={"size": 32, "steps": 3, "precision": "float32", **strides})
    layout, combinations = Layout(settings.results), make_plan(settings).combinations
    plan_files.write_plan(settings, combinations, {})
    backbone = Backbone(name="untrained", path=str(weights_file), sha256=files.sha256(weights_file))
    files.write_text(layout.backbone, backbone.model_dump_json())
    jobs, faults = [each.job for each in combinations[:3]], []
    painter, scratch = Painter(backbone, Cache(layout.cache)), project.folder / "scratch"
    paint_chunk(jobs, painter, scratch, settings.results, lambda job: lambda step: None, faults.append)
    assert faults == []
    assert gallery.main(["--results", str(settings.results)]) == 0
    return settings.results


@pytest.fixture
def results(painted, monkeypatch):
    """The same, without films and without ffmpeg."""
    monkeypatch.setattr(film, "find_ffmpeg", lambda: None)
    yield painted
    shutil.rmtree(painted / "films", ignore_errors=True)
    lock.release(painted)


def run(results, *flags):
    return program.main(["--results", str(results), *map(str, flags)])


def shown(path):
    """Return for how many ms a film is shown, whose equal frames are one, and its size."""
    with Image.open(path) as image:
        times = []
        for place in range(image.n_frames):
            image.seek(place)
            image.load()
            times.append(image.info["duration"])
        return sum(times), image.size


def test_every_picture_with_snapshots_gets_a_film_of_them_and_of_itself(results, capsys):
    assert run(results, "--size", 16) == 0
    made = sorted((results / "films").rglob("*.webp"))
    assert made == [results / "films" / name / "descent.webp" for name in sorted((FIRST, SECOND))]
    assert {shown(path) for path in made} == {(1000 + 2 * 125 + 1000, (16, 12))}  # of three steps, and itself
    said = capsys.readouterr()
    assert said.err.startswith("note: no MP4, since there is no ffmpeg on PATH\n")
    assert [line.split(": ")[0] for line in said.out.splitlines()] == [str(path) for path in made[::-1]]


def test_those_that_are_named(results):
    assert run(results, SECOND) == 0
    assert [path.parent.name for path in (results / "films").rglob("*.webp")] == [SECOND.split("/")[-1]]


def test_a_pair_over_its_style_weights_from_the_lowest_in_the_gallery_to_the_highest(results, capsys):
    assert run(results, FIRST, "--over", "style_weight", "--frames", 3, "--steps", 2) == 0
    (path,) = (results / "films").rglob("*.webp")
    assert path == results / "films" / FIRST / "style_weight.webp"
    assert shown(path) == (1000 + 125 + 1000, (32, 24))
    assert json.loads(film.read_words(path))["values"] == [5, 10, 20]
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith(FIRST)]
    assert told == [f"{FIRST}, style_weight {value} ({place}/3)" for place, value in ((2, 10), (3, 20))]
    # The first is the gallery's own picture, which the cache has.


def test_over_other_values_by_flags(results):
    flags = ("--over", "style_scale", "--low", 0.5, "--high", 1, "--frames", 2, "--steps", 1)
    assert run(results, WITHOUT, *flags) == 0
    (path,) = (results / "films").rglob("*.webp")
    assert json.loads(film.read_words(path))["values"] == [0.5, 1]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--over", "style_weight"], "--over: needs the name of a picture"),
        (
            ["cat/nihgt/sw5-snapshots=1"],
            f"cat/nihgt/sw5-snapshots=1: no picture of this gallery. Did you mean '{FIRST}'?",
        ),
        (["cat/wave/sw7"], "cat/wave/sw7: no picture of this gallery."),
        ([WITHOUT], "no picture has snapshots to make a film of; set `snapshots`"),
        ([WITHOUT, "--over", "tv_weight"], "tv_weight: a ladder needs 2 values or more, the first below the last"),
        ([FIRST, "--over", "style_scale", "--low", 1, "--high", 99], "style_scale: must be from 0.05 to 20, found "),
        (["--size", 3], "--size: must be from 16 to 16384"),
    ],
)
def test_what_it_refuses_in_one_line_before_it_paints(results, capsys, flags, message):
    assert run(results, *flags) == 1
    (said,) = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note:")]
    assert said.startswith(f"error: {message}")
    assert not (results / "films").exists()


def test_while_a_run_is_alive_it_waits_for_none(results, capsys):
    with held_by_another(results):
        assert run(results) == 1
    assert "a run is already painting here" in capsys.readouterr().err
    assert not (results / "films").exists()
