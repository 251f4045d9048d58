"""Who is at work: a run writes down that it is, and none starts beside what a killed one left at work."""

from stylegrid import run, slurm


def slurm_jobs():
    """Return the name of the jobs that this run sends to Slurm; nothing where it sends none."""
    if workflow.executor_plugin.name != "slurm":
        return ""
    slurm.check(workflow.executor_settings.status_command)
    return workflow.scheduler._executor.run_uuid  # under it, the plugin asks for them


onstart:
    try:
        run.begin(SETTINGS.results, slurm_jobs())
    except StylegridError as fault:
        sys.exit(f"error: {fault}")


onsuccess:
    run.end(SETTINGS.results)
