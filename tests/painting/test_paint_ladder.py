"""Ladders painted by the untrained network: what each rung begins with, and what the cache has."""

import io

import numpy as np
import pytest
from conftest import Project
from PIL import Image

from stylegrid import files
from stylegrid.painting.paint_ladder import paint_ladder
from stylegrid.painting.painter import Painter
from stylegrid.plan import ladder
from stylegrid.plan.rows_to_jobs import make_plan
from stylegrid.store.cache import Cache
from stylegrid.vgg.weights.choice import Backbone

VALUES = [5.0, 20.0, 80.0]


@pytest.fixture(scope="module")
def paint(tmp_path_factory, weights_file):
    """What paints a ladder whose later rungs take so many steps; returns its pictures, and the places it painted."""
    project = Project(tmp_path_factory.mktemp("ladder"))
    project.write_rows({"content": "cat.png", "style": "night.png"})
    settings = project.settings(stylize={"size": 32, "steps": 3, "precision": "float32"})
    job = make_plan(settings).combinations[0].job
    cache = Cache(project.folder / "cache")
    painter = Painter(Backbone(name="untrained", path=str(weights_file), sha256=files.sha256(weights_file)), cache)

    def paint(steps):
        painted = []

        def report(place):
            painted.append(place)
            return lambda step: None

        jobs = ladder.rungs(job, "style_weight", VALUES, steps)
        return list(paint_ladder(jobs, painter, cache, report)), painted

    return paint


def test_each_rung_has_its_value_and_few_steps_and_is_painted_once(paint):
    pictures, painted = paint(2)
    assert [each.record.settings.style_weight for each in pictures] == VALUES
    assert [each.record.steps for each in pictures] == [3, 2, 2]
    assert painted == [0, 1, 2]
    again, painted = paint(2)
    assert painted == []
    assert [each.picture for each in again] == [each.picture for each in pictures]
    assert len({each.record.picture_sha256 for each in pictures}) == 3


def test_without_a_step_each_is_the_painting_before(paint):
    pictures, _ = paint(0)
    first, *others = (np.asarray(Image.open(io.BytesIO(each.picture)), int) for each in pictures)
    assert all(np.abs(other - first).max() <= 1 for other in others)  # as 16 bits are read as 8
