"""What a cluster is asked for, by forecasts of which one can tell what they come to."""

import pytest
from conftest import make_job, sized
from test_forecast import A_STEP, FIRST, FREE, calibration

from stylegrid.plan.cluster_request import UNMEASURED, request


def jobs(count, **settings):
    job = sized(make_job(**{**FIRST, "size": 64, "steps": 119, **settings}), 64, 32)
    return [job.model_copy(update={"variant": str(number)}) for number in range(count)]


@pytest.mark.parametrize(("count", "minutes"), [(1, 15 + 3 * 2), (10, 15 + 3 * 20)])
def test_thrice_the_forecast_and_time_to_start(count, minutes):
    """120 seconds each: one for a step, and one for looking at the inputs."""
    assert request(jobs(count), calibration(A_STEP)).minutes == minutes


def test_minutes_are_whole_and_cover_the_start():
    assert request(jobs(1), calibration(FREE, start=61)).minutes == 15 + 4


def test_without_a_calibration_both_are_fixed():
    assert request(jobs(9), None) == UNMEASURED == (240, 8000)


def needs(**changes):
    """A calibration by which 64 by 32 pixels of 64 channels take 1000 MiB."""
    return calibration(**{"memory_mb": 3000, "memory_per_value": 8 * 1000, **changes})


def test_memory_has_room_for_half_as_much_again():
    assert request(jobs(5), needs()).memory_mb == 1.5 * (3000 + 1000)


def test_the_largest_of_a_chunk_decides_about_memory():
    both = [*jobs(1), sized(make_job("dog", **FIRST, size=64), 64, 64), *jobs(1)]
    assert request(both, needs()).memory_mb == 1.5 * (3000 + 2000)


def test_never_less_memory_than_a_gpus_libraries_take():
    assert request(jobs(1), calibration(memory_mb=10)).memory_mb == 4000


def test_memory_of_a_gpu_is_no_measure_of_the_machines():
    assert request(jobs(1), needs(device="NVIDIA A100", memory_mb=90_000)).memory_mb == 8000
