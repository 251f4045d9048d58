"""Pictures painted in one process into a results folder of their own, beside the gallery's."""

from collections.abc import Sequence

from stylegrid import files
from stylegrid.fast.weights import fast_folder, make_fast
from stylegrid.painting.paint_chunk import Fault, paint_chunk
from stylegrid.painting.painter import Painter
from stylegrid.plan import plan_files
from stylegrid.plan.job import Combination
from stylegrid.plan.sheet_pages import plan_pages
from stylegrid.runs import run
from stylegrid.settings.config import Settings
from stylegrid.store.cache import Cache
from stylegrid.store.layout import Layout
from stylegrid.vgg.weights.choice import choose_backbone, weights_folder


def paint_apart(settings: Settings, combinations: Sequence[Combination], fault: Fault) -> None:
    """Paint combinations into the results folder of `settings`, with a plan that the reports work from.

    Holds the folder for the life of this process. `fault` is told what keeps a picture from being painted. Raises
    StylegridError where nothing can be painted.
    """
    layout = Layout(settings.results)
    run.require_startable(settings.results)
    if any(combination.job.settings.method == "fast" for combination in combinations):
        make_fast(fast_folder())
    backbone = choose_backbone(settings.weights, weights_folder())
    files.write_text(layout.backbone, backbone.model_dump_json() + "\n")
    plan_apart(settings, combinations)
    painter = Painter(backbone, Cache(layout.cache))
    with files.temporary_folder() as folder:
        jobs = [combination.job for combination in combinations]
        paint_chunk(jobs, painter, folder, settings.results, lambda job: lambda step: None, fault)


def plan_apart(settings: Settings, combinations: Sequence[Combination]) -> None:
    """Write the plan of such a folder."""
    pages = plan_pages(combinations, settings.sheets.cells, settings.sheets.overview)
    plan_files.write_plan(settings, combinations, pages)
