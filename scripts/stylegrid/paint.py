"""From a job to a finished picture: out of the cache, or painted and put there."""

from collections.abc import Callable
from pathlib import Path

from stylegrid import files, images, record, weights
from stylegrid.cache import Cache, Painted, sha256
from stylegrid.errors import ImageError, WeightsError
from stylegrid.job import Job
from stylegrid.record import BackboneRecord, HistoryEntry, LossRecord, Record
from stylegrid.weights import Backbone


def paint(
    job: Job,
    backbone: Backbone,
    cache: Cache | None = None,
    threads: int | None = None,
    report: Callable = lambda step: None,
) -> Painted:
    """Return a job's finished picture and record, from the cache if it is there.

    Raises ImageError or WeightsError when an input has changed since the job was planned, or can't be read.
    """
    key = job.key(backbone.sha256)
    kept = cache.get(key) if cache else None
    if kept is not None:
        return Painted(kept.png, kept.record.named_for(job, _name(backbone)))
    _check_inputs(job, backbone)
    painted = _paint(job, backbone, threads, report)
    if cache is not None:
        cache.put(key, painted)
    return painted


def _name(backbone: Backbone) -> BackboneRecord:
    return BackboneRecord(name=backbone.name, sha256=backbone.sha256)


def _check_inputs(job: Job, backbone: Backbone) -> None:
    for source in (job.content, *job.styles, *filter(None, [job.start])):
        path = Path(source.path)
        if not path.is_file():
            raise ImageError(f"{path}: no such file; it was there when the manifest was read")
        if files.sha256(path) != source.sha256:
            raise ImageError(f"{path}: has changed since the manifest was read; run again")
    if not Path(backbone.path).is_file() or files.sha256(Path(backbone.path)) != backbone.sha256:
        raise WeightsError(
            f"{backbone.path}: is gone or has changed since it was chosen; delete results/backbone.json to choose again"
        )


def _paint(job: Job, backbone: Backbone, threads: int | None, report: Callable) -> Painted:
    # Imported here, so that a picture found in the cache doesn't wait for TensorFlow.
    from stylegrid import device
    from stylegrid.stylize import stylize

    name = device.set_up(threads)
    result = stylize(job, weights.read(Path(backbone.path)), report)
    png = images.encode_png(result.picture)
    height, width = result.picture.shape[1:3]
    losses = LossRecord(**result.losses._asdict()) if result.losses else None
    return Painted(
        png,
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
            picture_sha256=sha256(png),
        ),
    )
