"""Chunks: what is painted at once, what is handed over, and what a failure costs."""

import io
from pathlib import Path

import numpy as np
import pytest
from conftest import make_job, make_record, save_picture
from PIL import Image

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.method.evaluation import Step
from stylegrid.method.objective import Losses
from stylegrid.painting import heartbeat
from stylegrid.painting.heartbeat import read_heartbeats
from stylegrid.painting.paint_chunk import batches, paint_chunk
from stylegrid.painting.painter import Painter
from stylegrid.store.cache import Cache
from stylegrid.store.layout import failure_path, film_path, record_path, snapshots_folder
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
    """Paints nothing, fails at jobs by their variants, and remembers what it was asked for at once."""

    def __init__(self, folder, needless=(), failing=(), unpublishable=(), interrupted=False):
        self.folder, self.needless, self.failing, self.unpublishable = folder, needless, failing, unpublishable
        self.batches, self.steps, self.seen, self.interrupted = [], [], [], interrupted

    def key(self, job):
        return job.key("backbone")

    def needs(self, job):
        return job.variant not in self.needless

    def paint(self, jobs, report):
        self.batches.append([job.variant for job in jobs])
        for job in jobs:
            report(job)(Step(1, 32, Losses(1, 2, 3, 4)))
        self.seen.append({name: one.step for name, one in read_heartbeats(self.folder.parent).items()})
        if self.interrupted:
            raise KeyboardInterrupt
        return [ImageError(f"{job.variant} failed") if job.variant in self.failing else None for job in jobs]

    def publish(self, job):
        if job.variant in self.unpublishable:
            raise ZeroDivisionError("what a surprise")
        with io.BytesIO() as buffer:
            Image.new("RGB", (32, 24)).save(buffer, "PNG")
            picture = buffer.getvalue()
        snapshots = [("000001.png", picture)] if job.settings.snapshots else []
        return Published(picture, make_record(job, picture), iter(snapshots))

    def hand_over(self, *jobs, together=1):
        """Paint a chunk and return what was said of faults."""
        said = []
        paint_chunk(
            jobs,
            self,
            self.folder,
            report=lambda job: lambda step: self.steps.append((job.variant, step.step)),
            fault=lambda job, error: said.append((job.variant, type(error))),
            together=lambda pixels: together,
        )
        return said


@pytest.fixture
def painter(tmp_path):
    """Return a function that makes a painter that paints nothing."""
    return lambda **told: FakePainter(tmp_path / "chunk", **told)


def names(found):
    return [[job.variant for job in batch] for batch in found]


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"style_weight": 7}, True),
        ({"init": "grey"}, True),
        ({"size": 31}, False),
        ({"steps": 3}, False),
        ({"style_layers": "relu1_1"}, False),
        ({"preset": "gatys2015"}, False),
        ({"precision": "bfloat16"}, False),
    ],
)
def test_pictures_of_one_formula_size_and_way_are_painted_at_once(job, painter, other, alike):
    jobs = [job(variant="a"), job(variant="b", **other)]
    found = names(batches(jobs, painter(), lambda pixels: 9))
    assert sorted(found) == ([["a", "b"]] if alike else [["a"], ["b"]])


def test_photographs_of_one_shape_are_painted_at_once(job, painter):
    jobs = [job("cat", "a"), job("horse", "b", 96, 72), job("ox", "c", 36, 48), job("donkey", "d")]
    assert sorted(names(batches(jobs, painter(), lambda pixels: 9))) == [["a", "b", "d"], ["c"]]


@pytest.mark.parametrize(("together", "expected"), [(1, ["a", "b", "c"]), (2, ["ab", "c"]), (9, ["abc"])])
def test_no_more_are_painted_at_once_than_asked_for(job, painter, together, expected):
    jobs = [job(variant=name, style_weight=number + 1) for number, name in enumerate("abc")]
    assert names(batches(jobs, painter(), {32 * 24: together}.__getitem__)) == [list(batch) for batch in expected]


def test_one_painting_is_painted_once_and_handed_over_to_each_that_wants_it(job, painter, tmp_path):
    one = painter()
    assert one.hand_over(job(variant="a"), job(variant="b"), job(variant="c", format="jpeg"), together=9) == []
    assert sorted(map(len, one.batches)) == [1]
    found = {str(path.relative_to(one.folder / "cat" / "night")) for path in one.folder.rglob("*.*")}
    assert found == {"a.png", "a.json", "b.png", "b.json", "c.jpg", "c.jpg.json"}


def test_what_is_there_is_not_painted_but_handed_over(job, painter):
    one = painter(needless={"a"})
    one.hand_over(job(variant="a"), job(variant="b", style_weight=2))
    assert one.batches == [["b"]]
    assert {path.stem for path in one.folder.rglob("*.png")} == {"a", "b"}


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
    assert one.hand_over(*jobs, together=2) == [("b", error)]
    folder = one.folder / "cat" / "night"
    assert {path.name for path in folder.iterdir()} == {"a.png", "a.json", "b.failed.json", "c.png", "c.json"}
    record = read_record(failure_path(folder / "b.png"))
    assert (record.outcome, record.message) == ("failed", message)


def test_each_painting_has_a_heartbeat_as_long_as_it_is_painted(job, painter, monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY", 0)
    one = painter(failing={"b"})
    one.hand_over(*(job(variant=name, style_weight=number + 1) for number, name in enumerate("abc")), together=2)
    beaten = [{f"cat/night/{variant}": 1 for variant in batch} for batch in one.batches]
    assert sorted(map(len, beaten)) == [1, 2] and one.seen == beaten
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
    """Return a function that paints jobs, several together, and returns their folder and the faults."""

    def hand_over(jobs, together=1):
        folder, faults = tmp_path / str(together), []
        painter = Painter(choose_backbone(str(weights_file), folder), Cache(folder / "cache"))
        paint_chunk(
            jobs,
            painter,
            folder,
            report=lambda job: lambda step: None,
            fault=lambda *fault: faults.append(fault),
            together=lambda pixels: together,
        )
        return folder, faults

    return hand_over


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"not a picture")])
def test_a_photograph_that_cannot_be_read_any_more_costs_only_its_own_pictures(job, hand_over, tmp_path, spoil):
    jobs = [job("cat", "a"), job("ox", "b", 36, 48)]
    spoil(tmp_path / "ox.png")
    folder, ((failed, error),) = hand_over(jobs)
    assert failed == jobs[1] and isinstance(error, ImageError)
    assert {path.name for path in folder.glob("*/night/*")} == {"a.png", "a.json", "b.failed.json"}


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_pictures_painted_at_once_are_those_painted_one_by_one(job, hand_over, optimizer):
    jobs = [
        job(name, style_weight=10.0**number, steps=4, size="own", optimizer=optimizer, coarsest=16)
        for number, name in enumerate(("cat", "horse", "donkey", "ox"))
    ]
    (apart, none), (at_once, no_fault) = hand_over(jobs), hand_over(jobs, together=4)
    assert none == no_fault == []
    for name in (job.name for job in jobs):
        paths = [folder / f"{name}.png" for folder in (apart, at_once)]
        one, other = (np.asarray(Image.open(path)).astype(int) for path in paths)
        assert np.abs(one - other).max() <= 1
        before, after = (read_record(record_path(path)) for path in paths)
        assert after.losses.total == pytest.approx(before.losses.total, rel=1e-4)
        assert [entry.step for entry in after.history] == [entry.step for entry in before.history]
