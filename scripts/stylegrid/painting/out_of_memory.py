"""What is painted, or would fit, instead of a picture that has no room in memory: less precise, then smaller."""

from collections.abc import Callable, Iterator
from typing import Literal

import tensorflow as tf

from stylegrid.errors import DeviceError
from stylegrid.painting.device import precision_of
from stylegrid.painting.memory import NotEnoughMemory
from stylegrid.plan.job import Job
from stylegrid.settings.scales import longest_side, size_fault
from stylegrid.store.record import Record

Policy = Literal["fail", "bfloat16", "smaller"]  # what may be done about a painting that doesn't fit
SHRINK = 0.75  # each smaller picture that is tried has this share of the last one's sides


def is_out_of_memory(error: Exception | None) -> bool:
    """Return whether an error, or what led to it, says that there was no room."""
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
    """Return what was painted instead of a job that failed by an `error`, and what kept it from being painted.

    What the policy doesn't allow is not painted, only tried, to say what would fit.
    """
    for instead in cheaper(job):
        if allows(policy, job, instead):
            want = attempt(instead)
            if not is_out_of_memory(want):
                return (instead if want is None else None), want
        elif fits(instead):
            return None, DeviceError(_no_room(job, error, instead))
    return None, DeviceError(_no_room(job, error, None))


def cheaper(job: Job) -> Iterator[Job]:
    """Yield what takes less and less memory: the job in bfloat16, then smaller and smaller pictures."""
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


def allows(policy: Policy, job: Job, instead: Job) -> bool:
    """Return whether a policy lets one job be painted instead of another."""
    return policy == "smaller" or (policy == "bfloat16" and job.settings.size == instead.settings.size)


def one_step(job: Job) -> Job:
    """Return a job that takes one step at the largest scale of another."""
    return _with(job, steps=1, coarsest=0, snapshots=0)


def describe(record: Record, job: Job, instead: Job) -> Record:
    """Return the record of a painting that stands in for another job's."""
    wanted, taken = job.settings.model_dump(), instead.settings.model_dump()
    reduced = {name: value for name, value in taken.items() if value != wanted[name]}
    spelt = ", ".join(f"{name} {value}" for name, value in reduced.items())
    message = f"{record.message}; for want of memory painted with {spelt}"
    return record.model_copy(update={"message": message, "reduced": reduced})


def _no_room(job: Job, error: Exception | None, instead: Job | None) -> str:
    """Return a sentence on a job that doesn't fit, and on what would."""
    why = f" ({error})" if isinstance(error, NotEnoughMemory) else ""
    fault = f"{_spell(job)} does not fit into memory{why}"
    if instead is None:
        return f"{fault}, nor does any smaller picture; end what else takes it"
    policy = "bfloat16" if instead.settings.size == job.settings.size else "smaller"
    return f"{fault}; {_spell(instead)} would: set it so, or the config's painting.out_of_memory to {policy}"


def _spell(job: Job) -> str:
    side = longest_side(job.settings, job.content.size)
    return f"size {side} in {precision_of(job.settings.precision)}"


def _with(job: Job, **settings: int | str) -> Job:
    return job.model_copy(update={"settings": job.settings.model_copy(update=settings)})
