"""What a run would paint."""

import json

from conftest import make_record, save_picture

from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.runs.to_paint import find_unpainted
from stylegrid.store.cache import Cache, Painted
from stylegrid.store.layout import picture_path


def test_pictures_that_are_there_as_planned_or_in_the_cache_are_not_painted(project):
    project.write_rows({"content": "*", "style": "*"})
    settings = project.settings()
    combinations = make_plan(settings).combinations
    jobs = [combination.job for combination in combinations]
    assert find_unpainted(settings.results, jobs) == jobs

    save_picture(picture_path(settings.results, jobs[0]))
    assert find_unpainted(settings.results, jobs) == jobs  # no plan says that it is of these settings
    plan_files.write_plan(settings, combinations, {})
    assert find_unpainted(settings.results, jobs) == jobs[1:]

    files.write_text(settings.results / "backbone.json", json.dumps({"name": "file", "path": "w.h5", "sha256": "abc"}))
    Cache(settings.results / "cache").put(jobs[1].key("abc"), Painted(b"tiff", make_record(jobs[1])))
    assert find_unpainted(settings.results, jobs) == jobs[2:]

    changed = [job.model_copy(update={"settings": job.settings.model_copy(update={"steps": 3})}) for job in jobs]
    assert find_unpainted(settings.results, changed) == changed
