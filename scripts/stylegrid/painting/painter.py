"""Paints jobs into the cache, many in one process, and publishes pictures from there."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stylegrid import files
from stylegrid.errors import ImageError, WeightsError
from stylegrid.painting import gpu_lock
from stylegrid.pictures import encode
from stylegrid.plan import memory
from stylegrid.plan.job import Job
from stylegrid.store import record
from stylegrid.store.cache import Cache, Painted, sha256
from stylegrid.store.publish import Published, check_input, publish
from stylegrid.store.record import BackboneRecord, HistoryEntry, LossRecord, Record
from stylegrid.vgg.weights.choice import Backbone
from stylegrid.vgg.weights.read import read_weights

# Modules that paint are imported by the functions that need them: cached pictures don't wait for TensorFlow.
if TYPE_CHECKING:
    from stylegrid.painting.checkpoint import CheckpointFiles
    from stylegrid.painting.compiled import ObjectiveCache
    from stylegrid.painting.measures import Meter
    from stylegrid.painting.one_pass import FastNetworks
    from stylegrid.painting.out_of_memory import Policy
    from stylegrid.painting.problem import Room
    from stylegrid.painting.stylize import Report, Result

CHECKPOINT_SECONDS = 20.0


class Session(NamedTuple):
    """What painting needs of TensorFlow: compiled objectives, the device's name, the process's MB before painting."""

    objectives: "ObjectiveCache"
    device: str
    started_mb: float


class Painter:
    """Paints jobs of one backbone into a cache; TensorFlow starts with the first job that isn't there."""

    def __init__(
        self,
        backbone: Backbone,
        cache: Cache,
        threads: int | None = None,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
        xla: bool = False,
        out_of_memory: "Policy" = "fail",
    ):
        self._backbone, self._cache = backbone, cache
        self._threads, self._checkpoint_seconds, self._xla = threads, checkpoint_seconds, xla
        self._out_of_memory = out_of_memory
        self._painted_as: dict[str, Job] = {}  # by the keys of jobs that didn't fit

    def needs(self, job: Job) -> bool:
        """Return whether a job isn't in the cache, or not with the snapshots it asks for."""
        painted = self._cache.get(self.key(job))
        return painted is None or job.settings.snapshots not in (0, painted.record.settings.snapshots)

    def paint(self, job: Job, report: "Report") -> None:
        """Paint a job into the cache, or what the policy allows instead where it doesn't fit into memory.

        Raises ImageError or WeightsError when an input has changed since the job was planned or can't be read, and
        DeviceError when no GPU can be held or the job doesn't fit.
        """
        from stylegrid.painting import out_of_memory

        error = self._attempt(job, report)
        if out_of_memory.is_out_of_memory(error):
            error = self._retry_smaller(job, error, report)
        if error is not None:
            raise error

    def publish(self, job: Job) -> Published:
        """Return the picture and record of a job that is painted."""
        painted_as = self._painted_as.get(self.key(job), job)
        key = self.key(painted_as)
        painted = self._cache.get(key)
        if painted is None:
            raise ImageError(f"{job.name}: its painting is not in the cache any more; run again")
        named = painted.record.named_for(job, self._backbone_record)
        if painted_as is not job:
            from stylegrid.painting import out_of_memory  # which brings TensorFlow; it was needed already

            named = out_of_memory.describe(named, job, painted_as)
        snapshots = self._cache.snapshots(key) if job.settings.snapshots else ()
        return publish(job, Painted(painted.tiff, named), snapshots)

    def _attempt(self, job: Job, report: "Report") -> Exception | None:
        """Paint a job as it is and return the error that it met, if any."""
        try:
            for source in job.inputs:  # first, since what follows reads them
                check_input(source)
            self._paint(job, report, self._room(job))
        except Exception as error:
            return error
        return None

    def _room(self, job: Job) -> "Room":
        """Return what a job may take; raises NotEnoughMemory when it doesn't fit into a CPU's free memory.

        A GPU refuses by itself.
        """
        from stylegrid.painting.device import precision_of
        from stylegrid.painting.problem import Room

        if self._session.device != "CPU":
            return Room(None, self._cache.folder)
        widest = memory.widest_precision(job.settings, precision_of("auto"))
        return Room(memory.require_memory(job, widest, self._session.started_mb), self._cache.folder)

    def _retry_smaller(self, job: Job, error: Exception | None, report: "Report") -> Exception | None:
        """Paint a smaller job instead of one that didn't fit, if the policy allows, and return the error it met."""
        from stylegrid.painting import out_of_memory

        def attempt(smaller: Job) -> Exception | None:
            return self._attempt(smaller, report) if self.needs(smaller) else None

        painted_as, error = out_of_memory.retry_smaller(job, self._out_of_memory, attempt, self._fits, error)
        if painted_as is not None and self.key(painted_as) != self.key(job):
            self._painted_as[self.key(job)] = painted_as
        return error

    def _fits(self, job: Job) -> bool:
        """Return whether one step of a job fits into memory."""
        from stylegrid.painting import out_of_memory

        step = out_of_memory.one_step(job)
        try:
            self._result(step, self._room(step))
        except Exception:
            return False
        return True

    def _paint(self, job: Job, report: "Report", room: "Room") -> None:
        from stylegrid.painting.checkpoint import CheckpointFiles

        key = self.key(job)
        progress = CheckpointFiles(self._cache.stem(key), self._checkpoint_seconds)
        result = self._result(job, room, report, progress)
        self._cache.put(key, self._painted(job, result))
        progress.finish()

    def _result(
        self,
        job: Job,
        room: "Room",
        report: "Report" = lambda step: None,
        progress: "CheckpointFiles | None" = None,
    ) -> "Result":
        """Return a job's picture by its method; the fast one paints in one piece, whatever the room."""
        if job.settings.method == "fast":
            from stylegrid.painting.one_pass import paint_in_one_pass

            return paint_in_one_pass(job, self._networks, self._session.objectives, report)
        from stylegrid.painting.stylize import stylize

        return stylize(job, self._session.objectives, report, progress, room)

    @cached_property
    def _networks(self) -> "FastNetworks":
        from stylegrid.fast.weights import fast_folder, make_fast, read_fast
        from stylegrid.painting.one_pass import FastNetworks

        return FastNetworks(read_fast(make_fast(fast_folder())))

    @cached_property
    def _meter(self) -> "Meter":
        """What measures pictures; a descent fetches no networks for it."""
        from stylegrid.fast.weights import fast_folder, find_fast
        from stylegrid.painting.measures import Meter

        return Meter(find_fast(fast_folder()))

    def _painted(self, job: Job, result: "Result") -> Painted:
        from stylegrid.painting import device

        tiff = encode.encode(result.picture, "tiff", 100, result.alpha)
        height, width = result.picture.shape[1:3]
        return Painted(
            tiff,
            Record(
                **record.described_by(job),
                backbone=self._backbone_record,
                outcome=result.outcome,
                message=result.message,
                losses=LossRecord(**result.losses._asdict()) if result.losses else None,
                style_by_layer=result.style_by_layer,
                history=tuple(HistoryEntry(step=s.step, scale=s.scale, **s.losses._asdict()) for s in result.history),
                measures=self._meter.measure(job, result.picture, result.alpha),
                width=width,
                height=height,
                steps=result.steps,
                seconds=round(result.seconds, 3),
                steps_per_second=round(result.steps / result.seconds, 3),
                peak_memory_mb=round(device.peak_memory_mb(), 1),
                device=self._session.device,
                precision=result.precision,
                colours="grey" if result.grey else "free",
                tile=result.tile,
                versions=dict(record.versions()),
                picture_sha256=sha256(tiff),
            ),
        )

    def key(self, job: Job) -> str:
        """Return a job's key in the cache."""
        return job.key(self._backbone.sha256)

    @property
    def _backbone_record(self) -> BackboneRecord:
        name, path = self._backbone.name, self._backbone.path
        return BackboneRecord(name=name, sha256=self._backbone.sha256, path=path if name == "file" else None)

    @cached_property
    def _session(self) -> Session:
        from stylegrid.painting import device
        from stylegrid.painting.compiled import ObjectiveCache

        _check_backbone(self._backbone)
        gpu_lock.claim()
        name = device.set_up(self._threads)
        objectives = ObjectiveCache(read_weights(Path(self._backbone.path)), self._xla)
        return Session(objectives, name, memory.resident_mb())


def _check_backbone(backbone: Backbone) -> None:
    path = Path(backbone.path)
    if not path.is_file() or files.sha256(path) != backbone.sha256:
        raise WeightsError(
            f"{path}: is gone or has changed since it was chosen; delete results/backbone.json to choose again"
        )
