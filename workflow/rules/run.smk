"""Who is at work: a run writes down that it is, and none starts beside what a killed one left at work."""

from stylegrid.runs import run, slurm


def slurm_jobs():
    """Return the name of the jobs that this run sends to Slurm; nothing where it sends none."""
    if workflow.executor_plugin.name != "slurm":
        return ""
    slurm.check(workflow.executor_settings.status_command)
    return slurm_name()


onstart:
    hear_sigterm()
    plan()  # which holds the folder, if no rule has asked for a file of the plan
    try:
        run.begin(SETTINGS.results, slurm_jobs())
    except StylegridError as fault:
        end(fault)


onsuccess:
    run.end(SETTINGS.results)
