"""Findings of pictures that were painted, with losses one can tell by thought."""

from pathlib import Path

from conftest import make_job, make_record

from stylegrid.plan.job import Combination
from stylegrid.store.findings import Finding
from stylegrid.store.record import HistoryEntry, LossRecord


def entry(step: int, content: float, style: float = 1.0, tv: float = 1.0, total: float = 1.0, scale: int = 32):
    """Return the losses after a step."""
    return HistoryEntry(step=step, scale=scale, content=content, style=style, tv=tv, total=total)


def finding(
    content="cat", style="night", weight=100.0, history=(), losses=(1.0, 2.0), outcome="finished", **settings
) -> Finding:
    """Return a painted picture's finding; `losses` are its final content and style loss, or None."""
    job = make_job(content, style, f"sw{weight:g}", style_weight=weight, **settings)
    final = LossRecord(content=losses[0], style=losses[1], tv=3.0, total=4.0) if losses else None
    record = make_record(job, history=tuple(history), losses=final, outcome=outcome)
    return Finding(Combination(job, 2, "", ""), outcome, "", record, Path("picture.png"))
