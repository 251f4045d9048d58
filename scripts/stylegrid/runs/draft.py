"""Drafts of a whole manifest by the fast method, in one process, in a results folder of their own."""

from collections.abc import Iterable

from stylegrid import files
from stylegrid.fast.weights import fast_folder, make_fast
from stylegrid.painting.paint_chunk import Fault, paint_chunk
from stylegrid.painting.painter import Painter
from stylegrid.plan import plan_files
from stylegrid.plan.job import Combination, Job
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.runs import run
from stylegrid.settings.config import Settings
from stylegrid.settings.paint_settings import PaintSettings
from stylegrid.store.cache import Cache
from stylegrid.store.layout import Layout
from stylegrid.vgg.weights.choice import choose_backbone, weights_folder


def draft_settings(settings: PaintSettings, size: int) -> PaintSettings:
    """Return settings whose picture the fast method paints, its longest side at most `size`."""
    side = size if settings.size == "own" else min(size, int(settings.size))
    return settings.model_copy(update={"method": "fast", "size": side, "snapshots": 0})


def as_drafts(combinations: Iterable[Combination], size: int) -> list[Combination]:
    """Return combinations under their own names, as drafts."""
    return [each._replace(job=_as_draft(each, size)) for each in combinations]


def paint_drafts(settings: Settings, drafts: Iterable[Combination], fault: Fault) -> None:
    """Paint drafts into the results folder of `settings`, with a plan that the reports work from.

    Holds the folder for the life of this process. `fault` is told what keeps a picture from being painted. Raises
    StylegridError where nothing can be painted.
    """
    drafts, layout = list(drafts), Layout(settings.results)
    run.require_startable(settings.results)
    make_fast(fast_folder())
    backbone = choose_backbone(settings.weights, weights_folder())
    files.write_text(layout.backbone, backbone.model_dump_json() + "\n")
    plan_files.write_plan(settings, drafts, plan_pages(tuple(drafts), settings.sheets.cells, settings.sheets.overview))
    painter = Painter(backbone, Cache(layout.cache))
    with files.temporary_folder() as folder:
        jobs = [draft.job for draft in drafts]
        paint_chunk(jobs, painter, folder, settings.results, lambda job: lambda step: None, fault)


def _as_draft(combination: Combination, size: int) -> Job:
    job = combination.job
    return job.model_copy(update={"settings": draft_settings(job.settings, size)})
