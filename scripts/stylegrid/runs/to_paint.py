"""What a run would paint: pictures that are missing or of other settings, and not in the cache."""

from collections.abc import Iterable
from pathlib import Path

from stylegrid.plan import plan_files
from stylegrid.plan.job import Job
from stylegrid.store.layout import Layout, picture_path


def find_unpainted(results: Path, jobs: Iterable[Job]) -> list[Job]:
    """Return the jobs that a run would paint."""
    missing = list(jobs)
    if Layout(results).pictures.is_dir():  # else nothing is looked for, of what may be ten thousand
        missing = [
            job for job in missing if not (picture_path(results, job).is_file() and plan_files.is_planned(results, job))
        ]
    return _not_in_cache(results, missing) if Layout(results).backbone.is_file() else missing


def _not_in_cache(results: Path, jobs: Iterable[Job]) -> list[Job]:
    from stylegrid.store.cache import Cache  # here, as in a new gallery there is none, and they bring h5py and tifffile
    from stylegrid.store.findings import chosen_backbone

    backbone, paintings = chosen_backbone(results), Cache(Layout(results).cache)
    return [job for job in jobs if backbone is None or paintings.finished(job.key(backbone)) is None]
