"""What painting a chunk asks of a cluster: minutes and memory, by the forecast, with room to spare.

A job that a cluster ends because it asked for too little is tried again with more, and goes on where it was.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from stylegrid.plan.forecast import Calibration, cost
from stylegrid.plan.job import Job

LEAST_MINUTES, LEAST_MEMORY_MB = 15, 4000  # starting, on a busy file system; TensorFlow with the libraries of a GPU
ROOM_IN_TIME, ROOM_IN_MEMORY = 3.0, 1.5


class ClusterRequest(NamedTuple):
    """What a job asks for at its first attempt: minutes, and memory in MB."""

    minutes: int
    memory_mb: int


UNMEASURED = ClusterRequest(240, 8000)


def request(jobs: Sequence[Job], calibration: Calibration | None) -> ClusterRequest:
    """Return what painting jobs asks for.

    A GPU's own memory is not asked for, and so what was measured of it says nothing here.
    """
    if calibration is None:
        return UNMEASURED
    seconds, memory = calibration.start, 0.0
    for job in jobs:
        one = cost(job.settings, job.content.size, calibration)
        seconds += one.seconds
        memory = max(memory, one.memory_mb)
    minutes = LEAST_MINUTES + math.ceil(ROOM_IN_TIME * seconds / 60)
    if calibration.device != "CPU":
        return ClusterRequest(minutes, UNMEASURED.memory_mb)
    return ClusterRequest(minutes, max(LEAST_MEMORY_MB, math.ceil(ROOM_IN_MEMORY * memory)))
