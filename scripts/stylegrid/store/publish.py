"""A painting of the cache encoded for publication: picture, record and snapshots."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid import files
from stylegrid.errors import ImageError
from stylegrid.pictures import encode, images
from stylegrid.pictures.colour_transfer import original_colours
from stylegrid.pictures.images import Picture
from stylegrid.plan.job import Job, Source
from stylegrid.store import provenance
from stylegrid.store.cache import Painted, sha256
from stylegrid.store.record import Record


class Published(NamedTuple):
    """A picture as the bytes of its file, its record, and its snapshots as names and bytes of PNG files."""

    picture: bytes
    record: Record
    snapshots: Iterator[tuple[str, bytes]]


def publish(job: Job, painted: Painted, snapshots: Iterable[Path]) -> Published:
    """Return a painting encoded by the job's settings; its record must already have the job's names."""
    painting, alpha = encode.decode_sixteen(painted.tiff)
    metadata, settings = provenance.describe(painted.record), job.settings
    picture = encode.encode(_recolour(job, painting), settings.format, settings.quality, alpha, metadata)
    named = painted.record.model_copy(update={"picture_sha256": sha256(picture)})
    return Published(picture, named, _publish_snapshots(job, snapshots))


def _publish_snapshots(job: Job, snapshots: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for path in snapshots:
        picture, alpha = images.read_with_alpha(path)
        yield path.name, encode.encode(_recolour(job, picture), "png", 100, alpha)


def _recolour(job: Job, picture: Picture) -> Picture:
    """Return a painting or snapshot, with the photograph's colours if `original_colours` asks for them."""
    settings = job.settings
    if settings.original_colours == "none":
        return picture
    check_input(job.content)
    path, size = Path(job.content.path), (picture.shape[2], picture.shape[1])
    photograph = images.read(path, size) if settings.alpha == "white" else images.read_with_alpha(path, size)[0]
    return original_colours(picture, photograph, settings.original_colours)


def check_input(source: Source) -> None:
    """Raise ImageError if an input is missing or has changed since the manifest was read."""
    path = Path(source.path)
    if not path.is_file():
        raise ImageError(f"{path}: no such file; it was there when the manifest was read")
    if files.sha256(path) != source.sha256:
        raise ImageError(f"{path}: has changed since the manifest was read; run again")
