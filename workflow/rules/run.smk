"""Who is at work: a run writes down that it is, and none starts beside what a killed one left at work.

When it ends it says what it has done. After a failure all that shows pictures is made once more, so that what was painted
is collected and what failed is shown; after Ctrl-C somebody waits, and nothing is.
"""

import signal

from stylegrid.cli.entry_point import spell_duration
from stylegrid.runs import closing, run, slurm
from stylegrid.store.layout import Layout

STOPPED = []  # something, once Ctrl-C was pressed


def hear_ctrl_c():
    """Note that Ctrl-C was pressed, which Snakemake's handlers of errors aren't told."""
    handler = signal.getsignal(signal.SIGINT)

    def note(*what):
        STOPPED.append(what)
        return handler(*what)

    if callable(handler):
        signal.signal(signal.SIGINT, note)


def tell_end(fault=""):
    """Say what this run has done."""
    done = closing.close(SETTINGS.results, BEGAN)
    if STOPPED:
        tell(closing.describe_stop(done.in_place, done.combinations))
        return
    duration, page = spell_duration(time.time() - BEGAN), Layout(SETTINGS.results).page
    for line in closing.describe_end(done, duration, page, fault):
        tell(plain(line))


def slurm_jobs():
    """Return the name of the jobs that this run sends to Slurm; nothing where it sends none."""
    if workflow.executor_plugin.name != "slurm":
        return ""
    slurm.check(workflow.executor_settings.status_command)
    return slurm_name()


onstart:
    hear_sigterm()
    hear_ctrl_c()
    plan()  # which holds the folder, if no rule has asked for a file of the plan
    try:
        run.begin(SETTINGS.results, slurm_jobs())
    except StylegridError as fault:
        end(fault)


onsuccess:
    run.end(SETTINGS.results)
    tell_end()


onerror:
    painted = (SETTINGS.results / "backbone.json").is_file()
    if painted and not STOPPED:  # otherwise there is nothing to collect
        shell("python {SCRIPTS:q}/report.py --results {RESULTS:q} --threads {PLOT_PROCESSES}")
    run.end(SETTINGS.results)
    if painted:
        tell_end(f"error: not everything could be made; {log} says why")
