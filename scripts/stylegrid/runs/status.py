"""The status of a gallery: the state of each planned combination, and the time left.

Only reads and takes no lock, so that runs are not disturbed; the status may be a moment old.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from stylegrid.errors import ImageError
from stylegrid.models import FrozenModel
from stylegrid.painting.heartbeat import Heartbeat, read_heartbeats
from stylegrid.pictures.geometry import Size
from stylegrid.plan import forecast, plan_files
from stylegrid.plan.job import Job, Source
from stylegrid.settings.workload import workload_of
from stylegrid.store.cache import Cache
from stylegrid.store.findings import Finding, chosen_backbone, find_all
from stylegrid.store.layout import Layout, failure_path, picture_path
from stylegrid.store.record import Record, read_outline

State = Literal["done", "painted", "running", "stopped", "failed", "missing"]


class Underway(FrozenModel):
    """A combination that is being painted, or whose process has stopped."""

    name: str
    step: int
    steps: int
    seconds_since_step: float
    host: str


class Failure(FrozenModel):
    """A combination that could not be painted, and the reason."""

    name: str
    message: str


class Remaining(FrozenModel):
    """The time left, in seconds; None if no speed is known yet."""

    seconds: float | None
    basis: Literal["pictures", "calibration", "nothing"] = Field(description="the source of the seconds")
    at_once: int = Field(description="pictures painted at once; 0 if none is being painted")


class Status(FrozenModel):
    """The number of combinations in each state, the unfinished and failed ones by name, and the time left."""

    combinations: int
    counts: dict[State, int]
    running: tuple[Underway, ...]
    stopped: tuple[Underway, ...]
    failed: tuple[Failure, ...]
    left: Remaining
    spreadsheet: Literal["as planned", "saved since", "unknown"] = Field(description="since the last run began")


class CombinationStatus(NamedTuple):
    """One combination: its finding, its state, and the heartbeat if it is unfinished."""

    finding: Finding
    state: State
    heartbeat: Heartbeat | None

    @property
    def job(self) -> Job:
        """Return its job."""
        return self.finding.combination.job


def read_status(folder: Path, now: float, calibration: Path | None = None, manifest: Path | None = None) -> Status:
    """Return the status of a results folder, made from `manifest`; `now` is in seconds of the epoch.

    The time left follows the finished pictures, and before there are any the calibration file (default: this
    machine's). Raises RecordError if there is no plan.
    """
    statuses = combination_statuses(folder, now)
    by_state: dict[State, list[CombinationStatus]] = {state: [] for state in State.__args__}  # type: ignore[attr-defined]
    for status in statuses:
        by_state[status.state].append(status)
    return Status(
        combinations=len(statuses),
        counts={state: len(group) for state, group in by_state.items()},
        running=_underway(by_state["running"], now),
        stopped=_underway(by_state["stopped"], now),
        failed=tuple(Failure(name=s.job.name, message=s.finding.message) for s in by_state["failed"]),
        left=_remaining(by_state, calibration),
        spreadsheet=_spreadsheet(manifest, Layout(folder).lock),
    )


def combination_statuses(folder: Path, now: float) -> list[CombinationStatus]:
    """Return the status of every combination of the plan."""
    heartbeats = read_heartbeats(Layout(folder).chunks)
    backbone, paintings = chosen_backbone(folder), Cache(Layout(folder).cache)
    # Read after the heartbeats, so that a picture published in between is found.
    findings = find_all(folder, plan_files.read_table(folder), read_outline)

    def status_of(finding: Finding) -> CombinationStatus:
        job = finding.combination.job
        heartbeat = heartbeats.get(job.name)
        if finding.picture is not None:
            return CombinationStatus(finding, "done", None)
        if heartbeat and not heartbeat.has_stopped(now):
            return CombinationStatus(finding, "running", heartbeat)
        painted = paintings.finished(job.key(backbone)) if backbone else None
        if finding.outcome == "failed" and (painted is None or painted < _failed_at(folder, job)):
            return CombinationStatus(finding, "failed", None)
        if painted is not None:
            return CombinationStatus(finding, "painted", None)
        return CombinationStatus(finding, "stopped" if heartbeat else "missing", heartbeat)

    return [status_of(finding) for finding in findings]


def _spreadsheet(manifest: Path | None, lock: Path) -> Literal["as planned", "saved since", "unknown"]:
    """Return whether the spreadsheet was saved after the last run began, which wrote the lock."""
    if manifest is None or not (manifest.is_file() and lock.is_file()):
        return "unknown"
    return "saved since" if manifest.stat().st_mtime > lock.stat().st_mtime else "as planned"


def _failed_at(folder: Path, job: Job) -> float:
    """Return the time a combination failed; infinity without a failure record: repainting won't mend its fault."""
    path = failure_path(picture_path(folder, job))
    return path.stat().st_mtime if path.is_file() else float("inf")


def _underway(statuses: Iterable[CombinationStatus], now: float) -> tuple[Underway, ...]:
    return tuple(
        Underway(
            name=status.job.name,
            step=heartbeat.step,
            steps=heartbeat.steps,
            seconds_since_step=max(0.0, now - heartbeat.updated),  # the clocks of two machines may differ
            host=heartbeat.host,
        )
        for status in statuses
        if (heartbeat := status.heartbeat)
    )


def _remaining(by_state: dict[State, list[CombinationStatus]], calibration: Path | None) -> Remaining:
    unpainted = [*by_state["running"], *by_state["stopped"], *by_state["missing"]]
    at_once = len(by_state["running"])
    rate = seconds_per_workload(s.finding.record for s in by_state["done"] if s.finding.record)
    if not unpainted or rate is not None:
        work = sum(workload_left(status) for status in unpainted)
        return Remaining(seconds=(rate or 0) * work / max(1, at_once), basis="pictures", at_once=at_once)
    measured = forecast.read_calibration(calibration)
    if measured is None:
        return Remaining(seconds=None, basis="nothing", at_once=at_once)
    seconds = sum(_seconds_left(status, measured) for status in unpainted)
    return Remaining(seconds=seconds / max(1, at_once), basis="calibration", at_once=at_once)


def seconds_per_workload(records: Iterable[Record]) -> float | None:
    """Return the mean seconds of a megapixel-step in finished pictures; None without any."""
    seconds, work = 0.0, 0.0
    for record in records:
        if record.seconds and record.width and record.height:
            seconds += record.seconds
            work += workload_of(record.settings, (record.width, record.height)).after(record.steps)
    return seconds / work if work else None


def workload_left(status: CombinationStatus) -> float:
    """Return the work left of a combination, in megapixel-steps; 0 if its photograph can't be read."""
    photograph = _size(status.job.content)
    if photograph is None:
        return 0.0
    workload = workload_of(status.job.settings, photograph)
    return workload.total - workload.after(_step(status))


def _seconds_left(status: CombinationStatus, calibration: forecast.Calibration) -> float:
    photograph, settings = _size(status.job.content), status.job.settings
    if photograph is None:
        return 0.0
    share = workload_of(settings, photograph).share_left(_step(status))
    return forecast.cost(settings, photograph, calibration).seconds * share


def _step(status: CombinationStatus) -> int:
    return status.heartbeat.step if status.heartbeat else 0


@cache  # of many combinations that are to be painted, few have a photograph of their own
def _size(photograph: Source) -> Size | None:
    """Return a photograph's size; None if it can't be read, since its jobs fail at once."""
    try:
        return photograph.size
    except ImageError:
        return None
