"""Chunks: in which order they are painted, what is handed over, and what a failure costs."""

import io
from pathlib import Path

import pytest
from conftest import make_job, make_record, save_picture
from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.method.evaluation import Step
from stylegrid.method.objective import Losses
from stylegrid.painting import heartbeat
from stylegrid.painting.heartbeat import read_heartbeats
from stylegrid.painting.paint_chunk import paint_chunk, painting_order
from stylegrid.painting.painter import Painter
from stylegrid.store.cache import Cache
from stylegrid.store.layout import failure_path, film_path, snapshots_folder
from stylegrid.store.publish import Published
from stylegrid.store.record import read_record
from stylegrid.vgg.weights.choice import choose_backbone

FAST = {"size": 32, "steps": 2, "coarsest": 0, "style_layers": "relu1_1 + relu2_1", "content_layers": "relu2_1"}


@pytest.fixture
def job(tmp_path):
    """Return a function that makes a job of a photograph and a painting that are there."""

    def make(content="cat", variant="default", width=48, height=36, **settings):
        path = tmp_path / f"{content}.png"
        if not path.exists():
            save_picture(path, width, height, seed=len(content))
        style = save_picture(tmp_path / "night.png", 40, 44, seed=5)
        made = make_job(content, "night", variant, **{**FAST, **settings})
        sources = [
            source.model_copy(update={"path": str(file), "sha256": files.sha256(file)})
            for source, file in ((made.content, path), (made.styles[0], style))
        ]
        return made.model_copy(update={"content": sources[0], "styles": (sources[1],)})

    return make


class FakePainter:
    """Paints nothing, fails at jobs by their variants, and remembers what it was asked for."""

    def __init__(self, folder, needless=(), failing=(), unpublishable=(), interrupted=False):
        self.folder, self.needless, self.failing, self.unpublishable = folder, needless, failing, unpublishable
        self.painted, self.steps, self.seen, self.interrupted = [], [], [], interrupted
        self.results, self.placed = folder.parent / "results", []

    def key(self, job):
        return job.key("backbone")

    def needs(self, job):
        return job.variant not in self.needless

    def paint(self, job, report):
        self.painted.append(job.variant)
        self.placed.append(sorted(path.name for path in self.results.rglob("*.*") if path.is_file()))
        report(Step(1, 32, Losses(1, 2, 3, 4)))
        self.seen.append({name: one.step for name, one in read_heartbeats(self.folder.parent).items()})
        if self.interrupted:
            raise KeyboardInterrupt
        if job.variant in self.failing:
            raise ImageError(f"{job.variant} failed")

    def publish(self, job):
        if job.variant in self.unpublishable:
            raise ZeroDivisionError("what a surprise")
        with io.BytesIO() as buffer:
            Image.new("RGB", (32, 24)).save(buffer, "PNG")
            picture = buffer.getvalue()
        snapshots = [("000001.png", picture)] if job.settings.snapshots else []
        return Published(picture, make_record(job, picture), iter(snapshots))

    def hand_over(self, *jobs):
        """Paint a chunk and return what was said of faults."""
        said = []
        paint_chunk(
            jobs,
            self,
            self.folder,
            self.results,
            report=lambda job: lambda step: self.steps.append((job.variant, step.step)),
            fault=lambda job, error: said.append((job.variant, type(error))),
        )
        return said


@pytest.fixture
def painter(tmp_path):
    """Return a function that makes a painter that paints nothing."""
    return lambda **told: FakePainter(tmp_path / "chunk", **told)


@pytest.mark.parametrize("other", [{"size": 31}, {"style_layers": "relu1_1"}, {"precision": "bfloat16"}])
def test_pictures_that_share_compiled_functions_are_painted_one_after_another(job, painter, other):
    jobs = [job(variant="a"), job(variant="b", **other), job(variant="c", style_weight=7)]
    order = "".join(job.variant for job in painting_order(jobs, painter()))
    assert order in ("acb", "bac")


def test_one_painting_is_painted_once_and_handed_over_to_each_that_wants_it(job, painter, tmp_path):
    one = painter()
    assert one.hand_over(job(variant="a"), job(variant="b"), job(variant="c", format="jpeg")) == []
    assert len(one.painted) == 1
    found = {str(path.relative_to(one.folder / "cat" / "night")) for path in one.folder.rglob("*.*")}
    assert found == {"a.png", "a.png.json", "b.png", "b.png.json", "c.jpg", "c.jpg.json"}


def test_what_is_there_is_not_painted_but_handed_over(job, painter):
    one = painter(needless={"a"})
    one.hand_over(job(variant="a"), job(variant="b", style_weight=2))
    assert one.painted == ["b"]
    assert {path.stem for path in one.folder.rglob("*.png")} == {"a", "b"}


def test_a_picture_is_in_its_place_before_the_next_is_painted_those_of_the_cache_first(job, painter):
    one = painter(needless={"b"}, failing={"c"})
    one.hand_over(*(job(variant=name, style_weight=number + 1) for number, name in enumerate("abcd")))
    there = ["b.png", "b.png.json"]
    for variant, placed in zip(one.painted, one.placed, strict=True):
        assert placed == sorted(there), variant
        there += [f"{variant}.failed.json"] if variant == "c" else [f"{variant}.png", f"{variant}.png.json"]
    assert sorted(one.painted) == ["a", "c", "d"]


def test_a_place_that_cannot_be_written_costs_no_painting(job, painter):
    one = painter()
    one.results.write_text("no folder")
    assert one.hand_over(job(variant="a"), job(variant="b", style_weight=3)) == []
    assert len(list(one.folder.rglob("*.png"))) == 2


def test_pictures_of_the_way_are_handed_over_with_their_film(job, painter):
    one = painter()
    one.hand_over(job(snapshots=1))
    picture = one.folder / "cat" / "night" / "default.png"
    assert [path.name for path in snapshots_folder(picture).iterdir()] == ["000001.png"]
    assert film_path(picture).is_file()


@pytest.mark.parametrize(
    ("told", "error", "message"),
    [
        ({"failing": {"b"}}, ImageError, "b failed"),
        ({"unpublishable": {"b"}}, ZeroDivisionError, "unexpected ZeroDivisionError; see its log"),
    ],
)
def test_a_failure_is_handed_over_as_its_record_and_costs_no_other(job, painter, told, error, message):
    one = painter(**told)
    jobs = [job(variant=name, style_weight=number + 1) for number, name in enumerate("abc")]
    assert one.hand_over(*jobs) == [("b", error)]
    folder = one.folder / "cat" / "night"
    assert {path.name for path in folder.iterdir()} == {"a.png", "a.png.json", "b.failed.json", "c.png", "c.png.json"}
    record = read_record(failure_path(folder / "b.png"))
    assert (record.outcome, record.message) == ("failed", message)


def test_each_painting_has_a_heartbeat_as_long_as_it_is_painted(job, painter, monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY", 0)
    one = painter(failing={"b"})
    one.hand_over(*(job(variant=name, style_weight=number + 1) for number, name in enumerate("abc")))
    assert one.seen == [{f"cat/night/{variant}": 1} for variant in one.painted]
    assert sorted(one.steps) == [("a", 1), ("b", 1), ("c", 1)]
    assert not list(one.folder.rglob("*.progress.json"))


def test_an_interrupted_chunk_leaves_no_heartbeat(job, painter):
    one = painter(interrupted=True)
    with pytest.raises(KeyboardInterrupt):
        one.hand_over(job(variant="a"))
    assert one.seen == [{"cat/night/a": 0}]
    assert not list(one.folder.rglob("*.progress.json"))


# Really painted


@pytest.fixture
def hand_over(tmp_path, weights_file):
    """Return a function that paints jobs and returns their folder and the faults."""

    def hand_over(jobs):
        folder, faults = tmp_path / "chunk", []
        painter = Painter(choose_backbone(str(weights_file), folder), Cache(folder / "cache"))
        paint_chunk(
            jobs,
            painter,
            folder,
            folder.parent / "results",
            report=lambda job: lambda step: None,
            fault=lambda *fault: faults.append(fault),
        )
        return folder, faults

    return hand_over


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"not a picture")])
def test_a_photograph_that_cannot_be_read_any_more_costs_only_its_own_pictures(job, hand_over, tmp_path, spoil):
    jobs = [job("cat", "a"), job("ox", "b", 36, 48)]
    spoil(tmp_path / "ox.png")
    folder, ((failed, error),) = hand_over(jobs)
    assert failed == jobs[1] and isinstance(error, ImageError)
    assert {path.name for path in folder.glob("*/night/*")} == {"a.png", "a.png.json", "b.failed.json"}
