"""What is painted, or said to fit, instead of what has no room."""

import pytest
import tensorflow as tf
from conftest import make_job, make_record, save_picture

from stylegrid import files
from stylegrid.errors import DeviceError, ImageError
from stylegrid.painting.out_of_memory import allows, cheaper, describe, is_out_of_memory, one_step, retry_smaller
from stylegrid.painting.painter import Painter
from stylegrid.plan import memory
from stylegrid.plan.memory import NotEnoughMemory, needed_mb
from stylegrid.settings import presets
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import Backbone

OOM = tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a job of two pictures that are there, with settings."""
    paths = save_picture(tmp_path / "cat.png", 200, 100), save_picture(tmp_path / "night.png", 100, 100, seed=5)

    def make(**settings):
        job = make_job(**{"size": 160, "steps": 2, "coarsest": 0, "tile": "none", **settings})
        content, style = (
            source.model_copy(update={"path": str(path), "sha256": files.sha256(path)})
            for source, path in zip((job.content, job.styles[0]), paths, strict=True)
        )
        return job.model_copy(update={"content": content, "styles": (style,)})

    return make


def rungs(job):
    return [(instead.settings.precision, instead.settings.size) for instead in cheaper(job)]


def test_cheaper_is_first_bfloat16_then_smaller_by_a_quarter(make):
    found = rungs(make())
    assert found[:4] == [("bfloat16", 160), ("bfloat16", 120), ("bfloat16", 90), ("bfloat16", 67)]
    assert [size for _, size in rungs(make(precision="bfloat16"))] == [size for _, size in found[1:]]


def test_where_tiles_may_be_they_come_first_and_any_policy_allows_them(make):
    job = make(tile="auto", size=195)
    first, second, third, *_ = cheaper(job)
    assert [(each.settings.tile, each.settings.size) for each in (first, second)] == [(192, 195), (128, 195)]
    assert allows("fail", job, first) and allows("fail", job, second)
    assert (third.settings.precision, third.settings.tile) == ("bfloat16", "auto")
    assert not allows("fail", job, third)


def test_the_fast_method_is_not_tried_in_tiles(make):
    first, *_ = cheaper(make(tile="auto", size=195, method="fast"))
    assert (first.settings.precision, first.settings.tile) == ("bfloat16", "auto")


def test_no_picture_too_small_for_its_layers_is_tried(make):
    sizes = [size for _, size in rungs(make(content_layers="relu5_4"))]
    shallow = [size for _, size in rungs(make())]
    assert min(shallow) < min(sizes) and sizes == shallow[: len(sizes)]


def test_a_size_of_its_own_is_that_of_the_photograph_before_it_is_smaller(make):
    assert rungs(make(size="own"))[:2] == [("bfloat16", "own"), ("bfloat16", 150)]


@pytest.mark.parametrize(
    ("policy", "allowed"), [("fail", [False, False]), ("bfloat16", [True, False]), ("smaller", [True, True])]
)
def test_a_policy_allows_what_its_name_says(make, policy, allowed):
    job = make()
    assert [allows(policy, job, instead) for instead, _ in zip(cheaper(job), range(2), strict=False)] == allowed


@pytest.mark.parametrize(
    "error", [OOM, MemoryError(), NotEnoughMemory("x"), tf.errors.InternalError(None, None, "out of Memory")]
)
def test_errors_that_say_there_was_no_room(error):
    assert is_out_of_memory(error)


def test_an_error_that_want_of_memory_led_to_is_one_too():
    with pytest.raises(ValueError) as met:
        try:
            raise MemoryError
        finally:
            raise ValueError("I/O operation on closed file")
    assert is_out_of_memory(met.value)


@pytest.mark.parametrize("error", [None, ValueError("out of memory"), tf.errors.InternalError(None, None, "no cuDNN")])
def test_errors_that_say_something_else(error):
    assert not is_out_of_memory(error)


class Attempts:
    """Has room up to a size, and remembers what was tried."""

    def __init__(self, room, error=OOM):
        self.room, self.error, self.tried = room, error, []

    def attempt(self, job):
        self.tried.append((job.settings.precision, job.settings.size))
        return None if job.settings.size <= self.room else self.error

    def fits(self, job):
        return self.attempt(job) is None


@pytest.mark.parametrize(("policy", "room"), [("smaller", 90), ("bfloat16", 160), ("smaller", 160)])
def test_the_dearest_that_is_allowed_and_fits_is_painted(make, policy, room):
    attempts = Attempts(room)
    instead, error = retry_smaller(make(), policy, attempts.attempt, None, OOM)
    assert error is None and (instead.settings.precision, instead.settings.size) == ("bfloat16", room)
    assert [size for _, size in attempts.tried] == [size for size in (160, 120, 90) if size >= room]


def test_what_is_not_allowed_is_only_tried_and_the_sentence_says_what_fits(make):
    attempts = Attempts(90)
    painted, error = retry_smaller(
        make(), "fail", None, attempts.fits, NotEnoughMemory("needs 3 GB, and 1 GB are free")
    )
    assert painted is None and isinstance(error, DeviceError)
    assert str(error) == (
        "size 160 in float32 does not fit into memory (needs 3 GB, and 1 GB are free). Use `size: 90` or less and "
        "`precision: bfloat16`, or `out_of_memory: smaller`."
    )


def test_bfloat16_is_named_where_it_is_enough(make):
    _, error = retry_smaller(make(), "fail", None, Attempts(160).fits, OOM)
    assert str(error).endswith("does not fit into memory. Use `precision: bfloat16`, or `out_of_memory: bfloat16`.")


@pytest.mark.parametrize("policy", ["fail", "bfloat16", "smaller"])
def test_where_nothing_fits_that_is_said(make, policy):
    attempts = Attempts(0)
    painted, error = retry_smaller(make(), policy, attempts.attempt, attempts.fits, OOM)
    assert painted is None and str(error).endswith("memory, nor does any smaller picture; end what else takes it")


def test_another_error_of_something_cheaper_is_told_as_it_is(make):
    fault = ImageError("gone")
    assert retry_smaller(make(), "smaller", Attempts(0, fault).attempt, None, OOM) == (None, fault)


def test_a_trial_takes_one_step_at_the_whole_size(make):
    settings = one_step(make(steps=500, coarsest=64, snapshots=10)).settings
    assert (settings.steps, settings.coarsest, settings.snapshots, settings.size) == (1, 0, 0, 160)


@pytest.fixture
def painting(make, tmp_path, weights_file, monkeypatch):
    """Return a function that paints a job where a picture of some size fits into memory."""
    backbone = Backbone(name="file", path=str(weights_file), sha256=files.sha256(weights_file))

    def paint(job, room, policy):
        size = needed_mb(make(size=room), "bfloat16")
        monkeypatch.setattr(memory, "free_mb", lambda: size * 1.001)
        monkeypatch.setattr(memory, "resident_mb", lambda: 700.0)
        painter = Painter(backbone, Cache(tmp_path / "cache"), out_of_memory=policy)
        painter.paint(job, lambda step: None)
        return painter

    return paint


def test_a_picture_without_room_is_painted_smaller_and_says_so(make, painting):
    job = make()
    painter = painting(job, 90, "smaller")
    published = painter.publish(job)
    record = published.record
    assert (record.width, record.height, record.settings.size) == (90, 45, 160)
    assert record.reduced == {"precision": "bfloat16", "size": 90}
    assert record.message == "all 2 steps taken; for want of memory painted with size 90, precision bfloat16"
    assert record.precision == "bfloat16"
    assert presets.different(record.painted_settings)["size"] == 90
    assert painter.needs(job)  # which another process, with more room, paints as it was meant


def test_without_leave_it_fails_with_a_sentence_and_leaves_nothing(make, painting, tmp_path):
    with pytest.raises(DeviceError, match="Use `size: 90` or less"):
        painting(make(), 90, "fail")
    assert not list((tmp_path / "cache").rglob("*.tif"))


def test_what_was_painted_with_room_is_described_as_it_was_asked_for(make, painting):
    job = make(size=90)
    painter = painting(job, 160, "smaller")
    assert painter.publish(job).record.reduced == {}
    assert not painter.needs(job)


def test_a_stand_in_is_described_by_the_settings_that_differ(make):
    job = make()
    record = describe(make_record(job), job, next(cheaper(job)))
    assert record.reduced == {"precision": "bfloat16"} and record.painted_settings.precision == "bfloat16"
