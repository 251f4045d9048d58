"""Who is at work: a run writes down that it is, and none starts beside what a killed one left at work."""

import _thread
import signal

from stylegrid.runs import run, slurm


def slurm_jobs():
    """Return the name of the jobs that this run sends to Slurm; nothing where it sends none."""
    if workflow.executor_plugin.name != "slurm":
        return ""
    slurm.check(workflow.executor_settings.status_command)
    return workflow.scheduler._executor.run_uuid  # under it, the plugin asks for them


def hear_sigterm():
    """Have SIGTERM, by which Snakemake ends once its jobs are done, handled by a thread of its own.

    Snakemake handles it in its main thread, where its handler waits for the scheduler's lock; if that thread itself holds
    it just then, as it does while it selects jobs, it waits without end.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if getattr(handler, "__self__", None) is workflow.scheduler:
        signal.signal(signal.SIGTERM, lambda *what: _thread.start_new_thread(handler, what))


onstart:
    hear_sigterm()
    plan()  # which holds the folder, if no rule has asked for a file of the plan
    try:
        run.begin(SETTINGS.results, slurm_jobs())
    except StylegridError as fault:
        end(fault)


onsuccess:
    run.end(SETTINGS.results)
