"""From a job to a published picture: its painting out of the cache, or painted and put there."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid import encode, files, images, record, weights
from stylegrid.cache import Cache, Painted, sha256
from stylegrid.colour import original_colours
from stylegrid.errors import ImageError, WeightsError
from stylegrid.images import Picture
from stylegrid.job import Job, Source
from stylegrid.record import BackboneRecord, HistoryEntry, LossRecord, Record
from stylegrid.weights import Backbone


class Published(NamedTuple):
    """A picture as the bytes of its file, its record, and the pictures of its way: names and bytes of PNG files."""

    picture: bytes
    record: Record
    snapshots: Iterator[tuple[str, bytes]]


def paint(
    job: Job,
    backbone: Backbone,
    cache: Cache,
    threads: int | None = None,
    report: Callable = lambda step: None,
    checkpoint_seconds: float | None = None,
) -> Published:
    """Return a job's picture and record, from the cache if the painting is there.

    Raises ImageError or WeightsError when an input has changed since the job was planned, or can't be read.
    """
    key = job.key(backbone.sha256)
    painted = cache.get(key)
    if painted is None or job.settings.snapshots not in (0, painted.record.settings.snapshots):
        _check_inputs(job, backbone)
        painted = _paint(job, backbone, cache, threads, report, checkpoint_seconds)
    painting, alpha = encode.decode_sixteen(painted.tiff)
    picture = encode.encode(_coloured(job, painting), job.settings.format, job.settings.quality, alpha)
    named = painted.record.named_for(job, _name(backbone))
    snapshots = _publish_snapshots(job, cache.snapshots(key) if job.settings.snapshots else ())
    return Published(picture, named.model_copy(update={"picture_sha256": sha256(picture)}), snapshots)


def _publish_snapshots(job: Job, snapshots: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for path in snapshots:
        picture, alpha = images.read_with_alpha(path)
        yield path.name, encode.encode(_coloured(job, picture), "png", 100, alpha)


def _coloured(job: Job, picture: Picture) -> Picture:
    """Return a painting, or a picture of its way, with the photograph's colours if they are wanted."""
    settings = job.settings
    if settings.original_colours == "none":
        return picture
    _check_input(job.content)
    path, size = Path(job.content.path), (picture.shape[2], picture.shape[1])
    photograph = images.read(path, size) if settings.alpha == "white" else images.read_with_alpha(path, size)[0]
    return original_colours(picture, photograph, settings.original_colours)


def _name(backbone: Backbone) -> BackboneRecord:
    return BackboneRecord(name=backbone.name, sha256=backbone.sha256)


def _check_inputs(job: Job, backbone: Backbone) -> None:
    for source in job.inputs:
        _check_input(source)
    if not Path(backbone.path).is_file() or files.sha256(Path(backbone.path)) != backbone.sha256:
        raise WeightsError(
            f"{backbone.path}: is gone or has changed since it was chosen; delete results/backbone.json to choose again"
        )


def _check_input(source: Source) -> None:
    path = Path(source.path)
    if not path.is_file():
        raise ImageError(f"{path}: no such file; it was there when the manifest was read")
    if files.sha256(path) != source.sha256:
        raise ImageError(f"{path}: has changed since the manifest was read; run again")


def _paint(
    job: Job,
    backbone: Backbone,
    cache: Cache,
    threads: int | None,
    report: Callable,
    checkpoint_seconds: float | None,
) -> Painted:
    # Imported here, so that a picture found in the cache doesn't wait for TensorFlow.
    from stylegrid import device
    from stylegrid.progress import CHECKPOINT_SECONDS, Progress
    from stylegrid.stylize import stylize

    name, key = device.set_up(threads), job.key(backbone.sha256)
    seconds = CHECKPOINT_SECONDS if checkpoint_seconds is None else checkpoint_seconds
    progress = Progress(cache.stem(key), seconds)
    result = stylize(job, weights.read(Path(backbone.path)), report, progress)
    tiff = encode.encode(result.picture, "tiff", 100, result.alpha)
    height, width = result.picture.shape[1:3]
    losses = LossRecord(**result.losses._asdict()) if result.losses else None
    painted = Painted(
        tiff,
        Record(
            **record.described_by(job),
            backbone=_name(backbone),
            outcome=result.outcome,
            message=result.message,
            losses=losses,
            style_by_layer=result.style_by_layer,
            history=tuple(HistoryEntry(step=s.step, scale=s.scale, **s.losses._asdict()) for s in result.history),
            width=width,
            height=height,
            steps=result.steps,
            seconds=round(result.seconds, 3),
            steps_per_second=round(result.steps / result.seconds, 3),
            peak_memory_mb=round(device.peak_memory_mb(), 1),
            device=name,
            versions=record.versions(),
            picture_sha256=sha256(tiff),
        ),
    )
    cache.put(key, painted)
    progress.finish()
    return painted
