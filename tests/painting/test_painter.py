"""From a job to a published picture; what is painted is made up, but everything around it is real."""

import hashlib
import io
import json
from pathlib import Path

import fast_files
import numpy as np
import pytest
import tensorflow as tf
from conftest import draw, make_job, save_picture
from PIL import Image

from stylegrid import VERSION, files
from stylegrid.errors import DeviceError, ImageError, WeightsError
from stylegrid.method.evaluation import Step
from stylegrid.method.objective import Losses
from stylegrid.painting import device, gpu_lock
from stylegrid.painting.measures import Meter
from stylegrid.painting.painter import Painter
from stylegrid.painting.stylize import Result
from stylegrid.pictures import encode, images
from stylegrid.pictures.colour_transfer import original_colours
from stylegrid.pictures.formats import SUFFIXES
from stylegrid.store import provenance
from stylegrid.store.cache import Cache
from stylegrid.store.publish import Published
from stylegrid.vgg.weights.choice import Backbone

PAINTING = (draw(48, 36, 9) / 255 * 0.999 + 0.0003).astype(np.float32)[np.newaxis]  # between the levels of 8 bits
LOSSES = Losses(1.0, 2.0, 3.0, 64.0)


@pytest.fixture
def project_job(tmp_path):
    """Return a function that makes a job of two pictures that are there, with settings."""
    paths = [save_picture(tmp_path / "content" / "cat.png"), save_picture(tmp_path / "style" / "night.png", seed=5)]

    def make(**settings):
        job = make_job(**settings)
        sources = [
            source.model_copy(update={"path": str(path), "sha256": files.sha256(path)})
            for source, path in zip((job.content, job.styles[0]), paths, strict=True)
        ]
        return job.model_copy(update={"content": sources[0], "styles": (sources[1],)})

    return make


class Problem:
    """Paints what it is told to, and counts how often."""

    def __init__(self, folder):
        self.painted, self.seconds = 0, 0.5
        self.alpha, self.precision, self.cache = None, "float32", Cache(folder / "cache")
        self.tile, self.room = None, None
        path = folder / "weights.h5"
        path.write_bytes(b"weights")
        self.backbone = Backbone(name="untrained", path=str(path), sha256=files.sha256(path))

    def stylize(self, job, objectives, report, progress, room):
        self.painted, self.room = self.painted + 1, room
        if job.settings.snapshots:
            progress.snapshot(2, PAINTING, None)
        step = Step(2, 48, LOSSES)
        how = self.seconds, self.precision, False, self.tile
        return Result(PAINTING, self.alpha, "finished", "all 2 steps taken", LOSSES, {}, (step,), 2, *how)

    @property
    def painter(self) -> Painter:
        return Painter(self.backbone, self.cache)

    def paint(self, job) -> Published:
        painter = self.painter
        if painter.needs(job):
            painter.paint(job, silent)
        return painter.publish(job)


def silent(step):
    pass


@pytest.fixture
def problem(tmp_path, monkeypatch):
    problem = Problem(tmp_path)
    monkeypatch.setattr("stylegrid.painting.stylize.stylize", problem.stylize)
    monkeypatch.setattr("stylegrid.painting.painter.read_weights", lambda path: {})
    monkeypatch.setattr("stylegrid.fast.weights.find_fast", lambda folder: None)
    return problem


def opened(published: Published) -> Image.Image:
    return Image.open(io.BytesIO(published.picture))


def levels(picture: np.ndarray) -> np.ndarray:
    return np.asarray(images.to_image(picture))


def test_a_gpu_is_held_once_something_is_painted_and_not_for_what_is_in_the_cache(problem, project_job, monkeypatch):
    order = []
    monkeypatch.setattr(gpu_lock, "claim", lambda: order.append("held"))
    monkeypatch.setattr(device, "set_up", lambda threads: order.append("set up") or "GPU")
    problem.paint(project_job())
    assert order == ["held", "set up"]
    problem.paint(project_job(format="tiff"))
    assert order == ["held", "set up"]


def test_without_a_gpu_that_can_be_held_nothing_is_painted(problem, project_job, monkeypatch):
    def fail():
        raise DeviceError("no lock")

    monkeypatch.setattr(gpu_lock, "claim", fail)
    with pytest.raises(DeviceError, match="no lock"):
        problem.painter.paint(project_job(), silent)
    assert problem.painted == 0


def test_every_format_is_published_from_one_painting(problem, project_job):
    for kind, name in {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "tiff": "TIFF"}.items():
        picture = opened(problem.paint(project_job(format=kind)))
        assert (picture.format, picture.size) == (name, (48, 36))
    assert problem.painted == 1


def test_a_png_from_the_cache_is_the_painting_rounded(problem, project_job):
    first, again = (problem.paint(project_job()) for _ in range(2))
    assert (np.asarray(opened(first)) == levels(PAINTING)).all()
    assert first[:2] == again[:2]
    assert problem.painted == 1


def test_a_tiff_keeps_sixteen_bits(problem, project_job):
    picture, _ = encode.decode_sixteen(problem.paint(project_job(format="tiff")).picture)
    assert np.abs(picture - PAINTING).max() <= 0.5001 / 65535


@pytest.mark.parametrize("space", ["ycbcr", "lab"])
def test_original_colours_come_from_the_painting_in_the_cache(problem, project_job, space):
    problem.paint(project_job())
    recoloured = np.asarray(opened(problem.paint(project_job(original_colours=space)))).astype(int)
    photograph = images.to_array(Image.fromarray(draw(48, 36)))
    assert np.abs(recoloured - levels(original_colours(PAINTING, photograph, space))).max() <= 1
    assert problem.painted == 1


@pytest.mark.parametrize(("alpha", "hidden"), [("keep", (200, 100, 100)), ("white", (255, 255, 255))])
def test_original_colours_are_those_that_were_painted_from(problem, project_job, alpha, hidden):
    job = project_job(original_colours="lab", alpha=alpha)
    photograph = np.full((36, 48, 4), (200, 100, 100, 255), np.uint8)
    photograph[:, :24] = (0, 0, 255, 0)
    Image.fromarray(photograph).save(job.content.path)
    content = job.content.model_copy(update={"sha256": files.sha256(Path(job.content.path))})
    picture = np.asarray(opened(problem.paint(job.model_copy(update={"content": content})))).astype(int)
    colours = np.broadcast_to(np.float32(hidden) / 255, PAINTING.shape)
    assert np.abs(picture - levels(original_colours(PAINTING, colours, "lab")))[:, :20].max() <= 1


def test_alpha_is_published(problem, project_job):
    problem.alpha = np.linspace(0, 1, 48, dtype=np.float32).reshape(1, 1, 48, 1).repeat(36, axis=1)
    for kind in ("png", "webp", "tiff"):
        opacity = np.asarray(opened(problem.paint(project_job(format=kind))).getchannel("A")) / 255
        assert np.abs(opacity - problem.alpha[0, :, :, 0]).max() < 0.01
    assert opened(problem.paint(project_job(format="jpeg"))).mode == "RGB"
    assert problem.painted == 1


def test_the_records_hash_is_that_of_the_published_file(problem, project_job):
    for kind in ("png", "jpeg", "tiff"):
        published = problem.paint(project_job(format=kind))
        assert published.record.picture_sha256 == hashlib.sha256(published.picture).hexdigest()
        assert published.record.settings.format == kind


@pytest.mark.parametrize("kind", SUFFIXES)
def test_the_picture_tells_what_its_record_says(problem, project_job, tmp_path, kind):
    published = problem.paint(project_job(format=kind).model_copy(update={"title": "née 🦊"}))
    path = tmp_path / f"default{SUFFIXES[kind]}"
    path.write_bytes(published.picture)
    told = provenance.read(path).record
    lost = {"history": (), **dict.fromkeys(provenance.LEFT_OUT - {"variant", "history"})}
    assert told == published.record.model_copy(update=lost)
    assert (told.title, told.settings.format, told.versions["stylegrid"]) == ("née 🦊", kind, VERSION)


@pytest.mark.parametrize("kind", SUFFIXES)
def test_two_runs_of_other_speed_publish_the_same_bytes(problem, project_job, tmp_path, monkeypatch, kind):
    first = problem.paint(project_job(format=kind))
    problem.cache, problem.seconds = Cache(tmp_path / "another"), 7.5
    monkeypatch.setattr("stylegrid.painting.device.peak_memory_mb", lambda: 1.0)
    second = problem.paint(project_job(format=kind))
    assert (first.record.seconds, second.record.seconds, problem.painted) == (0.5, 7.5, 2)
    assert first.picture == second.picture


def test_another_title_is_another_file_of_the_same_pixels(problem, project_job):
    plain, titled = (problem.paint(project_job().model_copy(update={"title": title})) for title in ("", "My cat"))
    assert plain.picture != titled.picture and problem.painted == 1
    assert (np.asarray(opened(plain)) == np.asarray(opened(titled))).all()
    assert opened(titled).text["Title"] == "My cat"


@pytest.mark.parametrize(("name", "told"), [("file", True), ("imagenet-8bit", False), ("untrained", False)])
def test_weights_of_ones_own_are_told_with_their_path(problem, project_job, name, told):
    problem.backbone = problem.backbone.model_copy(update={"name": name})
    backbone = problem.paint(project_job()).record.backbone
    assert (backbone.name, backbone.path) == (name, problem.backbone.path if told else None)


def test_neither_the_cache_nor_the_way_tells_anything(problem, project_job, tmp_path):
    ((_, snapshot),) = problem.paint(project_job(snapshots=2)).snapshots
    assert Image.open(io.BytesIO(snapshot)).text == {}
    (painting,) = (tmp_path / "cache").rglob("*.tif")
    assert b"stylegrid" not in painting.read_bytes()


def test_the_record_tells_of_the_painting(problem, project_job):
    record = problem.paint(project_job().model_copy(update={"title": "My cat"})).record
    assert (record.outcome, record.steps, record.width, record.height) == ("finished", 2, 48, 36)
    assert (record.losses.total, len(record.history), record.steps_per_second) == (64, 1, 4)
    assert (record.title, record.backbone.sha256) == ("My cat", problem.backbone.sha256)
    assert (record.device, record.precision) == ("CPU", "float32")


def test_the_record_has_the_painting_s_measures_and_keeps_them(problem, project_job):
    job = project_job()
    expected = Meter(None).measure(job, PAINTING, None)
    assert problem.paint(job).record.measures == problem.paint(job).record.measures == expected
    assert expected.style_cosine is None and expected.grain > 0


def test_the_style_is_measured_where_the_networks_are_at_hand(problem, project_job, monkeypatch):
    weights = fast_files.random_weights()
    monkeypatch.setattr("stylegrid.fast.weights.find_fast", lambda folder: weights)
    job = project_job()
    found = problem.paint(job).record.measures.style_cosine
    assert found == pytest.approx(Meter(weights).style_cosine(job, PAINTING), abs=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_record_tells_the_precision_that_auto_came_to(problem, project_job, precision):
    problem.precision = precision
    record = problem.paint(project_job(precision="auto")).record
    assert (record.precision, record.settings.precision) == (precision, "auto")


def test_a_painting_in_the_cache_is_published_under_the_names_of_its_job(problem, project_job):
    problem.paint(project_job())
    renamed = project_job().model_copy(update={"variant": "sw1", "title": "My cat"})
    record = problem.paint(renamed).record
    assert (record.variant, record.title, problem.painted) == ("sw1", "My cat", 1)


@pytest.mark.parametrize("suffix", ["tif", "json"])
@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:-9])])
def test_a_damaged_painting_is_painted_again(problem, project_job, tmp_path, suffix, damage):
    before = problem.paint(project_job())
    (entry,) = (tmp_path / "cache").rglob(f"*.{suffix}")
    damage(entry)
    assert problem.paint(project_job()).picture == before.picture
    assert problem.painted == 2
    problem.paint(project_job())
    assert problem.painted == 2


def test_other_settings_are_painted_again_but_not_those_without_effect(problem, project_job):
    for settings in ({}, {"beta_1": 0.5}, {"seed": 7}, {"format": "jpeg"}, {"quality": 5}):
        problem.paint(project_job(**settings))
    assert problem.painted == 1
    problem.paint(project_job(style_weight=7))
    assert problem.painted == 2


def test_snapshots_are_published_from_the_cache_too(problem, project_job):
    for _ in range(2):
        ((name, data),) = problem.paint(project_job(snapshots=2)).snapshots
        assert name == "000002.png"
        assert (np.asarray(Image.open(io.BytesIO(data))) == levels(PAINTING)).all()
    assert list(problem.paint(project_job()).snapshots) == []
    assert problem.painted == 1


def test_snapshots_that_the_cache_lacks_are_painted(problem, project_job):
    for every, painted in ((0, 1), (2, 2), (2, 2), (0, 2), (1, 3)):
        problem.paint(project_job(snapshots=every))
        assert problem.painted == painted


def test_snapshots_have_the_photographs_colours_as_the_picture_has(problem, project_job):
    published = problem.paint(project_job(snapshots=2, original_colours="ycbcr"))
    ((_, snapshot),) = published.snapshots
    difference = np.asarray(Image.open(io.BytesIO(snapshot))).astype(int) - np.asarray(opened(published)).astype(int)
    assert np.abs(difference).max() <= 1


@pytest.mark.parametrize("which", [0, 1])
def test_an_input_that_has_changed_is_not_painted(problem, project_job, which):
    job = project_job()
    path = Path(job.inputs[which].path)
    save_picture(path, seed=8)
    with pytest.raises(ImageError, match="has changed since the manifest was read; run again"):
        problem.paint(job)
    path.unlink()
    with pytest.raises(ImageError, match="no such file; it was there when the manifest was read"):
        problem.paint(job)


def test_a_finished_painting_needs_its_inputs_no_more_but_for_original_colours(problem, project_job):
    plain, recoloured = project_job(), project_job(original_colours="lab")
    problem.paint(plain)
    Path(plain.content.path).unlink()
    assert problem.paint(plain).record.outcome == "finished"
    with pytest.raises(ImageError, match="no such file"):
        problem.paint(recoloured)


def test_weights_that_have_changed_are_not_used(problem, project_job, tmp_path):
    (tmp_path / "weights.h5").write_bytes(b"others")
    with pytest.raises(WeightsError, match=r"changed since it was chosen; delete results/backbone\.json"):
        problem.paint(project_job())


def test_what_is_kept_is_a_record_of_the_painting_itself(problem, project_job, tmp_path):
    problem.paint(project_job(format="jpeg"))
    (painting,) = (tmp_path / "cache").rglob("*.tif")
    kept = json.loads(painting.with_suffix(".json").read_text())
    assert kept["picture_sha256"] == files.sha256(painting)


def test_jobs_are_kept_each_under_its_own_key(problem, project_job):
    jobs = [project_job(style_weight=weight) for weight in (1, 2, 3)]
    painter = problem.painter
    for job in jobs:
        assert painter.needs(job)
        painter.paint(job, silent)
        assert not painter.needs(job)
    assert [painter.publish(job).record.settings.style_weight for job in jobs] == [1, 2, 3]


def test_a_picture_too_large_is_not_tried_again(problem, project_job, monkeypatch):
    tried = []

    def cramped(job, *given, **named):
        tried.append((job.settings.precision, job.settings.size, job.settings.steps))
        raise tf.errors.ResourceExhaustedError(None, None, "out of memory")

    monkeypatch.setattr("stylegrid.painting.stylize.stylize", cramped)
    job = project_job()
    with pytest.raises(DeviceError) as caught:
        problem.painter.paint(job, silent)
    assert (
        str(caught.value)
        == "size 48 in float32 does not fit into memory, nor does any smaller picture; end what else takes it"
    )
    assert tried[:3] == [("float32", 256, job.settings.steps), ("bfloat16", 256, 1), ("bfloat16", 36, 1)]
    assert tried.count(tried[0]) == 1


def test_what_is_not_painted_cannot_be_published(problem, project_job):
    with pytest.raises(ImageError, match="is not in the cache"):
        problem.painter.publish(project_job())


def test_the_method_decides_how_a_job_is_painted(problem, project_job, monkeypatch):
    """With the real weights of the fast method, which the set-up has brought."""
    measured = {"stylegrid.painting.one_pass.Problem.measure": lambda *given: (LOSSES, {})}
    for name, value in measured.items():
        monkeypatch.setattr(name, value)
    record = problem.paint(project_job(method="fast", size=48)).record
    assert problem.painted == 0
    assert (record.outcome, record.message, record.steps) == ("finished", "painted in one pass", 0)
    assert (record.settings.method, record.losses.total, record.precision) == ("fast", 64.0, "float32")
    problem.paint(project_job(size=48))
    assert problem.painted == 1


def test_without_its_weights_the_fast_method_is_an_error_of_one_sentence(problem, project_job, monkeypatch):
    def fail(folder):
        raise WeightsError("the fast method: no wheel")

    monkeypatch.setattr("stylegrid.fast.weights.make_fast", fail)
    with pytest.raises(WeightsError, match="the fast method: no wheel"):
        problem.painter.paint(project_job(method="fast"), silent)


def test_the_record_says_in_which_tiles_and_others_are_not_painted_again(problem, project_job):
    problem.tile = 512
    problem.paint(project_job())
    published = problem.paint(project_job(tile=256))
    assert problem.painted == 1 and published.record.tile == 512 and published.record.reduced == {}


def test_a_painting_is_told_what_memory_is_free_and_where_tiles_may_lie(problem, project_job, monkeypatch):
    monkeypatch.setattr("stylegrid.plan.memory.free_mb", lambda: 10**6)
    problem.paint(project_job())
    assert problem.room.memory_mb >= 10**6 and problem.room.folder == problem.cache.folder
