"""Films of a gallery's pictures: of their descent, and of ladders, which are painted for them."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stylegrid import files
from stylegrid.errors import ConfigError, suggest
from stylegrid.painting.paint_ladder import paint_ladder
from stylegrid.painting.painter import Painter
from stylegrid.plan import ladder
from stylegrid.plan.job import Job
from stylegrid.store import films
from stylegrid.store.cache import Cache
from stylegrid.store.findings import Finding
from stylegrid.store.layout import Layout
from stylegrid.vgg.weights.choice import read_backbone

if TYPE_CHECKING:  # imports TensorFlow
    from stylegrid.painting.stylize import Report

REMEDY = "set `snapshots` to 5 or so, and run again"


class Range(NamedTuple):
    """How a ladder is asked for: its setting, lowest and highest value or None for the gallery's, and how many."""

    setting: str
    low: float | None
    high: float | None
    frames: int


class Ladder(NamedTuple):
    """The values of a setting that a picture's film goes over, and the job of each."""

    finding: Finding
    setting: str
    values: list[float]
    jobs: list[Job]


def choose(findings: Sequence[Finding], names: Sequence[str]) -> list[Finding]:
    """Return the painted pictures of names; raises ConfigError if one isn't painted or isn't in the gallery."""
    painted = {finding.combination.job.name: finding for finding in findings if finding.picture}
    for name in names:
        if name not in painted:
            raise ConfigError(f"{name}: no picture of this gallery. {suggest(name, painted, listed='make plan')}")
    return [painted[name] for name in names]


def with_snapshots(findings: Sequence[Finding]) -> list[Finding]:
    """Return the pictures that have snapshots; raises ConfigError if none has."""
    found = [finding for finding in findings if finding.picture and films.snapshots(finding.picture)]
    if not found:
        raise ConfigError(f"no picture has snapshots to make a film of; {REMEDY}")
    return found


def film_descent(results: Path, finding: Finding, side: int) -> list[Path]:
    """Write the film of a picture's snapshots and return its files."""
    name, picture = _painted(finding)
    frames = films.read_frames([*films.snapshots(picture), picture], side)
    return films.write_film(results, name, picture, films.DESCENT, frames)


def plan_ladder(finding: Finding, findings: Iterable[Finding], over: Range, steps: int) -> Ladder:
    """Return a picture's ladder, its paintings of so many steps; raises ConfigError where there is none."""
    job = finding.combination.job
    low, high = ladder.bounds(job, over.setting, (each.combination.job for each in findings))
    low, high = low if over.low is None else over.low, high if over.high is None else over.high
    values = ladder.spaced(over.setting, low, high, over.frames)
    return Ladder(finding, over.setting, values, ladder.rungs(job, over.setting, values, steps))


def film_ladder(results: Path, planned: Ladder, side: int, report: "Callable[[int], Report]") -> list[Path]:
    """Paint a picture's ladder, write its film and return the film's files; what is in the cache isn't painted again.

    `report` is told the place of what is painted.
    """
    (name, picture), layout = _painted(planned.finding), Layout(results)
    cache = Cache(layout.cache)
    painter = Painter(read_backbone(layout.backbone), cache)
    with files.temporary_folder() as folder:
        paths = []
        for place, published in enumerate(paint_ladder(planned.jobs, painter, cache, report)):
            paths.append(folder / f"{place}{picture.suffix}")
            files.write_bytes(paths[-1], published.picture, sync=False)
        frames = films.read_frames(paths, side)
    return films.write_film(results, name, picture, planned.setting, frames, planned.values)


def _painted(finding: Finding) -> tuple[str, Path]:
    assert finding.picture is not None  # only painted ones are chosen
    return finding.combination.job.name, finding.picture
