"""The time and memory that a chunk requests from a cluster: the forecast's, with a margin.

A job that the cluster ends for exceeding them is retried with more, and continues from its checkpoint.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from stylegrid.plan.forecast import Calibration, cost
from stylegrid.plan.job import Job

LEAST_MINUTES, LEAST_MEMORY_MB = 15, 4000  # starting, on a busy file system; TensorFlow with the libraries of a GPU
ROOM_IN_TIME, ROOM_IN_MEMORY = 3.0, 1.5


class ClusterRequest(NamedTuple):
    """Minutes, and memory in MB, of a job's first attempt."""

    minutes: int
    memory_mb: int


UNMEASURED = ClusterRequest(240, 8000)


def request(jobs: Sequence[Job], calibration: Calibration | None) -> ClusterRequest:
    """Return the request of a process that paints these jobs.

    On a GPU the memory of the machine wasn't measured, so that it has a fixed request.
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
