"""Retries of a picture that doesn't fit into memory: in tiles, in bfloat16, then smaller and smaller."""

from collections.abc import Callable, Iterator
from typing import Literal

import tensorflow as tf

from stylegrid.errors import DeviceError
from stylegrid.painting.device import precision_of
from stylegrid.plan import memory
from stylegrid.plan.job import Job
from stylegrid.plan.memory import NotEnoughMemory
from stylegrid.settings.scales import longest_side, size_fault
from stylegrid.store.record import Record

Policy = Literal["fail", "bfloat16", "smaller"]  # what may be painted instead
SHRINK = 0.75  # ratio of a retry's sides to the last one's


def is_out_of_memory(error: Exception | None) -> bool:
    """Return whether an error, or one of its causes, is a lack of memory."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, (NotEnoughMemory, MemoryError, tf.errors.ResourceExhaustedError)):
            return True
        if isinstance(found, tf.errors.OpError) and "out of memory" in str(found).casefold():
            return True
        found = found.__cause__ or found.__context__
    return False


def retry_smaller(
    job: Job,
    policy: Policy,
    attempt: Callable[[Job], Exception | None],
    fits: Callable[[Job], bool],
    error: Exception | None,
) -> tuple[Job | None, Exception | None]:
    """Return the job painted instead of one that failed with `error`, or None and the error that prevented it.

    What the policy doesn't allow is only tried, to name in the error what would fit.
    """
    for smaller in cheaper(job):
        if allows(policy, job, smaller):
            met = attempt(smaller)
            if not is_out_of_memory(met):
                return (smaller if met is None else None), met
        elif fits(smaller):
            return None, DeviceError(_does_not_fit(job, error, smaller))
    return None, DeviceError(_does_not_fit(job, error, None))


def cheaper(job: Job) -> Iterator[Job]:
    """Yield jobs that take less and less memory: in tiles if it may, in bfloat16, then smaller and smaller.

    A CPU's jobs are in the tiles that fit already; a GPU's memory shows only when it is tried.
    """
    if job.settings.tile == "auto" and job.settings.method == "descent":
        whole = longest_side(job.settings, job.content.size)
        yield from (_with(job, tile=tile) for tile in memory.TILES if tile < whole)
    if precision_of(job.settings.precision) == "float32":
        job = _with(job, precision="bfloat16")
        yield job
    photograph = job.content.size
    paintings = [style.size for style in job.styles]
    side = longest_side(job.settings, photograph)
    while True:
        side = int(side * SHRINK)
        job = _with(job, size=side)
        if size_fault(job.settings, photograph, paintings):
            return
        yield job


def allows(policy: Policy, job: Job, smaller: Job) -> bool:
    """Return whether a policy allows a smaller job instead of another; tiles are of the same picture."""
    same_size = job.settings.size == smaller.settings.size
    in_tiles = same_size and job.settings.precision == smaller.settings.precision
    return policy == "smaller" or in_tiles or (policy == "bfloat16" and same_size)


def one_step(job: Job) -> Job:
    """Return a job of one step at the largest scale."""
    return _with(job, steps=1, coarsest=0, snapshots=0)


def describe(record: Record, job: Job, smaller: Job) -> Record:
    """Return a smaller job's record as that of the job it was painted for, with the settings that differ."""
    wanted, taken = job.settings.model_dump(), smaller.settings.model_dump()
    reduced = {name: value for name, value in taken.items() if value != wanted[name]}
    spelt = ", ".join(f"{name} {value}" for name, value in reduced.items())
    message = f"{record.message}; for want of memory painted with {spelt}"
    return record.model_copy(update={"message": message, "reduced": reduced})


def _does_not_fit(job: Job, error: Exception | None, smaller: Job | None) -> str:
    """Return a sentence that says a job doesn't fit, and what would."""
    why = f" ({error})" if isinstance(error, NotEnoughMemory) else ""
    fault = f"{_spell(job)} does not fit into memory{why}"
    if smaller is None:
        return f"{fault}, nor does any smaller picture; end what else takes it"
    if smaller.settings.size == job.settings.size:
        return f"{fault}. Use `precision: bfloat16`, or `out_of_memory: bfloat16`."
    as_well = "" if smaller.settings.precision == job.settings.precision else " and `precision: bfloat16`"
    return f"{fault}. Use `size: {smaller.settings.size}` or less{as_well}, or `out_of_memory: smaller`."


def _spell(job: Job) -> str:
    side = longest_side(job.settings, job.content.size)
    return f"size {side} in {precision_of(job.settings.precision)}"


def _with(job: Job, **settings: int | str) -> Job:
    return job.model_copy(update={"settings": job.settings.model_copy(update=settings)})
