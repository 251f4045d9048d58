"""How far a gallery has come: what there is of each combination of its plan, and when the rest will be there.

Only reads, and takes no lock: what it says may be a moment old, and a run that goes on doesn't notice.
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
from stylegrid.store.layout import failure_path, picture_path
from stylegrid.store.record import Record, read_outline

State = Literal["done", "painted", "running", "stopped", "failed", "missing"]


class Underway(FrozenModel):
    """A combination that is being painted, or was when its process stopped."""

    name: str
    step: int
    steps: int
    seconds_since_step: float
    host: str


class Failure(FrozenModel):
    """A combination that could not be painted, and why."""

    name: str
    message: str


class Left(FrozenModel):
    """What is still to be painted, in seconds from now; None where nothing is known yet."""

    seconds: float | None
    basis: Literal["pictures", "calibration", "nothing"] = Field(description="what the seconds were taken from")
    at_once: int = Field(description="pictures that paint at once; 0 where none does")


class Status(FrozenModel):
    """How many combinations are in which state, those of interest by name, and what is left."""

    combinations: int
    counts: dict[State, int]
    running: tuple[Underway, ...]
    stopped: tuple[Underway, ...]
    failed: tuple[Failure, ...]
    left: Left


class Standing(NamedTuple):
    """One combination: what was found of it, its state, and its heartbeat, if it has one."""

    finding: Finding
    state: State
    heartbeat: Heartbeat | None

    @property
    def job(self) -> Job:
        """Return its job."""
        return self.finding.combination.job


def take_stock(folder: Path, now: float, calibration: Path | None = None) -> Status:
    """Return the status of a results folder at a time in seconds of the epoch.

    The forecast goes by a calibration's file, this machine's if none is named, until a picture is done. Raises
    RecordError when there is no plan.
    """
    standings = look_at_all(folder, now)
    by_state: dict[State, list[Standing]] = {state: [] for state in State.__args__}  # type: ignore[attr-defined]
    for standing in standings:
        by_state[standing.state].append(standing)
    return Status(
        combinations=len(standings),
        counts={state: len(group) for state, group in by_state.items()},
        running=_underway(by_state["running"], now),
        stopped=_underway(by_state["stopped"], now),
        failed=tuple(Failure(name=s.job.name, message=s.finding.message) for s in by_state["failed"]),
        left=_left(by_state, calibration),
    )


def look_at_all(folder: Path, now: float) -> list[Standing]:
    """Return the standing of every combination of the plan."""
    heartbeats = read_heartbeats(folder / "chunks")
    backbone, paintings = chosen_backbone(folder), Cache(folder / "cache")
    # After the heartbeats: what was painted and published meanwhile is done, and nothing is overlooked.
    findings = find_all(folder, plan_files.read_table(folder), read_outline)

    def look_at(finding: Finding) -> Standing:
        job = finding.combination.job
        heartbeat = heartbeats.get(job.name)
        if finding.picture is not None:
            return Standing(finding, "done", None)
        if heartbeat and not heartbeat.has_stopped(now):
            return Standing(finding, "running", heartbeat)
        painted = paintings.finished(job.key(backbone)) if backbone else None
        if finding.outcome == "failed" and (painted is None or painted < _failed_at(folder, job)):
            return Standing(finding, "failed", None)
        if painted is not None:
            return Standing(finding, "painted", None)
        return Standing(finding, "stopped" if heartbeat else "missing", heartbeat)

    return [look_at(finding) for finding in findings]


def _failed_at(folder: Path, job: Job) -> float:
    """Return when a combination failed, or for good where its record can't be read, which a painting doesn't mend."""
    path = failure_path(picture_path(folder, job))
    return path.stat().st_mtime if path.is_file() else float("inf")


def _underway(standings: Iterable[Standing], now: float) -> tuple[Underway, ...]:
    return tuple(
        Underway(
            name=standing.job.name,
            step=heartbeat.step,
            steps=heartbeat.steps,
            seconds_since_step=max(0.0, now - heartbeat.updated),  # clocks of two machines may differ
            host=heartbeat.host,
        )
        for standing in standings
        if (heartbeat := standing.heartbeat)
    )


def _left(by_state: dict[State, list[Standing]], calibration: Path | None) -> Left:
    unpainted = [*by_state["running"], *by_state["stopped"], *by_state["missing"]]
    at_once = len(by_state["running"])
    rate = seconds_per_effort(s.finding.record for s in by_state["done"] if s.finding.record)
    if not unpainted or rate is not None:
        work = sum(_effort_left(standing) for standing in unpainted)
        return Left(seconds=(rate or 0) * work / max(1, at_once), basis="pictures", at_once=at_once)
    measured = forecast.read_calibration(calibration)
    if measured is None:
        return Left(seconds=None, basis="nothing", at_once=at_once)
    seconds = sum(_seconds_left(standing, measured) for standing in unpainted)
    return Left(seconds=seconds / max(1, at_once), basis="calibration", at_once=at_once)


def seconds_per_effort(records: Iterable[Record]) -> float | None:
    """Return the seconds that a megapixel's step took in pictures that are done; None where none tells."""
    seconds, work = 0.0, 0.0
    for record in records:
        if record.seconds and record.width and record.height:
            seconds += record.seconds
            work += workload_of(record.settings, (record.width, record.height)).after(record.steps)
    return seconds / work if work else None


def _effort_left(standing: Standing) -> float:
    photograph = _size(standing.job.content)
    if photograph is None:
        return 0.0
    workload = workload_of(standing.job.settings, photograph)
    return workload.total - workload.after(_step(standing))


def _seconds_left(standing: Standing, calibration: forecast.Calibration) -> float:
    photograph, settings = _size(standing.job.content), standing.job.settings
    if photograph is None:
        return 0.0
    share = workload_of(settings, photograph).share_left(_step(standing))
    return forecast.cost(settings, photograph, calibration).seconds * share


def _step(standing: Standing) -> int:
    return standing.heartbeat.step if standing.heartbeat else 0


@cache  # of many combinations that are to be painted, few have a photograph of their own
def _size(photograph: Source) -> Size | None:
    """Return a photograph's size; nothing where it can't be read: its jobs will fail, in no time."""
    try:
        return photograph.size
    except ImageError:
        return None
