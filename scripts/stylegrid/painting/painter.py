"""From jobs to paintings in the cache, many in one process, and from there to pictures as they are published."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from stylegrid import files
from stylegrid.errors import DeviceError, ImageError, WeightsError
from stylegrid.painting import gpu_lock, memory
from stylegrid.pictures import encode
from stylegrid.plan.job import Job
from stylegrid.store import record
from stylegrid.store.cache import Cache, Painted, sha256
from stylegrid.store.publish import Published, check_input, publish
from stylegrid.store.record import BackboneRecord, HistoryEntry, LossRecord, Record
from stylegrid.vgg.weights.choice import Backbone
from stylegrid.vgg.weights.read import read_weights

# What paints is imported by the functions that need it, so that pictures found in the cache don't wait for TensorFlow.
if TYPE_CHECKING:
    from stylegrid.painting.batch import Ask
    from stylegrid.painting.compiled import ObjectiveCache
    from stylegrid.painting.out_of_memory import Policy
    from stylegrid.painting.stylize import Report, Result

CHECKPOINT_SECONDS = 20.0


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
        self._instead: dict[str, Job] = {}  # by the keys of jobs that didn't fit, what was painted for them
        self._device, self._started_mb = "", 0.0  # until it is set up

    def needs(self, job: Job) -> bool:
        """Return whether a job is still to be painted, or once more for the pictures of its way."""
        painted = self._cache.get(self.key(job))
        return painted is None or job.settings.snapshots not in (0, painted.record.settings.snapshots)

    def paint(self, jobs: Sequence[Job], report: Callable[[Job], "Report"]) -> list[Exception | None]:
        """Paint jobs at once, as one batch where their pictures have one shape, and return what kept each from it.

        ImageError or WeightsError: an input has changed since the job was planned, or can't be read. DeviceError: its
        GPU can't be held.
        """
        from stylegrid.painting.out_of_memory import is_out_of_memory

        try:
            objectives = self._objectives  # started here, before the threads of a batch ask for it
        except (WeightsError, DeviceError) as fault:
            return [fault] * len(jobs)
        errors = self._attempt(jobs, objectives, report)
        for place, job in enumerate(jobs):
            if is_out_of_memory(errors[place]):
                alone = errors[place] if len(jobs) == 1 else self._attempt([job], objectives, report)[0]
                errors[place] = self._retry_smaller(job, alone, objectives, report)
        return errors

    def publish(self, job: Job) -> Published:
        """Return the picture and record of a job that is painted."""
        painted_as = self._instead.get(self.key(job), job)
        key = self.key(painted_as)
        painted = self._cache.get(key)
        if painted is None:
            raise ImageError(f"{job.name}: its painting is not in the cache any more; run again")
        named = painted.record.named_for(job, self._name)
        if painted_as is not job:
            from stylegrid.painting import out_of_memory  # which brings TensorFlow; it was needed already

            named = out_of_memory.describe(named, job, painted_as)
        snapshots = self._cache.snapshots(key) if job.settings.snapshots else ()
        return publish(job, Painted(painted.tiff, named), snapshots)

    def _attempt(
        self, jobs: Sequence[Job], objectives: "ObjectiveCache", report: Callable[[Job], "Report"]
    ) -> list[Exception | None]:
        """Paint jobs at once as they are, if there is room for them, and return what kept each from it."""
        from stylegrid.painting.batch import paint_together

        def painter(job: Job) -> "Callable[[Ask], None]":
            return lambda ask: self._paint(job, objectives, report(job), ask)

        want = self._want_of_room(jobs)
        return [want] * len(jobs) if want else paint_together([painter(job) for job in jobs])

    def _want_of_room(self, jobs: Sequence[Job]) -> Exception | None:
        from stylegrid.painting.device import precision_of

        if self._device != "CPU":
            return None
        try:
            memory.require_room([(job, precision_of(job.settings.precision)) for job in jobs], self._started_mb)
        except memory.NoRoom as want:
            return want
        return None

    def _retry_smaller(
        self, job: Job, error: Exception | None, objectives: "ObjectiveCache", report: Callable[[Job], "Report"]
    ) -> Exception | None:
        """Paint a job that had no room as something cheaper, if that is allowed, and return what kept it from it."""
        from stylegrid.painting import out_of_memory

        if not out_of_memory.is_out_of_memory(error):
            return error

        def attempt(instead: Job) -> Exception | None:
            return self._attempt([instead], objectives, report)[0] if self.needs(instead) else None

        def fits(instead: Job) -> bool:
            return self._fits(instead, objectives)

        painted_as, error = out_of_memory.retry_smaller(job, self._out_of_memory, attempt, fits, error)
        if painted_as is not None:
            self._instead[self.key(job)] = painted_as
        return error

    def _fits(self, job: Job, objectives: "ObjectiveCache") -> bool:
        """Return whether a job has room, by taking one step of it."""
        from stylegrid.painting import out_of_memory
        from stylegrid.painting.batch import paint_together
        from stylegrid.painting.stylize import stylize

        step = out_of_memory.one_step(job)

        def try_it(ask: "Ask") -> None:
            stylize(step, objectives, ask=ask)

        want = self._want_of_room([step]) or paint_together([try_it])[0]
        return want is None

    def _paint(self, job: Job, objectives: "ObjectiveCache", report: "Report", ask: "Ask") -> None:
        from stylegrid.painting.checkpoint import CheckpointFiles
        from stylegrid.painting.stylize import stylize

        for source in job.inputs:
            check_input(source)
        key = self.key(job)
        progress = CheckpointFiles(self._cache.stem(key), self._checkpoint_seconds)
        result = stylize(job, objectives, report, progress, ask)
        self._cache.put(key, self._painted(job, result))
        progress.finish()

    def _painted(self, job: Job, result: "Result") -> Painted:
        from stylegrid.painting import device

        tiff = encode.encode(result.picture, "tiff", 100, result.alpha)
        height, width = result.picture.shape[1:3]
        return Painted(
            tiff,
            Record(
                **record.described_by(job),
                backbone=self._name,
                outcome=result.outcome,
                message=result.message,
                losses=LossRecord(**result.losses._asdict()) if result.losses else None,
                style_by_layer=result.style_by_layer,
                history=tuple(HistoryEntry(step=s.step, scale=s.scale, **s.losses._asdict()) for s in result.history),
                width=width,
                height=height,
                steps=result.steps,
                seconds=round(result.seconds, 3),
                steps_per_second=round(result.steps / result.seconds, 3),
                peak_memory_mb=round(device.peak_memory_mb(), 1),
                device=self._device,
                precision=result.precision,
                versions=record.versions(),
                picture_sha256=sha256(tiff),
            ),
        )

    def key(self, job: Job) -> str:
        """Return what a job is kept under in the cache."""
        return job.key(self._backbone.sha256)

    @property
    def _name(self) -> BackboneRecord:
        name, path = self._backbone.name, self._backbone.path
        return BackboneRecord(name=name, sha256=self._backbone.sha256, path=path if name == "file" else None)

    @cached_property
    def _objectives(self) -> "ObjectiveCache":
        from stylegrid.painting import device
        from stylegrid.painting.compiled import ObjectiveCache

        _check_backbone(self._backbone)
        gpu_lock.claim()
        self._device = device.set_up(self._threads)
        objectives = ObjectiveCache(read_weights(Path(self._backbone.path)), self._xla)
        self._started_mb = memory.resident_mb()
        return objectives


def _check_backbone(backbone: Backbone) -> None:
    path = Path(backbone.path)
    if not path.is_file() or files.sha256(path) != backbone.sha256:
        raise WeightsError(
            f"{path}: is gone or has changed since it was chosen; delete results/backbone.json to choose again"
        )
