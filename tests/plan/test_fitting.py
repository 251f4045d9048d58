"""What doesn't fit into memory, found from sizes alone."""

import pytest
from conftest import make_job, sized

from stylegrid.plan import memory
from stylegrid.plan.fitting import MIB, STARTED_MB, describe_too_large, find_too_large
from stylegrid.plan.forecast import Calibration, Rate

RATE = Rate(per_step=0, per_operation=0, per_value=0, per_root=0)
MEASURED = Calibration(
    device="CPU",
    precision="float32",
    measured="2026-01-02",
    start=0,
    per_picture=0,
    rates={"float32": RATE},
    memory_mb=500,
    memory_per_value=0,
)


def job(variant="default", size=16384, photograph=(16000, 12000), **settings):
    made = sized(make_job(variant=variant, size=size, **{"tile": "none", **settings}), *photograph)
    painting = made.styles[0].model_copy(update={"path": "none"})
    painting.__dict__["size"] = (400, 300)
    return made.model_copy(update={"styles": (painting,)})


@pytest.fixture
def free(monkeypatch):
    """Return a function that sets how much memory is free, in MB."""
    return lambda mb: monkeypatch.setattr(memory, "free_mb", lambda: mb)


def test_pictures_that_need_more_than_is_free_are_found_with_the_size_that_fits(free):
    free(24_000)
    small, large, other = job("a", size=256), job("b"), job("c", style_weight=3)
    (found,) = find_too_large([small, large, other], MEASURED)
    assert found.jobs == (large, other)
    assert found.needed_mb == pytest.approx(memory.needed_mb(large, "float32") + 500 * MIB) and found.needed_mb > 24_000
    assert 256 < found.fits < 16_000
    room = 24_000 - 500 * MIB
    assert (
        memory.needed_mb(job(size=found.fits), "float32")
        <= room
        < memory.needed_mb(job(size=found.fits + 1), "float32")
    )


def test_each_size_and_precision_is_for_itself(free):
    free(24_000)
    jobs = [job("a"), job("b", size=8000), job("c", precision="bfloat16"), job("d", photograph=(9000, 9000))]
    found = find_too_large(jobs, MEASURED)
    assert [[one.variant for one in each.jobs] for each in found] == [["a"], ["b"], ["c"], ["d"]]
    assert found[2].fits > found[0].fits == found[1].fits


def test_a_photograph_that_is_small_is_not_enlarged_and_fits(free):
    free(24_000)
    assert find_too_large([job(photograph=(400, 300))], MEASURED) == []
    assert find_too_large([job(photograph=(400, 300), enlarge="always")], MEASURED)


def test_without_a_calibration_nothing_is_named_that_may_fit(free):
    one = job(precision="auto", optimizer="adam")
    free(memory.needed_mb(one, "bfloat16") + STARTED_MB + 1)
    assert find_too_large([one], None) == []
    free(memory.needed_mb(one, "bfloat16") + STARTED_MB - 1)
    assert len(find_too_large([one], None)) == 1


def test_a_sentence_says_what_is_needed_and_what_would_fit(free):
    free(24_000)
    found = find_too_large([job("a"), job("b", style_weight=3)], MEASURED)
    (told,) = describe_too_large(found, "fail")
    needed = f"{found[0].needed_mb / 1000:.1f}"
    assert told == (
        f"cat/night/a and 1 more: size 16000 needs about {needed} GB in one piece, and 24.0 GB are free; "
        "try `tile: auto`. "
        f"Use `size: {found[0].fits}` or less, or `out_of_memory: smaller`."
    )
    (told,) = describe_too_large(found, "smaller")
    assert f"so it is painted smaller. `size: {found[0].fits}` or less fits" in told


def test_where_no_size_fits_that_is_said(free):
    free(500)
    (found,) = find_too_large([job()], MEASURED)
    assert found.fits == 0
    assert describe_too_large([found], "fail")[0].endswith("too few for any size. End what else takes memory.")


def test_a_long_list_is_cut_short(free):
    free(24_000)
    told = describe_too_large(
        find_too_large([job(str(size), size=size) for size in range(9000, 9030)], MEASURED), "fail"
    )
    assert len(told) == 21 and told[-1] == "and 10 other sizes don't fit"


def test_a_size_that_fits_in_tiles_is_not_said_not_to_fit(free):
    free(24_000)
    assert len(find_too_large([job(size=5000), job(size=5000, tile=1024)], MEASURED)) == 1
    assert find_too_large([job(size=5000, tile="auto")], MEASURED) == []


def test_in_tiles_too_there_is_a_size_that_is_too_large(free):
    free(24_000)
    (found,) = find_too_large([job(size=16000, tile="auto", optimizer="lbfgs", corrections=100)], MEASURED)
    assert 2000 < found.fits < 16_000
    assert "tile" not in describe_too_large([found], "fail")[0]


def test_methods_are_told_apart_and_tiles_not_advised_where_there_are_none(free):
    free(1000)
    descent, fast = find_too_large([job("a"), job("b", method="fast")], MEASURED)
    assert descent.needed_mb > fast.needed_mb
    assert ["tile: auto" in told for told in describe_too_large([descent, fast], "fail")] == [True, False]
