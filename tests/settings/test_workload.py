"""Work of a painting: steps by the pixels of their scales."""

import pytest
from conftest import make_job

from stylegrid.settings.workload import workload_of

SETTINGS = make_job(size=200, steps=30, schedule="100:20 + 200:10", enlarge="always").settings
# 20 steps of 100x50 pixels and 10 of 200x100: 0.1 and 0.2 megapixels


@pytest.mark.parametrize(("step", "after"), [(0, 0), (1, 0.005), (20, 0.1), (21, 0.12), (30, 0.3), (99, 0.3)])
def test_a_step_counts_by_the_pixels_of_its_scale(step, after):
    workload = workload_of(SETTINGS, (400, 200))
    assert workload.total == pytest.approx(0.3)
    assert workload.after(step) == pytest.approx(after)
    assert workload.share_left(step) == pytest.approx(1 - after / 0.3)


def test_the_finished_picture_s_size_does_as_well_as_the_photograph_s():
    for settings in (SETTINGS, make_job(size="own", coarsest=0, steps=7).settings):
        assert workload_of(settings, (200, 100)).total == pytest.approx(
            workload_of(settings, (400, 200)).total if settings.size != "own" else 7 * 0.02
        )


def test_an_octave_adds_the_work_of_its_pixels():
    octaves = SETTINGS.model_copy(update={"smallest_octave": 50})
    assert workload_of(octaves, (400, 200)).total == pytest.approx(0.1 * 1.25 + 0.2 * 1.3125)


def test_no_steps_are_no_work():
    workload = workload_of(make_job(size=64, steps=0).settings, (64, 64))
    assert (workload.total, workload.after(0), workload.share_left(0)) == (0, 0, 0)
