"""What a run has done, in the lines that end it."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from stylegrid.plan import plan_files
from stylegrid.store.cache import Cache
from stylegrid.store.findings import Finding, chosen_backbone, find_all
from stylegrid.store.layout import Layout, record_path
from stylegrid.store.record import read_outline

MOST_FAILURES = 10  # that are told; the page and losses.csv have all


class Closing(NamedTuple):
    """What became of the combinations of a plan: counts, and the failed ones with their reasons."""

    combinations: int
    in_place: int
    painted: int  # of those in place, by this run
    cached: int  # of those in place, put there by this run and painted before
    failed: tuple[Finding, ...]


def close(results: Path, began: float) -> Closing:
    """Return what a run has done that began at a time, in seconds of the epoch."""
    findings = find_all(results, plan_files.read_table(results), read_outline)
    in_place = [finding for finding in findings if finding.picture is not None]
    now = [finding for finding in in_place if finding.picture and _written(record_path(finding.picture)) >= began]
    backbone, paintings = chosen_backbone(results), Cache(Layout(results).cache)
    painted = [f for f in now if (paintings.finished(f.combination.job.key(backbone or "")) or began) >= began]
    failed = tuple(finding for finding in findings if finding.picture is None and finding.outcome == "failed")
    return Closing(len(findings), len(in_place), len(painted), len(now) - len(painted), failed)


def describe_end(closing: Closing, duration: str, page: Path, fault: str = "") -> Iterator[str]:
    """Yield the lines that end a run: what failed, what it has done and in what time, and the page, if there is one.

    `fault` says where to look where something else than a painting failed.
    """
    yield from _describe_failures(closing)
    if fault and not closing.failed:
        yield fault
    parts = _describe_counts(closing)
    done = f"Done: {parts} in {duration}." if parts else f"Nothing to paint: all {closing.in_place} are there."
    yield done + (f" Open {page}" if page.is_file() else "")


def describe_stop(kept: int, combinations: int) -> str:
    """Return the line that ends a run that was stopped when so many pictures were in place."""
    return f"Stopped. {kept} of {combinations} {'is' if kept == 1 else 'are'} kept; `make gallery` goes on."


def _describe_counts(closing: Closing) -> str:
    missing = closing.combinations - closing.in_place - len(closing.failed)
    counts = {
        "painted": closing.painted,
        "from the cache": closing.cached,
        "failed": len(closing.failed),
        "not painted": missing,
    }
    parts = [f"{count} {what}" for what, count in counts.items() if count]
    pictures = f"{closing.painted} picture{'s' * (closing.painted != 1)}"
    return pictures if parts == [f"{closing.painted} painted"] else ", ".join(parts)


def _describe_failures(closing: Closing) -> Iterator[str]:
    for finding in closing.failed[:MOST_FAILURES]:
        yield f"failed: {finding.combination.job.name}: {finding.message}"
    if len(closing.failed) > MOST_FAILURES:
        yield f"failed: {len(closing.failed) - MOST_FAILURES} more, which losses.csv names"


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
