"""What painting a chunk asks of a cluster: minutes and memory, by the forecast, with room to spare.

A job that a cluster ends because it asked for too little is tried again with more, and goes on where it was.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from stylegrid.forecast import Calibration, cost, total
from stylegrid.job import Job
from stylegrid.scales import Size, longest_side, picture_size

UNMEASURED_MINUTES, UNMEASURED_MEMORY_MB = 240, 8000
LEAST_MINUTES, LEAST_MEMORY_MB = 15, 4000  # starting, on a busy file system; TensorFlow with the libraries of a GPU
ROOM_IN_TIME, ROOM_IN_MEMORY = 3.0, 1.5


def minutes(
    jobs: Sequence[Job], photographs: Mapping[str, Size], calibration: Calibration | None, attempt: int = 1
) -> int:
    """Return the minutes to ask for, at the first attempt or a later one; `photographs` are sizes by path."""
    if calibration is None:
        return UNMEASURED_MINUTES * attempt
    forecast = total(jobs, photographs, calibration).seconds / 60
    return (LEAST_MINUTES + math.ceil(ROOM_IN_TIME * forecast)) * attempt


def memory_mb(
    jobs: Sequence[Job],
    photographs: Mapping[str, Size],
    calibration: Calibration | None,
    together: Callable[[int], int],
    attempt: int = 1,
) -> int:
    """Return the memory to ask for, in MB; `together` says how many pictures of so many pixels are painted at once.

    A GPU's own memory is not asked for, and so what was measured of it says nothing here.
    """
    if calibration is None or calibration.device != "CPU":
        return UNMEASURED_MEMORY_MB * attempt
    most = max(_batch_mb(job, photographs[job.content.path], calibration, together) for job in jobs)
    return max(LEAST_MEMORY_MB, math.ceil(ROOM_IN_MEMORY * most)) * attempt


def _batch_mb(job: Job, photograph: Size, calibration: Calibration, together: Callable[[int], int]) -> float:
    """Return the memory of a job painted with as many others of its size as are painted at once."""
    settings = job.settings
    width, height = picture_size(settings, photograph, longest_side(settings, photograph))
    activations = cost(settings, photograph, calibration).memory_mb - calibration.memory_mb
    return calibration.memory_mb + activations * together(width * height)
