"""Where Snakemake meets the library: the plan of the manifest, and what rules ask it for."""

import functools
import gc

from stylegrid.errors import StylegridError
from stylegrid.runs import workflow_plan
from stylegrid.text import plain

THREADS_ON_A_CLUSTER = 4


def end(fault):
    """End Snakemake with a line for each fault."""
    sys.exit("\n".join(f"error: {plain(line)}" for line in str(fault).split("\n")))


def gpus():
    """Return how many paintings may go on at once: as many as `--resources gpu=` says, else one."""
    return gpu_limit() or 1


def on_a_cluster():
    """Return whether jobs are sent elsewhere, or this is one that was; a dry run for a cluster knows no cores."""
    return not workflow.is_main_process or not workflow.local_exec or workflow.resource_settings.cores is None


try:
    if workflow.is_main_process:
        PLAN = workflow_plan.own_plan(config, gpus(), place)
        take_over(PLAN.settings.results)
        for notice in PLAN.notices + ([] if on_a_cluster() or devices() else PLAN.too_large()):
            tell(f"note: {plain(notice)}")
        if CONSOLE:
            lines_for_console.write_results(Path(CONSOLE), PLAN.settings.results)
    else:
        PLAN = workflow_plan.sent_plan()
except StylegridError as fault:
    end(fault)

SETTINGS = PLAN.settings
FOLDER = PLAN.results  # as rules write it, before which Snakemake puts the prefix of a module
RESULTS = str(SETTINGS.results)  # where that lies, for commands
DIGESTS = [f"{FOLDER}/plan/records/{style}.sha256" for style in PLAN.styles]
show_in_commands(SCRIPTS=SCRIPTS, RESULTS=RESULTS)
gc.set_threshold(50_000, 20, 20)  # looking for garbage more often took a sixth of a dry run, and found none


@functools.cache
def plan():
    """Return the plan, written down: Snakemake knows whether it runs or looks when it asks for inputs, not before."""
    if workflow.is_main_process:
        try:
            PLAN.begin() if is_run() else PLAN.look()
            for chunk in PLAN.renamed_chunks:
                forget(place(f"{FOLDER}/chunks/{chunk}"))  # which was made of job files of other names
        except StylegridError as fault:
            end(fault)
    return PLAN


def planned(name):
    """Return an input function: where a file of the plan lies, by its path below plan/, which may have wildcards."""
    return lambda wildcards: plan().plan_file(name.format(**wildcards))


def asked(what, *names):
    """Return an input function: what the plan answers to a question, given the wildcards of these names."""

    def ask(wildcards):
        try:
            return getattr(plan(), what)(*(wildcards[name] for name in names))
        except StylegridError as fault:  # such as a target that names no combination
            end(fault)

    return ask


wildcard_constraints:
    combination="[^/]+/[^/]+/[^/]+",
    suffix="png|jpg|webp|tif",
    style="[^/]+",
    sheet="[^/]+(/[^/]+)?",
    page=r"(\.page\d+)?",
    chunk="all|[01-]+",
